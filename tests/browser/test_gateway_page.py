"""How a salon sends SMS, on its page: only what the chosen way needs is asked for."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from appointments.access import Role
from integrations.models import SmsGateway, Way
from tests.admin.test_scoping import member
from tests.browser.test_accessibility import faults
from tests.salons import make_salon

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_fields_of_an_own_address_are_there_for_that_alone(open_page: Callable[..., Page]) -> None:
    salon = make_salon()
    gateway = SmsGateway.objects.create(company=salon.company, way=Way.NONE)
    address = reverse("admin:integrations_smsgateway_change", args=[gateway.pk])

    page = open_page(member(salon, Role.OWNER))
    page.goto(address)
    headings = ("Eine Adresse des Anbieters (HTTP)", "Berichte, was aus einer Nachricht wurde")
    for heading in headings:
        expect(page.get_by_role("heading", name=heading)).to_be_hidden()
    assert faults(page, "light") == []
    page.locator("select[name=way]").select_option(Way.HTTP)
    for heading in headings:
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.locator("input[name=url]").fill("https://10.0.0.1/send")
    page.get_by_role("button", name="Sichern", exact=True).click()
    expect(page.get_by_text("Diese Adresse liegt im inneren Netz.")).to_be_visible()

    # Who may only look sees what is stored.
    looking = open_page(member(salon, Role.MANAGER))
    looking.goto(address)
    expect(looking.get_by_text("Kopfzeile mit dem Schlüssel")).to_be_visible()
