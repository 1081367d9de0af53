"""Two workers and a call at once never make two bookings of one part (issue 4)."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
import time_machine
from django.db import connection

from appointments.models import Appointment
from integrations import convergence
from integrations.convergence import converging
from integrations.convergence.steps import Steps, steps_for
from integrations.models import CalendarSync
from integrations.tasks import converge_appointment, sync_calendar
from tests.integrations.calendar import CalendarSalon, calendar_salon

# Longer than anybody should need; never waited for in a good run.
PATIENCE_SECONDS = 10


@pytest.fixture
def committed(transactional_db: None, time: time_machine.Traveller, settings: Any) -> Iterator[CalendarSalon]:
    """In a database in which transactions really end, so that threads see each other's."""
    settings.CALENDAR_CALL_BUDGET_MS = 10_000
    with calendar_salon(settings) as salon:
        yield salon


def at_once(*works: Callable[[], object]) -> None:
    """Each in a thread of its own, as a process of its own; errors are raised."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            start.wait(PATIENCE_SECONDS)
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(run, work) for work in works]:
            done.result()


def everybody(appointment: Appointment) -> list[Callable[[], object]]:
    """A call that waits for the answer, the task of the queue, and the schedule's pass."""
    return [
        lambda: convergence.settle(appointment),
        lambda: converge_appointment(appointment.pk),
        sync_calendar,
    ]


@pytest.mark.parametrize("kind", ["cut", "perm"])
def test_two_workers_and_a_call_make_one_booking_of_each_part(committed: CalendarSalon, kind: str) -> None:
    for clock in ("09:00", "12:00", "15:00"):
        appointment = getattr(committed, kind)(clock)
        at_once(*everybody(appointment))
        # Whoever was turned away has left it to the one at work.
        assert CalendarSync.objects.get(appointment=appointment).state == "synced"

    parts = {"cut": 1, "perm": 3}[kind]
    assert len(committed.there()) == 3 * parts
    assert committed.sandbox.operations().count("create") == 3 * parts


@pytest.mark.parametrize("undecided", [True, False])
def test_a_call_and_two_workers_while_its_booking_is_under_way(
    committed: CalendarSalon, *, undecided: bool
) -> None:
    """The workers come exactly while the request of the call is at Cal.com."""
    appointment = committed.cut("10:00", undecided=undecided)
    reached, done = Barrier(2), Barrier(2)

    def held() -> None:
        committed.world.in_the_gap = lambda: None
        reached.wait(PATIENCE_SECONDS)
        done.wait(PATIENCE_SECONDS)

    def workers() -> None:
        reached.wait(PATIENCE_SECONDS)
        converge_appointment(appointment.pk)
        sync_calendar()
        done.wait(PATIENCE_SECONDS)

    committed.world.in_the_gap = held
    at_once(lambda: convergence.settle(appointment), workers)

    assert committed.there() == [(101, "10:00", "10:55")]
    assert committed.sandbox.operations().count("create") == 1


def test_all_parts_are_under_way_at_the_same_time(committed: CalendarSalon) -> None:
    """Not one after the other: each create is answered only when all three have arrived there, so the
    slowest call is what the caller waits for (the old system added them up: 8.2 s).
    """
    together = Barrier(3)
    committed.world.in_the_gap = partial(together.wait, PATIENCE_SECONDS)

    assert convergence.converge(committed.perm("10:00").pk, seconds=PATIENCE_SECONDS).outcome == "agreed"

    assert not together.broken
    assert len(committed.there()) == 3


def overtaken(
    committed: CalendarSalon, monkeypatch: pytest.MonkeyPatch
) -> tuple[Appointment, list[tuple[int, str, str]]]:
    """A worker has just worked out that 10:00 should stand. Before it sends anything the appointment is
    moved, and the call does what is to be done for 14:00. What stands at Cal.com afterwards.
    """
    appointment = committed.cut("10:00")
    worked_out, moved_and_settled = Event(), Event()
    first = [True]

    def paused(*args: Any, **facts: Any) -> Steps:
        steps = steps_for(*args, **facts)
        if first:
            first.clear()
            worked_out.set()
            assert moved_and_settled.wait(PATIENCE_SECONDS)
        return steps

    def call() -> None:
        assert worked_out.wait(PATIENCE_SECONDS)
        convergence.settle(committed.move(appointment, "14:00"))
        moved_and_settled.set()

    monkeypatch.setattr(converging, "steps_for", paused)
    at_once(lambda: converge_appointment(appointment.pk), call)
    return appointment, committed.there()


def test_who_was_overtaken_adds_no_second_booking(
    committed: CalendarSalon, monkeypatch: pytest.MonkeyPatch
) -> None:
    appointment, there = overtaken(committed, monkeypatch)

    assert there == [(101, "10:00", "10:55")]
    assert convergence.converge(appointment.pk, seconds=PATIENCE_SECONDS).outcome == "agreed"
    assert committed.there() == [(101, "14:00", "14:55")]


def test_without_the_claim_there_are_two(committed: CalendarSalon, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the same race, and nothing but the claim taken away."""

    @contextmanager
    def nobody_claims(appointment_id: int, *, deadline: float) -> Iterator[CalendarSync]:
        yield CalendarSync.objects.get(appointment=appointment_id)

    monkeypatch.setattr(converging, "claimed", nobody_claims)

    _appointment, there = overtaken(committed, monkeypatch)

    assert there == [(101, "10:00", "10:55"), (101, "14:00", "14:55")]
