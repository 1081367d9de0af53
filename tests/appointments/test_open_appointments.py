"""How many appointments to come a customer may have at once; staff are not bound."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from appointments import booking
from appointments.models import Appointment, Customer, Policy, Service, Staff
from appointments.models.appointment import Source
from tests.appointments.racing import meanwhile
from tests.salons import MONDAY, NOW, Salon, at, make_salon

AFTERWARDS = at(MONDAY, "23:00")


@pytest.fixture
def anna(salon: Salon) -> Customer:
    return Customer.objects.create(company=salon.company, name="Anna Sommer")


def limit(salon: Salon, most: int, **owner: object) -> Policy:
    return Policy.objects.create(company=salon.company, max_open_appointments=most, **owner)


def book(
    salon: Salon, customer: Customer, clock: str, *, limited: bool = True, **what: object
) -> Appointment:
    """A haircut with Emma, unless ``what`` says otherwise."""
    facts = {"service": salon.cut, "staff": salon.emma, **what}
    request = salon.request(facts["service"], facts["staff"])  # type: ignore[arg-type]
    visit = booking.Visit(source=Source.PHONE, customer=customer, limited=limited)
    return booking.book(request, start=at(MONDAY, clock), visit=visit)


def reached(salon: Salon, customer: Customer, service: Service | None = None) -> dict[str, int]:
    staff = {each.pk: each.first_name for each in (salon.emma, salon.jonas)}
    people = Staff.objects.filter(pk__in=staff)
    found = booking.limits_reached(
        customer, branch=salon.branch, service=service or salon.cut, staff=people, now=NOW
    )
    return {staff[pk]: most for pk, most in found.items()}


def test_the_last_that_is_allowed_and_one_more(salon: Salon, anna: Customer) -> None:
    limit(salon, 2)
    book(salon, anna, "09:00")
    assert reached(salon, anna) == {}
    book(salon, anna, "11:00")

    with pytest.raises(booking.Denied) as denied:
        book(salon, anna, "13:00")

    assert (denied.value.reason, denied.value.limit) == ("max_appointments_reached", 2)
    assert Appointment.objects.count() == 2
    assert reached(salon, anna) == {"Emma": 2, "Jonas": 2}


def test_a_hold_becomes_no_appointment_beyond_the_limit(salon: Salon, anna: Customer) -> None:
    limit(salon, 1)
    held = booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "13:00"))
    book(salon, anna, "09:00")

    with pytest.raises(booking.Denied):
        booking.convert(held, visit=booking.Visit(source=Source.PHONE, customer=anna, limited=True), now=NOW)

    assert Appointment.objects.count() == 1


def test_staff_are_not_bound(salon: Salon, anna: Customer) -> None:
    limit(salon, 1)

    for clock in ("09:00", "11:00"):
        book(salon, anna, clock, limited=False)

    assert Appointment.objects.count() == 2


def test_what_is_over_or_cancelled_or_somebody_elses_does_not_count(salon: Salon, anna: Customer) -> None:
    limit(salon, 1)
    booking.cancel(book(salon, anna, "09:00"), now=NOW)
    book(salon, Customer.objects.create(company=salon.company, name="Berta Sommer"), "11:00")
    book(salon, anna, "13:00")

    over = booking.limits_reached(
        anna, branch=salon.branch, service=salon.cut, staff=[salon.emma], now=AFTERWARDS
    )

    assert over == {}
    assert reached(salon, anna) == {"Emma": 1, "Jonas": 1}


class TestNearest:
    """Stylist, service, branch, company; each counts what it is for."""

    def test_a_services_limit_counts_that_service(self, salon: Salon, anna: Customer) -> None:
        limit(salon, 1, service=salon.perm)
        book(salon, anna, "09:00")
        assert reached(salon, anna, salon.perm) == {}
        book(salon, anna, "11:00", service=salon.perm)

        assert reached(salon, anna, salon.perm) == {"Emma": 1, "Jonas": 1}
        assert reached(salon, anna, salon.cut) == {}

    def test_a_stylists_limit_counts_what_is_with_them(self, salon: Salon, anna: Customer) -> None:
        limit(salon, 1)
        limit(salon, 2, staff=salon.emma)
        book(salon, anna, "09:00", staff=salon.jonas)

        assert reached(salon, anna) == {"Jonas": 1}
        book(salon, anna, "09:00", service=salon.perm)
        book(salon, anna, "13:00", limited=False)
        assert reached(salon, anna) == {"Jonas": 1, "Emma": 2}

    def test_a_branchs_limit_before_the_companys(self, salon: Salon, anna: Customer) -> None:
        limit(salon, 1)
        limit(salon, 5, branch=salon.branch)
        book(salon, anna, "09:00")

        assert reached(salon, anna) == {}

    def test_another_companys_rules_and_customers_do_not_count(self, salon: Salon, anna: Customer) -> None:
        stranger = make_salon("abendrot")
        limit(stranger, 1)
        limit(salon, 1)
        book(stranger, Customer.objects.create(company=stranger.company, name="Anna Sommer"), "09:00")

        assert reached(salon, anna) == {}


@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "unguarded"])
def test_two_calls_at_once_are_not_both_the_last(
    committed: Salon, monkeypatch: pytest.MonkeyPatch, *, guarded: bool
) -> None:
    """With different stylists, whose locks do not make them wait for each other."""
    limit(committed, 1)
    anna = Customer.objects.create(company=committed.company, name="Anna Sommer")
    if not guarded:
        monkeypatch.setattr("appointments.booking.limits.lock_customer", lambda _customer: None)
    with_emma: Callable[[], Appointment] = partial(book, committed, anna, "09:00", staff=committed.emma)
    with_jonas = partial(book, committed, anna, "09:00", staff=committed.jonas)

    outcomes = meanwhile("appointments.booking.limits.limits_reached", with_emma, with_jonas)

    names = sorted(type(each).__name__ for each in outcomes)
    assert names == (["Appointment", "Denied"] if guarded else ["Appointment", "Appointment"])


@pytest.mark.parametrize("nearest", ["company", "branch", "service", "staff"])
def test_the_nearest_limit_counts(nearest: str, salon: Salon, anna: Customer) -> None:
    """Stylist, service, branch, company; whether the nearer one is stricter or milder."""
    owners: dict[str, dict[str, object]] = {
        "company": {},
        "branch": {"branch": salon.branch},
        "service": {"service": salon.cut},
        "staff": {"staff": salon.emma},
    }
    book(salon, anna, "09:00")
    levels = list(owners)[: list(owners).index(nearest) + 1]
    rows = {level: limit(salon, 5, **owners[level]) for level in levels}

    Policy.objects.filter(pk=rows[nearest].pk).update(max_open_appointments=1)
    assert reached(salon, anna)["Emma"] == 1

    Policy.objects.update(max_open_appointments=1)
    Policy.objects.filter(pk=rows[nearest].pk).update(max_open_appointments=2)
    assert "Emma" not in reached(salon, anna)


def test_a_limit_is_one_at_least(salon: Salon) -> None:
    with pytest.raises(ValidationError):
        Policy(company=salon.company, max_open_appointments=0).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        limit(salon, 0)


def test_two_queries_at_most(salon: Salon, anna: Customer, django_assert_num_queries: Callable) -> None:
    people = [salon.emma, salon.jonas]
    ask = partial(
        booking.limits_reached,
        anna,
        branch=salon.branch,
        service=salon.cut,
        staff=people,
        now=NOW + timedelta(minutes=1),
    )
    with django_assert_num_queries(1):
        ask()
    limit(salon, 3)
    for clock in ("09:00", "11:00", "13:00"):
        book(salon, anna, clock)
    with django_assert_num_queries(2):
        ask()
