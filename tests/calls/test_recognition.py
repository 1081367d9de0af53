"""Who calls, by the number alone, and what they usually have done by whom."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from appointments.models import Appointment, Customer, Staff
from appointments.models.appointment import Source, Status
from calls.recognition import Known, recognise, usual
from tests.calls.phone import CALLER
from tests.salons import NOW, Salon, make_salon

Visit = Callable[..., Appointment]


@pytest.fixture
def visit(salon: Salon, jana: Customer) -> Visit:
    """A visit of Jana's so many days ago. Written past the writer: what is over takes no time."""

    def make(days_ago: int, staff: Staff, *, service: str = "cut", **facts: object) -> Appointment:
        start = NOW - timedelta(days=days_ago)
        return Appointment.objects.create(
            **{
                "company": salon.company,
                "branch": salon.branch,
                "customer": jana,
                "staff": staff,
                "service": getattr(salon, service),
                "starts_at": start,
                "ends_at": start + timedelta(minutes=55),
                "status": Status.COMPLETED,
                "source": Source.IMPORT,
                "currency": "EUR",
                "created_at": start,
                "updated_at": start,
                **facts,
            }
        )

    return make


def names(known: Known | None) -> tuple[str, str | None, str | None] | None:
    if known is None:
        return None
    service, staff = known.usual.service, known.usual.staff
    return (known.first_name, service and service.name, staff and staff.name)


def test_a_known_number_is_its_customer(salon: Salon, jana: Customer) -> None:
    assert names(recognise(salon.company, CALLER, now=NOW)) == ("Jana", None, None)


@pytest.mark.parametrize("caller", [None, "", "+4915000000002", "+4315000000001", "+49150000000011"])
def test_hidden_strange_and_similar_numbers_are_nobodys(
    caller: str | None, salon: Salon, jana: Customer
) -> None:
    """Incident H18: the last eight digits are not a number."""
    assert recognise(salon.company, caller, now=NOW) is None


def test_another_salons_customer_of_the_same_number_is_not_ours(salon: Salon, jana: Customer) -> None:
    """Incidents I7, H3."""
    other = make_salon("abendstern")

    assert recognise(other.company, CALLER, now=NOW) is None


def test_usual_is_what_was_done_most_often_and_by_whom(salon: Salon, visit: Visit) -> None:
    visit(10, salon.emma, service="perm")
    visit(40, salon.jonas)
    visit(70, salon.jonas)
    visit(100, salon.emma)

    assert names(recognise(salon.company, CALLER, now=NOW)) == (
        "Jana",
        "Herrenhaarschnitt",
        "Jonas Brandt",
    )


def test_of_two_alike_the_later_one_is_usual(salon: Salon, visit: Visit) -> None:
    visit(10, salon.emma, service="perm")
    visit(40, salon.jonas)

    assert names(recognise(salon.company, CALLER, now=NOW)) == ("Jana", "Dauerwelle", "Emma Keller")


@pytest.mark.parametrize(
    "facts",
    [
        {"status": Status.CANCELLED},
        {"status": Status.NO_SHOW},
        {"status": Status.REJECTED},
        {"status": Status.CONFLICT},
        {"attendee_name": "Mia Probst"},  # incident H6: her child's
    ],
)
def test_what_was_no_visit_of_hers_is_not_usual(facts: dict[str, str], salon: Salon, visit: Visit) -> None:
    visit(10, salon.emma, **facts)

    assert names(recognise(salon.company, CALLER, now=NOW)) == ("Jana", None, None)


def test_what_is_still_to_come_is_not_usual_yet(salon: Salon, jana: Customer, visit: Visit) -> None:
    visit(-3, salon.emma)

    assert usual(jana, now=NOW).service is None


def test_what_is_no_longer_offered_is_not_usual(salon: Salon, jana: Customer, visit: Visit) -> None:
    visit(10, salon.emma, service="perm")
    visit(20, salon.emma, service="perm")
    visit(30, salon.jonas)
    salon.perm.active = False
    salon.perm.save()

    assert usual(jana, now=NOW).service == salon.cut


def test_who_has_left_is_not_usual(salon: Salon, jana: Customer, visit: Visit) -> None:
    visit(10, salon.emma)
    salon.emma.active = False
    salon.emma.save()

    found = usual(jana, now=NOW)

    assert (found.service, found.staff) == (salon.cut, None)


def test_it_costs_two_queries(
    salon: Salon, visit: Visit, django_assert_num_queries: Callable[[int], object]
) -> None:
    for days in range(1, 30):
        visit(days, salon.emma)

    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        assert names(recognise(salon.company, CALLER, now=NOW)) is not None
