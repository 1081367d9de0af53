"""A customer with a past: by telephone, at the counter, in writing, in the calendar, in files and in logs."""

from datetime import timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.utils import timezone
from django_q.models import Task
from django_q.tasks import async_task

from appointments import booking
from appointments.models import (
    ApiReply,
    Appointment,
    Customer,
    Finding,
    Import,
    ImportedRow,
    ImportFinding,
    Reservation,
    WaitlistEntry,
)
from appointments.models.imports import ImportState
from calls import callback_messages
from calls.models import CallEvent, FunctionCall
from integrations.cases import open_case
from integrations.messaging import telling
from integrations.models import (
    CalendarBooking,
    CalendarEvent,
    CalendarSync,
    CaseKind,
    ContactPreference,
    Message,
    Messaging,
    OptOut,
    SmsGateway,
    Way,
)
from tests.calls.messages import TALK, analyzed, deliver, ended, said
from tests.calls.phone import CUT, Phone
from tests.integrations.calendar import CalendarSalon, converge
from tests.salons import MONDAY

NAME, FORMER, DOUBLE = "Wilhelmine Zumpe", "Wilhelmine Zumpf", "Minna Zumpe-Alt"
NUMBER, SECOND = "+4915112345678", "+4915198765432"
MAIL, OLD_MAIL = "wilhelmine@zumpe.example", "minna@alt.example"
NOTE, SAID, CHILD = "Silbernitratunverträglichkeit", "Goldhochzeit", "Kunigunde Kleinkind"
MARKS = ("Zumpe", "Zumpf", "Wilhelmine", "Minna", NUMBER, SECOND, MAIL, OLD_MAIL, NOTE, SAID, "Kunigunde")
QUOTED = f"DETAIL: Key (phone, name)=({NUMBER}, {NAME}) already exists."


def live(place: CalendarSalon) -> Customer:
    """Everything that a customer leaves behind; the last of it stands now."""
    company = place.salon.company
    Messaging.objects.create(branch=place.salon.branch, sms=True)
    SmsGateway.objects.create(company=company, way=Way.NONE)
    OptOut.objects.create(company=company, medium="email", address=OLD_MAIL)
    facts = {"name": FORMER, "phone": NUMBER, "email": OLD_MAIL, "notes": NOTE}
    customer = booking.add_customer(company, facts, now=timezone.now())
    booking.change_customer(customer, {"name": NAME, "email": MAIL})
    double = {"name": DOUBLE, "phone": SECOND, "notes": NOTE}
    customer = booking.unite(
        customer, booking.add_customer(company, double, now=timezone.now()), now=timezone.now()
    )
    ContactPreference.objects.create(company=company, customer=customer, reminders_agreed_at=timezone.now())
    at_the_counter(place, customer)
    by_telephone(place)
    in_the_calendar(place, customer)
    in_files(place, customer)
    in_logs(place, customer)
    return customer


def at_the_counter(place: CalendarSalon, customer: Customer) -> None:
    now = timezone.now()
    cut = place.cut("12:00", customer=customer, attendee_name=CHILD, contact_phone=SECOND, notes=NOTE)
    booking.edit(cut, {"notes": f"{NOTE}!"}, now=now)
    elsewhere = place.cut("15:00", place.salon.jonas, contact_phone=NUMBER)
    booking.edit(elsewhere, {"price": 31}, now=now)
    handed_over = place.cut("16:00", place.salon.jonas, customer=customer, notes=NOTE)
    booking.edit(handed_over, {"customer": place.customer, "notes": ""}, now=now)
    WaitlistEntry.objects.create(
        company=place.salon.company,
        branch=place.salon.branch,
        customer=customer,
        service=place.salon.cut,
        first_day=MONDAY,
        last_day=MONDAY,
        note=NOTE,
        created_at=now,
    )
    telling.tell_due(now=now + timedelta(minutes=5))
    Message.objects.filter(recipient=MAIL).update(error=f"550 {MAIL}", subject=f"Für {NAME}")


