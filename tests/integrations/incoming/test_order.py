"""In whatever order and however often messages come, it ends the same (invariant I7)."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from appointments.models import Appointment, Customer
from appointments.models.appointment import Source
from integrations.models import CalendarBooking
from tests.integrations.incoming.letters import cancelled, created, deliver, moved, open_cases, standing
from tests.integrations.incoming.ours import synced
from tests.salons import BERLIN, Salon

UNHURRIED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# The life of a booking: made, moved twice (the second time into its own old time), cancelled.
LIFE = ("u1", "u2", "u3")


def life(*, is_cancelled: bool, **facts: Any) -> list[dict[str, Any]]:
    letters = [
        created("u1", "10:00", **facts),
        moved("u1", "u2", "12:00", **facts),
        moved("u2", "u3", "12:30", old="12:00", **facts),
    ]
    return [*letters, cancelled("u3", "12:30")] if is_cancelled else letters


def shuffled(count: int) -> st.SearchStrategy[list[int]]:
    """Each letter at least once, in any order, some again."""
    return st.permutations(range(count)).flatmap(
        lambda order: st.lists(st.sampled_from(order), max_size=3).map(lambda again: [*order, *again])
    )


def outcome() -> tuple[Any, ...]:
    """What is of interest afterwards: who is expected when, what stands, what is asked."""
    blocking = Appointment.objects.blocking().order_by("starts_at")
    expected = [
        (one.staff.name, f"{one.starts_at.astimezone(BERLIN):%H:%M}", one.attendee) for one in blocking
    ]
    gone = CalendarBooking.objects.filter(state="absent", uid__in=LIFE).order_by("uid")
    return expected, standing(), [row.uid for row in gone], open_cases(), Customer.objects.count()


class RolledBack(Exception):
    pass


def after(letters: Sequence[dict[str, Any]], order: Sequence[int]) -> tuple[Any, ...]:
    """The outcome, and everything as it was before."""
    with suppress(RolledBack), transaction.atomic():
        deliver(*(letters[index] for index in order))
        found = outcome()
        raise RolledBack
    return found


@UNHURRIED
@given(order=shuffled(3))
@example(order=[2, 1, 0])
def test_a_booking_that_was_moved_twice(order: list[int], salon: Salon) -> None:
    assert after(life(is_cancelled=False), order) == (
        [("Emma Keller", "12:30", "Nora Vogt")],
        ["u3"],
        ["u1", "u2"],
        [],
        1,
    )


@UNHURRIED
@given(order=shuffled(4))
@example(order=[3, 2, 1, 0])
def test_a_booking_that_was_moved_twice_and_cancelled(order: list[int], salon: Salon) -> None:
    blocking, there, _gone, cases, _customers = after(life(is_cancelled=True), order)

    assert (blocking, there, cases) == ([], [], [])


@UNHURRIED
@given(order=shuffled(3))
@example(order=[2, 1, 0])
def test_one_of_ours_that_somebody_moved_twice(order: list[int], salon: Salon) -> None:
    """Promised, so it stays, and a person is asked, once."""
    if not Appointment.objects.exists():
        synced(salon, uid="u1")
    reference = CalendarBooking.objects.get(uid="u1").reference

    blocking, there, _gone, cases, _customers = after(life(is_cancelled=False, reference=reference), order)

    assert [one[1] for one in blocking] == ["10:00"]
    assert (there, cases) == (["u3"], ["moved"])
    assert Appointment.objects.get().source == Source.STAFF


@UNHURRIED
@given(order=shuffled(4))
@example(order=[3, 2, 1, 0])
def test_one_of_ours_that_somebody_moved_and_cancelled(order: list[int], salon: Salon) -> None:
    if not Appointment.objects.exists():
        synced(salon, uid="u1")
    reference = CalendarBooking.objects.get(uid="u1").reference

    blocking, there, _gone, cases, _customers = after(life(is_cancelled=True, reference=reference), order)

    assert [one[1] for one in blocking] == ["10:00"]
    assert (there, cases) == ([], ["cancelled"])
