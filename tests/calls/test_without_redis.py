"""Redis is gone, and nobody who calls hears of it: what waited to be queued is found by its schedule."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from appointments.models import Appointment
from calls.events.processing import process_due
from calls.models import Call, CallEvent
from integrations.convergence.due import sync_due
from integrations.models import CalendarSync
from tests.appointments.waitlist.test_waitlist import waits
from tests.calls.messages import started, tell
from tests.calls.phone import CUT, PERM, Phone
from tests.integrations.calendar import calendar_salon
from tests.salons import NOW, Salon

pytestmark = pytest.mark.usefixtures("db", "redis_away")


def test_callers_book_move_and_cancel_as_ever(
    settings: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """With a calendar, which remembers slots in the cache and leaves the rest to the worker."""
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as calendar:
        caller = Phone(calendar.salon.number)
        begun = monotonic()
        with django_capture_on_commit_callbacks(execute=True):
            assert caller.ask("check_availability", **PERM)["status"] == "available"
            booked = caller.ask("start_booking", **PERM, name="Jana Probst")
            assert (booked["status"], booked["calendar"]) == ("booked", "synced")
            offers = caller.ask("get_alternatives", **CUT)
            assert offers["status"] == "found"
            moved = caller.ask("reschedule_appointment", neues_datum="2025-11-24", neue_uhrzeit="14:00")
            assert moved["status"] == "rescheduled"
            assert caller.ask("cancel_appointment", bestaetigung=True)["status"] in {"cancelled", "denied"}
        assert monotonic() - begun < 10


def test_a_time_that_somebody_waits_for_becomes_free(
    salon: Salon, phone: Phone, clock: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """Found by the soak, seed 18005: who waits is looked for after the commit, and its failure has to be said
    by the name of a function.
    """
    with django_capture_on_commit_callbacks(execute=True):
        waits(salon)
        phone.ask("check_availability", **CUT)
        assert phone.ask("start_booking", **CUT, name="Jana Probst")["status"] == "booked"
        assert phone.ask("cancel_appointment", bestaetigung=True)["status"] == "cancelled"


def test_what_staff_book_is_followed_by_the_schedule(
    settings: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as calendar:
        with django_capture_on_commit_callbacks(execute=True):
            calendar.cut("10:00")
        assert (Appointment.objects.count(), calendar.there()) == (1, [])
        assert CalendarSync.objects.get().state == "pending"

        assert sync_due(now=timezone.now() + timedelta(minutes=1)) == 1
        assert calendar.there() == [(101, "10:00", "10:55")]


def test_a_message_of_the_platform_waits_in_its_table(
    salon: Salon, phone: Phone, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert tell(started(phone)).status_code == 204
    assert CallEvent.objects.get().outcome == "new"

    process_due(now=timezone.now())
    assert Call.objects.get().call_id == phone.call_id
