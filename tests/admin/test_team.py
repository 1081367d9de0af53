"""An owner gives colleagues a login, and takes it away again."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from appointments.access import Role
from appointments.models import Membership
from tests.admin.calendar_pages import text_of
from tests.admin.test_scoping import member
from tests.salons import Salon, make_salon

TEAM = reverse("admin:appointments_membership_changelist")
ADD = reverse("admin:appointments_membership_add")


def page_of(membership: Membership) -> str:
    return reverse("admin:appointments_membership_change", args=[membership.pk])


def typed(salon: Salon, **facts: Any) -> dict[str, Any]:
    return {
        "company": salon.company.pk,
        "role": Role.RECEPTIONIST,
        "staff": "",
        "username": "lena",
        "first_name": "Lena",
        "last_name": "Sommer",
        "email": "lena@morgenrot.example",
        "password": "Kamm und Schere",
        "membershipbranch_set-TOTAL_FORMS": "0",
        "membershipbranch_set-INITIAL_FORMS": "0",
        **facts,
    }


@pytest.fixture
def owner(salon: Salon) -> Client:
    return member(salon, Role.OWNER)


def test_a_new_colleague_can_log_in_and_sees_the_salon(salon: Salon, owner: Client) -> None:
    assert owner.post(ADD, typed(salon)).status_code == 302
    lena = Client()
    answer = lena.post(reverse("admin:login"), {"username": "lena", "password": "Kamm und Schere"})
    assert answer.status_code == 302
    assert lena.get(reverse("admin:appointments_appointment_changelist")).status_code == 200
    assert lena.get(TEAM).status_code == 403


def test_what_is_typed_wrong_is_said_at_the_field_and_makes_nobody(salon: Salon, owner: Client) -> None:
    User.objects.create_user("vergeben")
    before = User.objects.count()
    for facts, sentence in (
        ({"username": "Vergeben"}, "Dieser Anmeldename ist schon vergeben."),
        ({"username": "lena sommer"}, "Bitte einen gültigen Benutzernamen eingeben"),
        ({"password": ""}, "Ein neuer Zugang braucht ein Passwort."),
        ({"password": "kurz"}, "Dieses Passwort ist zu kurz."),
        ({"role": Role.STYLIST}, "Bitte geben Sie an, welche Stylistin das ist."),
    ):
        page = owner.post(ADD, typed(salon, **facts))
        assert sentence in text_of(page)
    assert User.objects.count() == before


def test_another_company_cannot_be_named(salon: Salon, owner: Client) -> None:
    other = make_salon(slug="anderswo")
    for facts in ({"company": other.company.pk}, {"role": Role.STYLIST, "staff": other.emma.pk}):
        assert owner.post(ADD, typed(salon, **facts)).status_code == 200
    assert not User.objects.filter(username="lena").exists()


def test_a_login_that_is_taken_away_is_closed(salon: Salon, owner: Client) -> None:
    owner.post(ADD, typed(salon))
    lena = Membership.objects.get(user__username="lena")
    owner.post(reverse("admin:appointments_membership_delete", args=[lena.pk]), {"post": "yes"})
    assert not User.objects.get(username="lena").is_active


def test_nobody_locks_themselves_out(salon: Salon, owner: Client) -> None:
    own = Membership.objects.get()
    owner.post(page_of(own), typed(salon, username=own.user.username, password="", role=Role.STYLIST))
    own.refresh_from_db()
    assert own.role == Role.OWNER
    assert owner.post(reverse("admin:appointments_membership_delete", args=[own.pk])).status_code == 403


def test_nobody_of_a_salon_sets_an_operators_password(salon: Salon, owner: Client) -> None:
    operator = User.objects.create_superuser("betrieb", password="x")
    theirs = Membership.objects.create(user=operator, company=salon.company, role=Role.MANAGER)
    assert owner.get(page_of(theirs)).status_code == 302
    assert "betrieb" not in text_of(owner.get(TEAM))
