"""Companies never meet in the admin (invariant I8; incidents I3, I4, I7)."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import booking
from appointments.access import Role
from appointments.admin.scoping import ScopedAdmin
from appointments.models import Branch, Customer, Membership, Service, Staff
from tests.admin.pages import LIST, change_url
from tests.salons import MONDAY, NOW, Salon, make_salon

OURS = ("appointments", "calls", "integrations")


def member(salon: Salon, role: Role, **facts: Any) -> Client:
    user = User.objects.create_user(f"{role}-{salon.company.slug}", password="x", is_staff=True)
    Membership.objects.create(user=user, company=salon.company, role=role, **facts)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def other(salon: Salon) -> Salon:
    return make_salon(slug="anderswo")


def test_every_page_of_ours_is_scoped() -> None:
    unscoped = [
        model.__name__
        for model, page in site._registry.items()
        if model._meta.app_label in OURS and not isinstance(page, ScopedAdmin)
    ]
    assert unscoped == []


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.RECEPTIONIST])
def test_a_list_shows_the_own_company_only(salon: Salon, other: Salon, role: Role) -> None:
    mine = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    theirs = other.book(other.cut, other.emma, MONDAY, "10:00")
    desk = member(salon, role)
    assert [row.pk for row in desk.get(LIST).context["cl"].result_list] == [mine.pk]
    assert desk.get(change_url(mine)).status_code == 200
    assert desk.get(change_url(theirs)).status_code == 302  # as Django says: no such appointment
    history = reverse("admin:appointments_appointment_history", args=[theirs.pk])
    assert desk.get(history).status_code == 404


def test_a_stylist_sees_the_own_column(salon: Salon) -> None:
    mine = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    desk = member(salon, Role.STYLIST, staff=salon.emma)
    assert [row.pk for row in desk.get(LIST).context["cl"].result_list] == [mine.pk]


def test_a_member_of_one_branch_sees_that_one(salon: Salon) -> None:
    here = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    desk = member(salon, Role.RECEPTIONIST)
    elsewhere = Branch.objects.create(company=salon.company, name="Nord")
    membership = Membership.objects.get()
    membership.branches.add(elsewhere, through_defaults={"company": salon.company})
    assert list(desk.get(LIST).context["cl"].result_list) == []
    membership.branches.add(salon.branch, through_defaults={"company": salon.company})
    assert [row.pk for row in desk.get(LIST).context["cl"].result_list] == [here.pk]


def test_a_login_without_membership_sees_nothing(salon: Salon) -> None:
    user = User.objects.create_user("nobody", password="x", is_staff=True)
    client = Client()
    client.force_login(user)
    assert client.get(LIST).status_code == 403


def test_autocomplete_and_form_offer_the_own_company_only(salon: Salon, other: Salon) -> None:
    Customer.objects.create(company=salon.company, name="Jana Probst")
    Customer.objects.create(company=other.company, name="Jana Probstheim")
    desk = member(salon, Role.RECEPTIONIST)
    asked = {
        "app_label": "appointments",
        "model_name": "appointment",
        "field_name": "customer",
        "term": "Jana",
    }
    found = desk.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [row["text"] for row in found] == ["Jana Probst"]


def test_no_list_names_anybody_of_another_company(salon: Salon, other: Salon) -> None:
    """Filters offer names, too."""
    Branch.objects.filter(pk=other.branch.pk).update(name="Nordfiliale")
    Staff.objects.filter(pk=other.jonas.pk).update(name="Fremde Person")
    Service.objects.filter(pk=other.perm.pk).update(name="Fremde Leistung")
    desk = member(salon, Role.OWNER)
    for model in site._registry:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        page = desk.get(url)
        if page.status_code == 200:
            text = page.content.decode()
            assert not {name for name in ("Anderswo", "Nordfiliale", "Fremde") if name in text}, url


def test_a_stylist_sees_the_own_customers(salon: Salon) -> None:
    jana, lena = (Customer.objects.create(company=salon.company, name=name) for name in ("Jana", "Lena"))
    for staff, customer in ((salon.emma, jana), (salon.jonas, lena)):
        booking.edit(salon.book(salon.cut, staff, MONDAY, "10:00"), {"customer": customer}, now=NOW)
    desk = member(salon, Role.STYLIST, staff=salon.emma)
    shown = desk.get(reverse("admin:appointments_customer_changelist")).context["cl"].result_list
    assert [row.pk for row in shown] == [jana.pk]
    theirs = reverse("admin:appointments_customer_change", args=[lena.pk])
    assert desk.get(theirs).status_code == 302


def test_filters_offer_the_own_company_only(salon: Salon, other: Salon) -> None:
    """Also of the list to which other apps add filters; and a branch's name costs no query."""
    Branch.objects.create(company=salon.company, name="Nord")
    desk = member(salon, Role.OWNER)
    with CaptureQueriesContext(connection) as few:
        filters = desk.get(LIST).context["cl"].filter_specs
    offered = [title for each in filters for _key, title in getattr(each, "lookup_choices", ())]
    assert {"Morgenrot, Mitte", "Morgenrot, Nord"} < set(offered)
    assert "Anderswo, Mitte" not in offered
    assert offered.count("Emma Keller") == 1  # not her namesake elsewhere
    Branch.objects.create(company=salon.company, name="West")
    with CaptureQueriesContext(connection) as more:
        desk.get(LIST)
    assert len(more) == len(few)
