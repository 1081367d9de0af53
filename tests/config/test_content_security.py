"""What browsers are told: nothing from elsewhere, no scripts in pages."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.django_db
def test_no_page_runs_scripts_of_others_or_its_own_in_line() -> None:
    policy = Client().get(reverse("admin:login")).headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert directives["default-src"] == "'self'"
    assert directives["script-src"] == "'self' 'unsafe-eval'"
    assert directives["frame-ancestors"] == "'none'"
