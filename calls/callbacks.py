"""Promises to call somebody back, and until when."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from appointments.hooks import ToCall
from appointments.models import Branch, OpeningHours
from appointments.rules.holidays import holiday_name
from appointments.rules.hours import days_between, open_periods
from appointments.rules.periods import Period
from calls.models import Call, Callback, Matter
from calls.models.callback import CallbackState

# Further ahead nobody looks for an hour at which the salon is open.
DAYS_LOOKED_AT = timedelta(days=31)


def queue(
    call: Call, *, matter: Matter, name: str, phone: str | None, reason: str, now: datetime
) -> Callback:
    """The callback for this matter of the call: made once, and completed by what is said later.

    ``phone`` is E.164 or None. Whoever could not be reached at first and names a number afterwards is
    to be reached there for everything, and has answered our question with it.
    """
    mine = Callback.objects.open().filter(call=call)
    waiting = list(mine.filter(phone=None).order_by("pk").values_list("pk", flat=True)) if phone else []
    mine.filter(pk__in=waiting).update(phone=phone)
    found = mine.filter(matter=matter, **({"reason": reason} if reason else {})).order_by("pk").last()
    if found is None and waiting and matter == Matter.OTHER:
        found = mine.get(pk=waiting[-1])
    if found is None:
        return _new(call, matter=matter, name=name, phone=phone, reason=reason, now=now)
    found.name, found.phone = name or found.name, phone or found.phone
    found.save(update_fields=["name", "phone"])
    return found


def queue_about(to_call: ToCall, now: datetime) -> None:
    """A customer who has to hear about their appointment. A row that is still open says the latest."""
    appointment = to_call.appointment
    customer = appointment.customer
    Callback.objects.update_or_create(
        appointment=appointment,
        call=None,
        state=CallbackState.OPEN,
        defaults={
            "reason": to_call.reason[:500],
            "due_at": min(due_at(appointment.branch, now), to_call.until),
        },
        create_defaults={
            "company_id": appointment.company_id,
            "branch": appointment.branch,
            "customer": customer,
            "name": appointment.attendee,
            "phone": (customer.phone if customer else None) or appointment.contact_phone,
            "matter": Matter.OUTAGE,
            "reason": to_call.reason[:500],
            "created_at": now,
            "due_at": min(due_at(appointment.branch, now), to_call.until),
        },
    )


def _new(call: Call, *, now: datetime, **facts: Any) -> Callback:
    return Callback.objects.create(
        company_id=call.company_id,
        branch=call.branch,
        call=call,
        customer=call.customer,
        created_at=now,
        due_at=due_at(call.branch, now),
        **facts,
    )


def finish(callbacks: QuerySet[Callback], *, user: Any, now: datetime) -> int:
    """Done by ``user``: how many. What somebody else has done already stays theirs."""
    still = callbacks.order_by().filter(state=CallbackState.OPEN)
    return still.update(state=CallbackState.DONE, done_by=user, done_at=now)


def due_at(branch: Branch, now: datetime) -> datetime:
    """``CALLBACK_MINUTES`` of opening time from now, in UTC; of a salon that is never open, of any time."""
    left = timedelta(minutes=settings.CALLBACK_MINUTES)
    for period in _open(branch, now):
        length = period.end - period.start
        if left <= length:
            return period.start + left
        left -= length
    return now + timedelta(minutes=settings.CALLBACK_MINUTES)


def _open(branch: Branch, now: datetime) -> Iterator[Period]:
    """What is left of the opening hours of the coming weeks, public holidays left out. One query."""
    week: dict[int, list[tuple[int, int]]] = defaultdict(list)
    hours = OpeningHours.objects.filter(branch=branch)
    for weekday, opens, closes in hours.values_list("weekday", "start_minute", "end_minute"):
        week[weekday].append((opens, closes))
    today = now.astimezone(branch.zone).date()
    for day in days_between(today, today + DAYS_LOOKED_AT):
        if holiday_name(day, branch.company.holidays):
            continue
        for period in open_periods(day, week[day.weekday()], branch.zone):
            if period.end > now:
                yield Period(max(period.start, now), period.end)
