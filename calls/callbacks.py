"""Promises to call somebody back, and until when."""

from datetime import datetime, timedelta

from django.conf import settings

from appointments.models import Branch
from appointments.rules.hours import open_periods
from appointments.rules.periods import Period
from calls.models import Call, Callback, Matter
from calls.opening import open_day

# Further ahead nobody looks for an hour at which the salon is open.
DAYS_LOOKED_AT = 31


def queue(
    call: Call, *, matter: Matter, name: str, phone: str | None, reason: str, now: datetime
) -> Callback:
    """The callback for this matter of the call: made once, and completed by what is said later.

    ``phone`` is E.164 or None. Of whoever named no number at first, the first one named afterwards is
    taken, whatever they call their matter then.
    """
    found = _same(call, matter, reason, phone)
    if found is None:
        return Callback.objects.create(
            company_id=call.company_id,
            branch=call.branch,
            call=call,
            customer=call.customer,
            name=name,
            phone=phone,
            matter=matter,
            reason=reason,
            created_at=now,
            due_at=due_at(call.branch, now),
        )
    found.name = name or found.name
    found.phone = phone or found.phone
    found.save(update_fields=["name", "phone"])
    return found


def _same(call: Call, matter: Matter, reason: str, phone: str | None) -> Callback | None:
    """One message of a call is answered at a time, so looking first is enough."""
    mine = list(Callback.objects.open().filter(call=call).order_by("-pk"))
    for each in mine:
        if each.matter == matter and reason in ("", each.reason):
            return each
    unreachable = (each for each in mine if each.phone is None)
    return next(unreachable, None) if phone else None


def due_at(branch: Branch, now: datetime) -> datetime:
    """``CALLBACK_MINUTES`` of opening time from now, in UTC; of a salon that is never open, of any time."""
    left = timedelta(minutes=settings.CALLBACK_MINUTES)
    for period in _open(branch, now):
        length = period.end - period.start
        if left <= length:
            return period.start + left
        left -= length
    return now + timedelta(minutes=settings.CALLBACK_MINUTES)


def _open(branch: Branch, now: datetime) -> list[Period]:
    """What is left of the opening hours of the coming weeks."""
    today = now.astimezone(branch.zone).date()
    days = [today + timedelta(days=offset) for offset in range(DAYS_LOOKED_AT)]
    periods = [
        period for day in days for period in open_periods(day, open_day(branch, day).periods, branch.zone)
    ]
    return [Period(max(period.start, now), period.end) for period in periods if period.end > now]
