"""What a message of Cal.com says about bookings. Parsed tolerantly: the hosted server may have changed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.utils.dateparse import parse_datetime

from integrations.incoming.intake import UID_LENGTH, payload_of
from integrations.incoming.seen import REFERENCE, Seen

T = TypeVar("T")
A_MINUTE = timedelta(minutes=1)
# Beyond them the calendar ends before the day does, somewhere on earth.
YEARS = range(1900, 2200)

# A booking that has to be confirmed takes its time until it is rejected.
STANDS = {"BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_RESCHEDULED"}
GONE = {"BOOKING_CANCELLED", "BOOKING_REJECTED"}


class Unreadable(Exception):
    """A message about a booking without what a booking has. ``str()`` names the field, no content."""


def seen_in_message(message: Mapping[str, Any]) -> list[Seen]:
    """The bookings it speaks of, in the order in which they must be looked at; empty if none.

    A move speaks of two: the new one, and the old one that is gone (no other message says so).
    Raises ``Unreadable``.
    """
    trigger = _text(message, "triggerEvent")
    if trigger not in STANDS | GONE:
        return []
    payload = payload_of(message)
    moved_from = _text(payload, "rescheduleUid")
    seen = _booking(payload, stands=trigger in STANDS, moved_from=moved_from)
    if not moved_from or not seen.stands:
        return [seen]
    return [seen, _old_booking(payload, seen)]


def _booking(payload: Mapping[str, Any], *, stands: bool, moved_from: str) -> Seen:
    attendee = _first(payload.get("attendees"))
    start = _required(_instant(payload, "startTime"), "startTime")
    end = _required(_instant(payload, "endTime"), "endTime")
    uid = _text(payload, "uid")
    metadata = _dictionary(payload.get("metadata"))
    return Seen(
        uid=_required(uid if len(uid) <= UID_LENGTH else None, "uid"),
        stands=stands,
        start=start,
        end=_required(end if end >= start + A_MINUTE else None, "endTime"),
        host_id=_number(_dictionary(payload.get("organizer")), "id"),
        event_type_id=_number(payload, "eventTypeId"),
        kind=_text(payload, "type"),
        title=_text(payload, "title"),
        name=_text(attendee, "name"),
        email=_text(attendee, "email"),
        phone=_text(attendee, "phoneNumber"),
        reference=_text(metadata, REFERENCE),
        moved_from=moved_from,
    )


def _old_booking(payload: Mapping[str, Any], new: Seen) -> Seen:
    """Where the message does not say when it was, the new times stand in: it is gone anyway."""
    return Seen(
        uid=new.moved_from,
        stands=False,
        start=_instant(payload, "rescheduleStartTime") or new.start,
        end=_instant(payload, "rescheduleEndTime") or new.end,
        host_id=new.host_id,
        event_type_id=new.event_type_id,
        moved_to=new.uid,
    )


def _required(value: T | None, name: str) -> T:
    if not value:
        raise Unreadable(name)
    return value


def _instant(payload: Mapping[str, Any], key: str) -> datetime | None:
    """``Z`` or ``+00:00``; without an offset it is nobody's time."""
    try:
        moment = parse_datetime(_text(payload, key))
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None or moment.year not in YEARS:
        return None
    return moment.astimezone(UTC)


def _number(payload: Mapping[str, Any], key: str) -> int | None:
    value = payload.get(key)
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    is_id = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63
    return value if is_id else None


def _text(payload: Mapping[str, Any], key: str) -> str:
    value = payload.get(key)
    return value if isinstance(value, str) else ""


def _dictionary(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _first(value: Any) -> Mapping[str, Any]:
    return _dictionary(value[0]) if isinstance(value, list) and value else {}