def by_telephone(place: CalendarSalon) -> None:
    """A booking with everything said, and one who hangs up; what is told of it afterwards."""
    phone = Phone(place.salon.number, NUMBER)
    asked = {**CUT, "uhrzeit": "10:00", "name": NAME, "email": MAIL, "notiz": SAID}
    phone.ask("check_availability", **asked, unbekannt=NAME)
    phone.ask("start_booking", **asked)
    phone.ask("get_current_context")
    phone.ask("request_callback", name=NAME, telefon=SECOND, grund=SAID)
    talk = [*TALK, said("user", f"Hier {NAME}, es ist {SAID}.", 9.0)]
    deliver(ended(phone, talk=talk), analyzed(phone, call_analysis={"call_summary": f"{NAME}: {SAID}"}))
    stranger = Phone(place.salon.number, SECOND)
    stranger.ask("check_availability", **{**CUT, "uhrzeit": "18:00"}, name=NAME)
    Reservation.objects.filter(holder=f"call:{stranger.call_id}").update(person=NAME)
    CallEvent.objects.create(
        event="call_ended",
        call_id="call_unknown",
        body={"from_number": NUMBER, "transcript": SAID},
        received_at=timezone.now(),
        outcome="failed",
    )
    callback_messages.acknowledge_due(now=timezone.now() + timedelta(minutes=5))
    FunctionCall.objects.filter(call__call_id=phone.call_id).update(error=QUOTED, unknown_args=[NAME])


def in_the_calendar(place: CalendarSalon, customer: Customer) -> None:
    now = timezone.now()
    for appointment in Appointment.objects.blocking().order_by("pk"):
        converge(appointment)
    mine = Appointment.objects.filter(customer=customer)
    CalendarSync.objects.filter(appointment__in=mine).update(error_detail=QUOTED)
    CalendarBooking.objects.filter(appointment__in=mine).update(error_detail=QUOTED)
    uid = CalendarBooking.objects.filter(appointment__in=mine).exclude(uid=None)[0].uid
    body = {"payload": {"uid": uid, "attendees": [{"name": NAME, "email": MAIL, "phoneNumber": NUMBER}]}}
    for each in (uid, "of nobody"):
        CalendarEvent.objects.create(
            company=place.salon.company,
            trigger="BOOKING_CREATED",
            uid=each,
            body=body,
            received_at=now,
            outcome="echo",
            error=QUOTED,
        )
    seen = {"title": f"Schnitt für {NAME}", "attendee": NAME, "detail": QUOTED, "uid": uid}
    for appointment in (mine[0], None):
        open_case(
            CaseKind.CONFLICT,
            company=place.salon.company,
            appointment=appointment,
            uid=uid or "",
            facts=seen,
            now=now,
        )


def in_files(place: CalendarSalon, customer: Customer) -> None:
    now, company = timezone.now(), place.salon.company
    run = Import.objects.create(
        company=company, file_name="alt.csv", state=ImportState.DONE, created_at=now, finished_at=now
    )
    run.file.save("alt.csv", ContentFile(f"Code;Phone\n{NAME};0151 123 456 78\n".encode("cp1252")))
    ImportFinding.objects.create(
        run=run, row=2, kind="rejected", code="date", text=f"{NAME}, {NUMBER}: 31.02."
    )
    ImportedRow.objects.create(
        company=company,
        source="alt",
        key="k",
        external_id="ZUMPE-1",
        digest="d",
        appointment=Appointment.objects.filter(customer=customer)[0],
        imported_by=run,
        row=3,
    )
    ApiReply.objects.create(company=company, key="k", digest="d", status=201, body=QUOTED, created_at=now)


def in_logs(place: CalendarSalon, customer: Customer) -> None:
    now = timezone.now()
    user = User.objects.create_user("emma", password="x")
    LogEntry.objects.log_actions(user.pk, [customer], CHANGE, f"Notiz: {NOTE} {NAME}", single_object=True)
    facts: dict[str, Any] = {"check_id": "x", "severity": "error", "fingerprint": "f"}
    times = {"first_seen": now, "last_seen": now, "acknowledged_at": now}
    Finding.objects.create(company=place.salon.company, reason=f"Mit {NAME} besprochen", **facts, **times)
    Task.objects.create(
        id="t",
        name="t",
        func="f",
        args=(NUMBER,),
        kwargs={"name": NAME},
        result=QUOTED,
        started=now,
        stopped=now,
    )
    async_task("f", NUMBER, NAME)
    session = SessionStore()
    session.update({"_messages": f"„{NAME}“ wurde geändert.", "_auth_user_id": "1"})
    session.save()
    cache.set(f"calls:{NUMBER}", NAME, 600)
