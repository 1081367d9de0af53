"""What calendar and messages hold about a person, and how long it is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F, Func, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment
from appointments.privacy import Holding, Part, Person, hold, register
from appointments.privacy.holdings import delete, empty
from appointments.privacy.parts import Table, table_of
from integrations.convergence import rebook
from integrations.messaging import forgetting
from integrations.models import (
    AlarmNotice,
    CalendarBooking,
    CalendarCase,
    CalendarEvent,
    CalendarSync,
    ContactPreference,
    EventOutcome,
    Message,
    OptOut,
)

# Of the facts of a case: what says who it is. The others say when and with whom of the salon.
PERSONAL_FACTS = ("title", "attendee", "detail")


def register_all() -> None:
    register(Part(name="integrations", tables=_tables(), erase=_erase, afterwards=_erase_history))
    hold(*_holdings())


def bookings_of(person: Person) -> "QuerySet[CalendarBooking]":
    return CalendarBooking.objects.filter(appointment__in=person.appointments)


def cases_of(person: Person) -> "QuerySet[CalendarCase]":
    ids = person.appointments
    mentioned = person.mentioned(CalendarCase.objects.filter(company=person.company), "facts")
    about = CalendarCase.objects.filter(Q(appointment__in=ids) | Q(other__in=ids), company=person.company)
    return CalendarCase.objects.filter(Q(pk__in=about) | Q(pk__in=mentioned))


def events_of(person: Person) -> "QuerySet[CalendarEvent]":
    rows = CalendarEvent.objects.filter(company=person.company).exclude(body={})
    uids = bookings_of(person).exclude(uid=None).values("uid")
    return CalendarEvent.objects.filter(
        Q(pk__in=rows.filter(uid__in=uids)) | Q(pk__in=person.mentioned(rows, "body"))
    )


def _tables() -> tuple[Table, ...]:
    return (
        table_of(
            CalendarBooking,
            *("appointment", "uid", "reference", "state", "origin", "starts_at", "ends_at", "created_at"),
            rows=bookings_of,
        ),
        table_of(
            CalendarSync,
            *("appointment", "state", "promise", "verified_at"),
            rows=lambda person: CalendarSync.objects.filter(appointment__in=person.appointments),
        ),
        table_of(
            CalendarCase,
            *("appointment", "kind", "facts", "opened_at", "solved_at", "solution"),
            rows=cases_of,
        ),
        table_of(CalendarEvent, *("trigger", "uid", "body", "received_at"), rows=events_of),
        table_of(
            ContactPreference,
            *(
                "language",
                "wants_messages",
                "medium",
                "reminders_agreed_at",
                "no_email_since",
                "no_sms_since",
            ),
            rows=lambda person: ContactPreference.objects.filter(customer__in=person.customers),
        ),
        table_of(
            Message,
            *("appointment", "kind", "medium", "recipient", "subject", "text", "invitation"),
            *("state", "created_at", "sent_at", "reported_at"),
            rows=forgetting.messages_of,
        ),
        table_of(OptOut, *("medium", "address", "created_at"), rows=forgetting.refusals_of),
        table_of(
            ContactPreference.history.model,
            *("history_date", "history_type", "channel", "actor", "wants_messages", "medium"),
            *("reminders_agreed_at", "no_email_since", "no_sms_since"),
            title=_("History of contact preferences"),
            rows=lambda person: ContactPreference.history.filter(customer__in=person.customers),
        ),
    )


def _erase(person: Person, now: datetime) -> Mapping[str, int]:
    bookings = bookings_of(person)
    renamed = rebook.under_no_name(Appointment.objects.filter(pk__in=person.appointments), now=now)
    named = CalendarCase.objects.filter(company=person.company, facts__attendee__in=list(person.names))
    cases = _without_person(cases_of(person)) + _without_person(named)
    events = events_of(person)
    # What it says of the booking, reconciliation reads as well.
    events.filter(outcome=EventOutcome.NEW).update(outcome=EventOutcome.IGNORED, processed_at=now)
    emptied = events.update(body={}, error="")
    bookings.exclude(error_detail="").update(error_detail="")
    CalendarSync.objects.filter(appointment__in=person.appointments).update(error_detail="")
    return {
        "calendar_entries_renamed": renamed,
        "calendar_entries_in_archive": bookings.exclude(uid=None).count(),
        "calendar_cases": cases,
        "calendar_events": emptied,
        "messages": forgetting.forget_messages(person),
        "refusals": forgetting.refusals_of(person).delete()[0],
    }


def _erase_history(person: Person, _now: datetime) -> Mapping[str, int]:
    return {"preferences": ContactPreference.history.filter(customer__in=person.customers).delete()[0]}


def _without_person(cases: "QuerySet[CalendarCase]") -> int:
    facts: Any = F("facts")
    for name in PERSONAL_FACTS:
        facts = Func(facts, Value(name), arg_joiner=" - ", template="(%(expressions)s)")
    return cases.update(facts=facts)


def _forget_facts(cases: "QuerySet[CalendarCase]", _now: datetime) -> int:
    return _without_person(cases)


def _holdings() -> tuple[Holding, ...]:
    return (
        Holding(
            key="messages",
            title=_("Messages to customers: address and text"),
            rows=lambda: Message.objects.filter(forgetting.SETTLED).exclude(forgetting.EMPTY),
            at="created_at",
            days="message_days",
            forget=forgetting.empty_messages,
        ),
        Holding(
            key="refusals",
            title=_("Numbers of callers who want no messages"),
            rows=OptOut.objects.all,
            at="created_at",
            until=_("until they want them again, or are erased"),
        ),
        Holding(
            key="calendar_events",
            title=_("Messages of Cal.com: their text"),
            rows=lambda: CalendarEvent.objects.exclude(body={}),
            at="received_at",
            days=30,
            by="purge calendar messages",
        ),
        Holding(
            key="calendar_event_keys",
            title=_("Messages of Cal.com: that they came"),
            rows=CalendarEvent.objects.all,
            at="received_at",
            days=365,
            by="purge calendar messages",
        ),
        Holding(
            key="calendar_cases",
            title=_("Calendar cases, solved: who it was about"),
            rows=lambda: CalendarCase.objects.filter(
                solved_at__isnull=False, facts__has_any_keys=list(PERSONAL_FACTS)
            ),
            at="solved_at",
            days=90,
            forget=_forget_facts,
        ),
        Holding(
            key="calendar_refusals",
            title=_("What Cal.com said to bookings"),
            rows=lambda: CalendarBooking.objects.exclude(error_detail=""),
            at="created_at",
            days=90,
            forget=empty(error_detail=""),
        ),
        Holding(
            key="alarm_notices",
            title=_("Messages about alarms"),
            rows=lambda: AlarmNotice.objects.exclude(sent_at=None, dropped_at=None),
            at="created_at",
            company="channel__company",
            days=90,
            forget=delete,
        ),
    )
