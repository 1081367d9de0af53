"""A fault for each check, planted past the writer and past the rules where it has to be."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from appointments import booking
from appointments.integrity import Scope, registry
from appointments.models import (
    Absence,
    Appointment,
    AppointmentPhase,
    Customer,
    IntegrityReport,
    Reservation,
)
from calls.flow import prompts
from calls.flow.deploying import Line, deploy
from calls.models import Call, CallAppointment, Callback, CallClaim, CallEvent, VoiceAgent
from config import version
from config.schedules import PREFIX
from integrations.models import (
    CalendarBooking,
    CalendarCase,
    CalendarConnection,
    CalendarEvent,
    CalendarEventType,
    CalendarHost,
    CalendarSync,
)
from tests.appointments.integrity.planting import drop_rule, old_row, past_the_triggers
from tests.calls.flow.platform import Retell, serving, set_up
from tests.calls.phone import CALLER, CUT, Phone
from tests.integrations.calendar import CalendarSalon, converge
from tests.salons import MONDAY, NOW, Salon, at, make_salon


@dataclass
class Place:
    """A healthy salon. ``calendar`` is there for checks about it."""

    salon: Salon
    settings: Any
    monkeypatch: pytest.MonkeyPatch
    calendar: CalendarSalon
    # What is to be closed at the end.
    stack: ExitStack = field(default_factory=ExitStack)

    def book(self, clock: str = "10:00") -> Appointment:
        return self.salon.book(self.salon.cut, self.salon.emma, MONDAY, clock)


FAULTS: dict[str, Callable[[Place], Any]] = {}


def plants(check_id: str) -> Callable[[Callable[[Place], Any]], Callable[[Place], Any]]:
    def note(plant: Callable[[Place], Any]) -> Callable[[Place], Any]:
        FAULTS[check_id] = plant
        return plant

    return note


# Of the domain


@plants("appointments.check_failed")
def a_check_breaks(place: Place) -> None:
    def broken(scope: Scope) -> None:
        raise RuntimeError

    check = registry.registered()[-1]
    place.monkeypatch.setitem(registry._checks, check.id, replace(check, function=broken))


@plants("appointments.service_phases")
def without_phases(place: Place) -> None:
    place.salon.cut.phases.all().delete()


@plants("appointments.phases")
def a_torn_appointment(place: Place) -> None:
    row = place.book("16:00")
    with past_the_triggers():
        AppointmentPhase.objects.filter(appointment=row).delete()


@plants("appointments.ledger")
def promised_without_time(place: Place) -> None:
    old_row(place.salon, "16:00", allocations=False)


@plants("appointments.overlap")
def two_at_once(place: Place) -> None:
    drop_rule()
    old_row(place.salon, "16:00")
    old_row(place.salon, "16:30", created_at=NOW - timedelta(days=1))


@plants("appointments.hold")
def a_forgotten_hold(place: Place) -> None:
    Reservation.objects.update(expires_at=timezone.now() - timedelta(minutes=6))


@plants("appointments.conflict_free")
def in_quarantine_for_nothing(place: Place) -> None:
    old_row(place.salon, "16:00", status="conflict", allocations=False)


@plants("appointments.duplicate")
def the_same_customer_twice(place: Place) -> None:
    jana = Customer.objects.create(company=place.salon.company, name="Jana Probst")
    for staff in (place.salon.emma, place.salon.jonas):
        row = place.salon.book(place.salon.cut, staff, MONDAY, "17:00")
        booking.edit(row, {"customer": jana}, now=NOW)


@plants("appointments.outside_hours")
def during_an_absence(place: Place) -> None:
    Absence.objects.create(staff=place.salon.emma, starts_at=at(MONDAY, "10:00"), ends_at=at(MONDAY, "15:00"))


@plants("appointments.tenants")
def of_another_company(place: Place) -> None:
    other = make_salon("abendstern")
    with past_the_triggers():
        Appointment.objects.update(service=other.cut)


@plants("appointments.constraint")
def without_the_rule(place: Place) -> None:
    drop_rule()


@plants("appointments.report_missing")
def a_night_without_a_report(place: Place) -> None:
    late = NOW - timedelta(hours=27)
    IntegrityReport.objects.create(
        company=place.salon.company, day=late.date(), trigger="daily", started_at=late, finished_at=late
    )


# Of the queue


@plants("config.worker_dead")
def nobody_takes_a_task(place: Place) -> None:
    OrmQ.objects.create(key="terminfest", payload="", lock=NOW - timedelta(minutes=16))


@plants("config.schedule_not_run")
def a_schedule_is_missing(place: Place) -> None:
    Schedule.objects.filter(name__startswith=PREFIX).order_by("pk").first().delete()  # type: ignore[union-attr]


@plants("config.version_differs")
def the_worker_was_not_started_again(place: Place) -> None:
    version.note(version.WEB)
    place.monkeypatch.setattr(version, "RUNNING", "older")
    version.note(version.WORKER)


# Of the phone


@plants("calls.unlinked")
def a_call_without_its_appointment(place: Place) -> None:
    Customer.objects.create(company=place.salon.company, name="Jana Probst", phone=CALLER)
    assert Phone(place.salon.number).ask("start_booking", **CUT, name="Jana Probst")["status"] == "booked"
    CallAppointment.objects.all().delete()


@plants("calls.claims")
def a_promise_that_nobody_gave(place: Place) -> None:
    Phone(place.salon.number).ask("get_opening_hours")
    CallClaim.objects.create(call=Call.objects.get(), kind="booked", line=3)
    Call.objects.update(contradictions=1)


@plants("calls.number_silent")
def calls_without_messages(place: Place) -> None:
    for _each in range(3):
        Phone(place.salon.number).ask("get_opening_hours")
    Call.objects.update(started_at=NOW - timedelta(hours=3))


@plants("calls.messages_stuck")
def a_message_that_nobody_reads(place: Place) -> None:
    late = NOW - timedelta(hours=2)
    CallEvent.objects.create(event="call_ended", call_id="x", received_at=late, next_try_at=late)


@plants("calls.callback_overdue")
def nobody_called_back(place: Place) -> None:
    Phone(place.salon.number).ask("get_opening_hours")
    call = Call.objects.get()
    Callback.objects.create(
        company=call.company, branch=call.branch, call=call, matter="other", created_at=NOW, due_at=NOW
    )


def deployed(place: Place) -> Retell:
    retell = place.stack.enter_context(serving(place.settings))
    set_up(retell, place.salon)
    agent = VoiceAgent.objects.get()
    deploy("https://salon.example", Line(agent.agent_id, [place.salon.number]), now=NOW - timedelta(days=1))
    return retell


@plants("calls.flow_drift")
def an_old_conversation_is_live(place: Place) -> None:
    deployed(place)
    place.monkeypatch.setattr(prompts, "GLOBAL", f"{prompts.GLOBAL} Sei freundlich.")


@plants("calls.flow_unknown")
def the_platform_is_silent(place: Place) -> None:
    deployed(place).status = 503


# Of the calendar


@plants("integrations.staff_without_host")
def without_a_calendar(place: Place) -> None:
    CalendarEventType.objects.filter(staff=place.salon.emma).delete()
    CalendarHost.objects.filter(staff=place.salon.emma).delete()


@plants("integrations.unmapped")
def without_an_event_type(place: Place) -> None:
    CalendarEventType.objects.filter(staff=place.salon.emma, service=place.salon.cut).delete()


@plants("integrations.event_type_gone")
def an_event_type_is_gone(place: Place) -> None:
    CalendarEventType.objects.filter(event_type_id=3001).update(event_type_id=9999)


@plants("integrations.host_gone")
def somebody_left_the_team(place: Place) -> None:
    CalendarHost.objects.filter(calcom_user_id=102).update(calcom_user_id=777)


@plants("integrations.calendar_unreachable")
def without_a_key(place: Place) -> None:
    place.settings.CALCOM_API_KEY = ""


@plants("integrations.not_compared")
def nobody_compared(place: Place) -> None:
    CalendarConnection.objects.update(reconciled_until=timezone.now() - timedelta(hours=7))


@plants("integrations.webhook_silent")
def no_message_came(place: Place) -> None:
    CalendarConnection.objects.update(webhook_id="w")
    CalendarBooking.objects.update(settled_at=timezone.now() - timedelta(hours=2))


@plants("integrations.calendar_missing")
def never_told(place: Place) -> None:
    CalendarSync.objects.all().delete()
    for row in CalendarBooking.objects.all():
        place.calendar.world.forget(row.uid)
    CalendarBooking.objects.all().delete()


@plants("integrations.calendar_other_time")
def promised_for_another_time(place: Place) -> None:
    row = CalendarBooking.objects.get()
    shift = timedelta(minutes=30)
    CalendarBooking.objects.update(starts_at=row.starts_at + shift, ends_at=row.ends_at + shift)


@plants("integrations.calendar_other_host")
def in_the_calendar_of_somebody_else(place: Place) -> None:
    CalendarBooking.objects.update(calcom_user_id=102)


@plants("integrations.calendar_extra")
def left_behind(place: Place) -> None:
    place.calendar.cancel(Appointment.objects.get())
    CalendarSync.objects.update(state="none", pending_since=None, next_try_at=None)


@plants("integrations.calendar_unknown")
def not_known_there(place: Place) -> None:
    CalendarBooking.objects.update(missing_since=timezone.now())


@plants("config.stored_keys")
def under_a_former_key(place: Place) -> None:
    connection = CalendarConnection(company=place.salon.company)
    connection.api_key = "cal_of_the_salon"
    connection.save()
    place.settings.ENCRYPTION_KEYS = ["a new key of forty random characters or so"]


@plants("integrations.pending_overdue")
def pending_for_too_long(place: Place) -> None:
    place.calendar.cut("14:00")
    CalendarSync.objects.filter(state="pending").update(pending_since=timezone.now() - timedelta(minutes=6))


@plants("integrations.case_open")
def a_case(place: Place) -> None:
    row = Appointment.objects.get()
    CalendarCase.objects.create(company=row.company, appointment=row, kind="moved", opened_at=timezone.now())


@plants("integrations.messages_stuck")
def a_message_of_the_calendar(place: Place) -> None:
    late = timezone.now() - timedelta(hours=2)
    CalendarEvent.objects.create(
        company=place.salon.company, trigger="BOOKING_CREATED", body={}, received_at=late, next_try_at=late
    )


def healthy(place: Place) -> None:
    """An appointment, one that is over, a hold; in the calendar, if there is one, as promised."""
    if place.salon.branch.calendar_is_on:
        assert converge(place.calendar.cut()) == "agreed"
        CalendarConnection.objects.update(reconciled_until=timezone.now())
        return
    place.book()
    old_row(place.salon, "", starts_at=NOW - timedelta(days=3), status="completed", allocations=False)
    hold = place.salon.request(place.salon.cut, place.salon.emma, holder="call:1")
    booking.hold(hold, start=at(MONDAY, "12:00"))
