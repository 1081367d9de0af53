"""Cal.com's stand-in, our site and the worker's functions, by real HTTP in both directions."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from appointments.models import Appointment, Reservation
from appointments.models.appointment import Source, Status
from appointments.models.ledger import ReservationState
from integrations.incoming.processing import process_due
from integrations.incoming.reconciling import reconcile
from integrations.models import CalendarEvent
from tests.calls.phone import CUT, Phone
from tests.integrations.calendar import CUTS, CalendarSalon, calendar_salon, clock_of, converge, existing
from tests.integrations.incoming.letters import SECRET, open_cases
from tests.salons import MONDAY, NOW, at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def calendar(transactional_db: None, live_server: Any, settings: Any) -> Iterator[CalendarSalon]:
    """Cal.com tells the site whatever happens there, inside the request that does it."""
    settings.CALCOM_WEBHOOK_SECRET = SECRET
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        salon.sandbox.webhook(f"{live_server.url}/calcom/webhook/morgenrot/", secret=SECRET)
        yield salon


def worked_on() -> list[tuple[str, str]]:
    process_due(now=timezone.now())
    events = CalendarEvent.objects.order_by("received_at", "pk")
    return [(event.trigger.removeprefix("BOOKING_"), event.outcome) for event in events]


def expected() -> list[tuple[str, str, str]]:
    rows = Appointment.objects.blocking().order_by("starts_at", "pk")
    return [(one.staff.name, clock_of(one.starts_at), one.source) for one in rows]


def test_the_life_of_a_booking_made_there(calendar: CalendarSalon) -> None:
    uid = calendar.sandbox.book(3001, at(MONDAY, "10:00"), name="Nora Vogt")["uid"]
    assert worked_on() == [("CREATED", "taken_over")]
    assert expected() == [("Emma Keller", "10:00", Source.CALENDAR)]

    uid = calendar.sandbox.reschedule(uid, at(MONDAY, "12:00"))["uid"]
    worked_on()
    assert expected() == [("Emma Keller", "12:00", Source.CALENDAR)]

    calendar.sandbox.cancel(uid)
    assert [outcome for _trigger, outcome in worked_on()] == ["taken_over"] * 3
    assert expected() == []
    assert open_cases() == []
    assert {delivery.status for delivery in calendar.world.deliveries} == {204}
    assert not reconcile(calendar.salon.company, now=timezone.now()).has_findings


def test_our_own_doing_comes_back_as_an_echo(calendar: CalendarSalon) -> None:
    """Incidents E10, G1: three bookings of one perm, made, moved and cancelled by us."""
    appointment = calendar.perm("10:00")
    assert converge(appointment) == "agreed"
    assert worked_on() == [("CREATED", "echo")] * 3

    moved = calendar.move(appointment, "14:00")
    assert converge(moved) == "agreed"
    calendar.cancel(moved)
    assert converge(moved) == "agreed"

    outcomes = worked_on()
    assert len(outcomes) == 9
    assert {outcome for _trigger, outcome in outcomes} == {"echo"}
    assert Appointment.objects.count() == 1
    assert open_cases() == []
    assert calendar.there() == []


def test_the_message_about_our_booking_is_answered_before_our_request_is(calendar: CalendarSalon) -> None:
    """It comes while our request is under way, and must not wait for it."""
    appointment = calendar.cut("10:00")
    assert converge(appointment, seconds=5) == "agreed"

    (delivery,) = calendar.world.deliveries
    assert delivery.status == 204
    (create,) = [one for one in calendar.world.requests if one.operation == "create"]
    assert create.ended - create.began < 2


def test_a_stranger_cancels_what_was_promised(calendar: CalendarSalon) -> None:
    appointment = calendar.cut("10:00")
    converge(appointment)
    worked_on()

    calendar.sandbox.cancel(existing(appointment)[0].uid)

    assert worked_on()[-1] == ("CANCELLED", "case")
    assert Appointment.objects.get().status == Status.BOOKED
    assert open_cases() == ["cancelled"]
    assert converge(appointment) == "busy"  # waits for a person
    assert calendar.there() == []


def test_what_a_stranger_gives_up_goes_to_whom_it_was_promised(calendar: CalendarSalon) -> None:
    """The counter was faster than the message about the stranger."""
    uid = calendar.sandbox.book(3001, at(MONDAY, "10:30"), name="Nora Vogt")["uid"]
    appointment = calendar.cut("10:00")
    assert converge(appointment) == "refused"
    worked_on()
    assert open_cases() == ["conflict", "refused"]
    assert converge(appointment) == "busy"  # waits for a person

    calendar.sandbox.cancel(uid)
    worked_on()

    assert converge(appointment) == "agreed"
    assert calendar.there() == [(101, "10:00", "10:55")]
    assert open_cases() == []


def test_time_that_others_give_up_changes_nothing_for_anybody_else(calendar: CalendarSalon) -> None:
    appointment = calendar.cut("10:00")
    calendar.sandbox.book(3001, at(MONDAY, "10:30"), name="Nora Vogt")
    assert converge(appointment) == "refused"

    calendar.sandbox.cancel(calendar.sandbox.book(3001, at(MONDAY, "14:00"))["uid"])
    calendar.sandbox.cancel(calendar.sandbox.book(CUTS[102], at(MONDAY, "10:00"))["uid"])
    worked_on()

    assert converge(appointment) == "busy"  # still waits for a person
    assert "refused" in open_cases()


def test_the_caller_learns_that_somebody_was_faster(calendar: CalendarSalon) -> None:
    """Incident J1: eight o'clock was offered, then booked on the web, then offered again."""
    phone = Phone(calendar.salon.number)
    assert phone.ask("check_availability", **CUT, mitarbeiter="Emma")["status"] == "available"
    held = Reservation.objects.get(state=ReservationState.HELD)
    # Whoever is on the booking page has loaded it before our courtesy reservation.
    calendar.world.store.reservations.clear()
    calendar.sandbox.book(3001, held.starts_at)

    worked_on()

    held.refresh_from_db()
    assert held.state == ReservationState.LOST
    reply = phone.ask("pre_booking_revalidation", **CUT, mitarbeiter="Emma")
    assert reply["status"] == "lost"
    assert "10:00" not in {one["starts_at"][11:16] for one in reply["alternatives"]}
    assert phone.ask("start_booking", **CUT, mitarbeiter="Emma", name="Jana Probst")["status"] == "slot_taken"
    assert expected() == [("Emma Keller", "10:00", Source.CALENDAR)]
