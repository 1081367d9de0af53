"""What every kind of answer tells a browser, and what cookies may do."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from appointments.access import Role
from appointments.models import ApiToken
from integrations.messaging import tokens
from tests.admin.test_scoping import member
from tests.config.test_settings import GOOD, read
from tests.salons import MONDAY, NOW, Salon

PAGES = {
    *(
        "/admin/login/",
        "/admin/planner/",
        "/admin/appointments/customer/",
        "/termin/x/",
        "/nirgends/",
        "/api/docs/",
    ),
}
FILES = {
    *(
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/schema/",
        "/api/v1/services/",
        "/feed/x.ics",
        "/retell/functions/",
    ),
    *("/admin/jsi18n/", "/admin/appointments/customer/export/csv/", "/admin/planner/feed/?day=2025-11-24"),
    *("/calcom/webhook/x/", "/"),
}


@pytest.mark.parametrize("address", sorted(PAGES | FILES))
def test_every_answer_says_what_a_browser_may_do_with_it(address: str, salon: Salon) -> None:
    for client in (Client(), member(salon, Role.OWNER)):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert {"no-store", "no-cache"} & set(headers["Cache-Control"].replace(" ", "").split(","))
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        if not headers.get("Content-Type", "").startswith("text/html"):
            assert "default-src 'none'" in policy


def test_no_page_takes_scripts_from_a_page_or_from_elsewhere(salon: Salon, desk: Client) -> None:
    for address in sorted(PAGES):
        policy = _policy(desk, address)
        assert policy["script-src"] in {"'self' 'unsafe-eval'", "'self'", "'none'"}, address
        assert policy["default-src"] in {"'self'", "'none'"}
        assert policy["form-action"] == policy["base-uri"] == "'self'"


def test_a_customers_page_runs_nothing(salon: Salon) -> None:
    booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    for address in (f"/termin/{tokens.sign(booked.pk)}/", "/termin/x/"):
        policy = _policy(Client(), address)
        assert (policy["script-src"], policy["style-src"]) == ("'none'", "'self'")


def _policy(client: Client, address: str) -> dict[str, str]:
    directives = client.get(address).headers["Content-Security-Policy"].split(";")
    return dict(part.strip().split(" ", 1) for part in directives if part.strip())


def test_by_https_browsers_remember_it_and_cookies_go_nowhere_else(settings: Settings, salon: Salon) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 2_592_000
    redirected = Client().get("/admin/login/")
    assert (redirected.status_code, redirected["Location"]) == (301, "https://testserver/admin/login/")
    assert Client().get("/admin/login/", secure=True)["Strict-Transport-Security"] == "max-age=2592000"


def test_cookies_are_for_this_site_and_no_script() -> None:
    """As production has it: a name that others can reach."""
    there = {**GOOD, "ALLOWED_HOSTS": "salon.example"}
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    assert read(" and settings.".join(names), **there) == "True"


def test_the_sessions_cookie(db: None) -> None:
    User.objects.create_user("emma", password="right", is_staff=True)
    client = Client()
    client.post(reverse("admin:login"), {"username": "emma", "password": "right"})
    cookie: Any = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")


def test_a_host_that_is_not_ours_gets_nothing(salon: Salon) -> None:
    """Links in messages and on pages are made of ours alone."""
    for host in ("evil.example", "testserver.evil.example", "testserver@evil.example", "evil.example:80"):
        for address in ("/admin/login/", "/api/v1/services/", "/retell/functions/", "/"):
            answer = Client(headers={"host": host}).get(address)
            assert (answer.status_code, "evil" in answer.content.decode()) == (400, False)


def test_another_host_that_a_proxy_may_name_is_not_believed(salon: Salon) -> None:
    owner = member(salon, Role.OWNER)
    page = reverse("admin:appointments_staff_change", args=[salon.emma.pk]).replace(
        "change/", "calendar-link/"
    )
    answer = owner.post(
        page, {"action": "issue"}, headers={"x-forwarded-host": "evil.example", "x-host": "evil.example"}
    )
    assert "http://testserver/feed/" in answer.content.decode()
    assert "evil" not in answer.content.decode()


def test_an_error_of_ours_says_nothing(salon: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
    """No trace, no settings, no values; the request's number is all that is needed."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("Geheimnis der Frau Sommer")

    monkeypatch.setattr("appointments.admin.searching.groups_of", broken)
    monkeypatch.setattr("appointments.api.views.base.CompanyMixin.initial", broken)
    key = ApiToken.objects.issue(company=salon.company, name="Kasse", now=NOW)[1]
    owner = member(salon, Role.OWNER)
    owner.raise_request_exception = False
    for address in ("/admin/search/?s=x", "/api/v1/services/"):
        answer = owner.get(address, headers={"authorization": f"Bearer {key}"})
        text = answer.content.decode()
        assert answer.status_code == 500
        assert not [
            word for word in ("Geheimnis", "Traceback", "RuntimeError", "settings", ".py") if word in text
        ]
        assert answer["X-Request-ID"]
