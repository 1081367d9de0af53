"""What old function calls say about appointments: by id in the answer, or by customer and time asked for."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.dateparse import parse_datetime

from appointments.models import Reservation
from calls.functions.arguments import Arguments, read_arguments
from calls.models import FunctionCall, Relationship
from calls.understanding import understand_when

# The statuses with which a function says what it did to the appointment it names.
BY_STATUS = {
    "booked": Relationship.ORIGINAL,
    "provisional": Relationship.ORIGINAL,
    "already_booked": Relationship.ORIGINAL,
    "existing": Relationship.DUPLICATE_ATTEMPT,
    "rescheduled": Relationship.RESCHEDULE,
    "cancelled": Relationship.CANCELLATION,
}
BOOKS = ("start_booking", "book_appointment", "collect_appointment_data")


@dataclass(frozen=True, slots=True)
class Named:
    """An appointment by its id. ``start``: when it was then, as far as the answer says so."""

    asked: FunctionCall
    relationship: Relationship
    appointment_id: int
    start: datetime | None


@dataclass(frozen=True, slots=True)
class Timed:
    """A time that the caller wanted to book, an instant in UTC; which appointment is to be found out."""

    asked: FunctionCall
    start: datetime


def candidates(asked: Sequence[FunctionCall]) -> Iterator[Named | Timed]:
    """One query for all, none for each. ``asked`` with call, its customer and its branch's company."""
    held = _held_times(asked)
    for each in asked:
        named = _named(each)
        if named is not None:
            yield named
        elif each.name in BOOKS and each.call.customer_id is not None:
            start = _wanted_start(each, held)
            if start is not None:
                yield Timed(each, start)


def _named(asked: FunctionCall) -> Named | None:
    reply = asked.reply if isinstance(asked.reply, dict) else {}
    status = reply.get("status")
    relationship = BY_STATUS.get(status) if isinstance(status, str) else None
    appointment_id = reply.get("appointment_id")
    if relationship is None or isinstance(appointment_id, bool) or not isinstance(appointment_id, int):
        return None
    said = "old_starts_at" if relationship == Relationship.RESCHEDULE else "starts_at"
    return Named(asked, relationship, appointment_id, _instant(reply.get(said)))


def _instant(value: Any) -> datetime | None:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _held_times(asked: Sequence[FunctionCall]) -> Mapping[tuple[str, str], datetime]:
    """Starts by holder and token: a reservation is good for the call that holds it only."""
    tokens = {str(_values(each).get("reservation_id") or "") for each in asked} - {""}
    rows = Reservation.objects.filter(token__in=tokens).values_list("holder", "token", "starts_at")
    return {(holder, token): start for holder, token, start in rows} if tokens else {}


def _values(asked: FunctionCall) -> dict[str, Any]:
    return asked.args if isinstance(asked.args, dict) else {}


def _wanted_start(asked: FunctionCall, held: Mapping[tuple[str, str], datetime]) -> datetime | None:
    """None where the words of that time do not name one start."""
    arguments = read_arguments(_values(asked))
    if asked.name == "collect_appointment_data" and arguments.get("bestaetigung") == "false":
        return None  # it only looked
    token = arguments.get("reservation_id") or ""
    return held.get((asked.call.holder, token)) or _said_start(asked, arguments)


def _said_start(asked: FunctionCall, arguments: Arguments) -> datetime | None:
    """As it was meant on the day of the call."""
    both = arguments.get("datetime")
    day, clock = (both, None) if both else (arguments.get("datum"), arguments.get("uhrzeit"))
    if not day:
        return None
    branch = asked.call.branch
    when = understand_when(
        datum=day,
        uhrzeit=clock,
        now=asked.created_at.astimezone(branch.zone),
        hours=_always_closed,
        horizon_days=branch.horizon_days,
    )
    if when.date is None or when.time is None or when.status == "ask":
        return None
    return _at(when.date, when.time, asked)


def _at(day: date, clock: time, asked: FunctionCall) -> datetime:
    return datetime.combine(day, clock, tzinfo=asked.call.branch.zone).astimezone(UTC)


def _always_closed(day: date) -> tuple[tuple[int, int], ...]:
    """Hours only bound windows, and a window is no start."""
    return ()
