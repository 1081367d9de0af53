"""What is sent, field by field. Cal.com refuses a booking with a field that it does not know (F10)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from integrations.calcom.types import Order
from integrations.calcom.wire import instant


def booking(order: Order) -> dict[str, Any]:
    """``POST /v2/bookings``. What is empty is left out: an empty e-mail address is a wrong one."""
    attendee = {
        "name": order.name,
        "timeZone": order.time_zone,
        "language": order.language,
        "email": order.email,
        "phoneNumber": order.phone,
    }
    body: dict[str, Any] = {
        "eventTypeId": order.event_type_id,
        "start": instant(order.start),
        "attendee": {field: value for field, value in attendee.items() if value},
        "metadata": dict(order.metadata),
    }
    if order.length_minutes is not None:
        body["lengthInMinutes"] = order.length_minutes
    if order.notes:
        body["bookingFieldsResponses"] = {"notes": order.notes}
    return body


def reservation(
    event_type_id: int, start: datetime, minutes: int, slot_minutes: int | None
) -> dict[str, Any]:
    """``POST /v2/slots/reservations``."""
    body = {"eventTypeId": event_type_id, "slotStart": instant(start), "reservationDuration": minutes}
    return body if slot_minutes is None else {**body, "slotDuration": slot_minutes}


def slots(
    event_type_id: int, start: datetime, end: datetime, time_zone: str, minutes: int | None
) -> dict[str, str | int]:
    """The query of ``GET /v2/slots``."""
    query: dict[str, str | int] = {
        "eventTypeId": event_type_id,
        "start": instant(start),
        "end": instant(end),
        "timeZone": time_zone,
    }
    return query if minutes is None else {**query, "duration": minutes}


def filters(
    *,
    attendee_email: str | None = None,
    event_type_ids: Iterable[int] = (),
    after_start: datetime | None = None,
    before_end: datetime | None = None,
    after_updated_at: datetime | None = None,
    status: Iterable[str] = (),
) -> dict[str, str | int]:
    """The query of ``GET /v2/bookings``, sorted so that pages can be walked."""
    query = {
        "attendeeEmail": attendee_email or "",
        "eventTypeIds": ",".join(str(each) for each in event_type_ids),
        "afterStart": instant(after_start) if after_start else "",
        "beforeEnd": instant(before_end) if before_end else "",
        "afterUpdatedAt": instant(after_updated_at) if after_updated_at else "",
        "status": ",".join(status),
        "sortUpdatedAt" if after_updated_at else "sortStart": "asc",
    }
    return {name: value for name, value in query.items() if value}


def webhook(
    *, url: str | None, triggers: Iterable[str] | None, secret: str | None, active: bool | None
) -> dict[str, Any]:
    """``POST`` and ``PATCH /v2/webhooks``."""
    body = {
        "subscriberUrl": url,
        "triggers": None if triggers is None else list(triggers),
        "secret": secret,
        "active": active,
    }
    return {name: value for name, value in body.items() if value is not None}
