"""A booking as the vendor writes it."""

from typing import Any

from integrations.sandbox import times
from integrations.sandbox.parts import Host
from integrations.sandbox.records import Booking
from integrations.sandbox.world import World


def host(person: Host) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "displayEmail": person.email,
        "username": person.username,
        "timeZone": person.time_zone,
    }


def booking(world: World, row: Booking) -> dict[str, Any]:
    event_type = world.account.event_types.get(row.event_type_id)
    person = world.account.hosts.get(row.host_id)
    return {
        "id": row.id,
        "uid": row.uid,
        "title": row.title,
        "description": "",
        "hosts": [host(person)] if person else [],
        "status": row.status,
        "cancellationReason": row.cancellation_reason,
        "cancelledByEmail": "",
        **_chain(row),
        "start": times.with_millis(row.start),
        "end": times.with_millis(row.end),
        "duration": row.minutes,
        "eventTypeId": row.event_type_id,
        "eventType": {"id": row.event_type_id, "slug": event_type.slug if event_type else ""},
        "meetingUrl": row.location,
        "location": row.location,
        "absentHost": False,
        "createdAt": times.with_millis(row.created_at),
        "updatedAt": times.with_millis(row.updated_at),
        "metadata": dict(row.metadata),
        "rating": None,
        "icsUid": row.ics_uid,
        "attendees": [_attendee(row)],
        "bookingFieldsResponses": _responses(row),
    }


def made(world: World, row: Booking) -> dict[str, Any]:
    """As create and reschedule answer: with one field more."""
    return {**booking(world, row), "isPlatformManagedUserBooking": False}


def _chain(row: Booking) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if row.rescheduling_reason is not None:
        facts["reschedulingReason"] = row.rescheduling_reason
    facts["rescheduledByEmail"] = row.rescheduled_by
    if row.rescheduled_from:
        facts["rescheduledFromUid"] = row.rescheduled_from
    if row.rescheduled_to:
        facts["rescheduledToUid"] = row.rescheduled_to
    return facts


def _attendee(row: Booking) -> dict[str, Any]:
    attendee = row.attendee
    facts = {
        "name": attendee.name,
        "email": attendee.email,
        "displayEmail": attendee.email,
        "timeZone": attendee.time_zone,
        "language": attendee.language,
        "absent": False,
    }
    return {**facts, "phoneNumber": attendee.phone} if attendee.phone else facts


def _responses(row: Booking) -> dict[str, Any]:
    attendee = row.attendee
    facts: dict[str, Any] = {**row.responses, "email": attendee.email}
    if attendee.phone:
        facts["attendeePhoneNumber"] = attendee.phone
    facts["name"] = attendee.name
    if row.rescheduling_reason is not None:
        facts["rescheduledReason"] = row.rescheduling_reason
    facts["displayEmail"] = attendee.email
    return facts
