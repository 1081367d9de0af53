"""Forgetting to whom something was written and what it said; that it was, and when, stays."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from appointments.models import Appointment
from appointments.privacy import Person
from integrations.models import AppointmentNotice, Message, MessageState, OptOut

BLANK: dict[str, Any] = {"recipient": "", "subject": "", "text": "", "invitation": "", "error": ""}
EMPTY = Q(**BLANK)
# What may still leave keeps its text.
SETTLED = ~Q(state__in=(MessageState.WAITING, MessageState.HANDED_OVER))


def messages_of(person: Person) -> "QuerySet[Message]":
    """About their appointments, callbacks and offers; and what went to their address before an appointment
    was somebody else's, or before it was known whose the address is.
    """
    once = Appointment.history.filter(customer__in=person.customers).values("id")
    to_them = Q(recipient__in=[*person.emails, *person.numbers])
    theirs_once = to_them & (Q(appointment__in=once) | Q(appointment=None, customer=None))
    theirs = Q(appointment__in=person.appointments) | Q(appointment=None, customer__in=person.customers)
    return Message.objects.filter(theirs | theirs_once, company=person.company)


def refusals_of(person: Person) -> "QuerySet[OptOut]":
    """That they wanted no messages, said as a caller whom nobody knew."""
    return OptOut.objects.filter(address__in=[*person.emails, *person.numbers], company=person.company)


def forget_messages(person: Person) -> int:
    """What was to leave does not."""
    rows = messages_of(person)
    rows.exclude(SETTLED).update(state=MessageState.OVERTAKEN, next_try_at=None)
    AppointmentNotice.objects.filter(appointment__in=person.appointments).update(due_at=None)
    return rows.update(**BLANK)


def empty_messages(rows: "QuerySet[Message]", _now: datetime) -> int:
    return rows.update(**BLANK)
