"""Webhooks out: sent inside the request that causes them, awaited, never sent again."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests

from integrations.sandbox import times
from integrations.sandbox.parts import EventType, Host
from integrations.sandbox.records import Booking, Webhook
from integrations.sandbox.world import Delivery, World

VERSION = "2021-10-20"
# The vendor waits for ever. A sandbox that is never stopped by its receiver is more use.
TIMEOUT_SECONDS = 60
logger = logging.getLogger(__name__)
Facts = dict[str, Any]


def announce(world: World, trigger: str, booking: Booking, **extra: Any) -> None:
    """Send ``trigger`` to everybody who wants it. Called without the world's lock."""
    with world.lock:
        wanted = [
            webhook
            for webhook in world.store.webhooks.values()
            if webhook.active
            and trigger in webhook.triggers
            and webhook.event_type_id in (None, booking.event_type_id)
        ]
    if not wanted:
        return
    body = {
        "triggerEvent": trigger,
        "createdAt": times.with_millis(world.now()),
        "payload": PAYLOADS[trigger](world, booking, extra),
    }
    for webhook in wanted:
        world.deliveries.append(Delivery(trigger, webhook.url, _send(webhook, body), body))


def signature(secret: str | None, raw: bytes) -> str:
    if not secret:
        return "no-secret-provided"
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def _send(webhook: Webhook, body: Facts) -> int | None:
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Cal-Signature-256": signature(webhook.secret, raw),
        "X-Cal-Webhook-Version": VERSION,
        "User-Agent": "node",
    }
    try:
        with requests.Session() as session:
            # Receivers are on this machine: no proxy of the environment's.
            session.trust_env = False
            response = session.post(
                webhook.url, data=raw, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
    except requests.RequestException as error:
        logger.warning("The webhook to %s was not received: %s", webhook.url, error)
        return None
    return response.status_code


def _host(world: World, booking: Booking) -> Host:
    return world.account.hosts.get(booking.host_id) or Host(booking.host_id, "Former Host")


def _event_type(world: World, booking: Booking) -> EventType:
    return world.account.event_types.get(booking.event_type_id) or EventType(
        booking.event_type_id, (booking.host_id,), booking.minutes
    )


def _offset(moment: datetime, zone_holder: Host) -> int:
    offset = moment.astimezone(zone_holder.zone).utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def _organizer(world: World, booking: Booking) -> Facts:
    host = _host(world, booking)
    return {
        "id": host.id,
        "name": host.name,
        "email": host.email,
        "username": host.username,
        "timeZone": host.time_zone,
        "language": {"locale": "en"},
        "timeFormat": "h:mma",
        "utcOffset": _offset(booking.start, host),
    }


def _attendee(world: World, booking: Booking) -> Facts:
    attendee = booking.attendee
    return {
        "email": attendee.email,
        "name": attendee.name,
        "timeZone": attendee.time_zone,
        "language": {"locale": attendee.language},
        "utcOffset": _offset(booking.start, _host(world, booking)),
    }


def _responses(booking: Booking, *, is_made: bool) -> Facts:
    """``is_made``: with the hidden phone field and the value of the location."""
    attendee = booking.attendee
    phone: Facts = {"label": "phone_number", "isHidden": True}
    if attendee.phone:
        phone = {"label": "phone_number", "value": attendee.phone, "isHidden": True}
    location: Facts = {"label": "location", "isHidden": False}
    if is_made:
        location["value"] = {"value": booking.location, "optionValue": ""}
    found: Facts = {"attendeePhoneNumber": phone} if is_made else {}
    return {
        **found,
        "name": {"label": "your_name", "value": attendee.name, "isHidden": False},
        "email": {"label": "email_address", "value": attendee.email, "isHidden": False},
        "location": location,
        "title": {"label": "what_is_this_meeting_about", "isHidden": True},
        "notes": {"label": "additional_notes", "isHidden": False},
        "guests": {"label": "additional_guests", "isHidden": False},
        "rescheduleReason": {"label": "reason_for_reschedule", "isHidden": False},
    }


def _common(world: World, booking: Booking) -> Facts:
    event_type = _event_type(world, booking)
    return {
        "bookerUrl": world.url,
        "title": booking.title,
        "type": event_type.slug,
        "organizer": _organizer(world, booking),
        "additionalNotes": "",
        "description": "",
        "eventTypeId": booking.event_type_id,
        "hideOrganizerEmail": False,
        "schedulingType": event_type.scheduling.upper()
        if event_type.is_team and event_type.scheduling
        else None,
        "seatsPerTimeSlot": None,
        "customReplyToEmail": None,
        "customInputs": {},
        "userFieldsResponses": {},
        "location": booking.location,
        "hideBranding": False,
        "uid": booking.uid,
        "eventTitle": event_type.title,
        "eventDescription": None,
        "currency": "usd",
        "length": booking.minutes,
        "bookingId": booking.id,
    }


def _attendees(world: World, booking: Booking) -> list[Facts]:
    facts = {**_attendee(world, booking), "firstName": "", "lastName": ""}
    if booking.attendee.phone:
        facts["phoneNumber"] = booking.attendee.phone
    return [facts]


def _made(world: World, booking: Booking) -> Facts:
    """What the webhooks about a booking that stands have in common."""
    return {
        **_common(world, booking),
        "attendees": _attendees(world, booking),
        "responses": _responses(booking, is_made=True),
        "hideCalendarNotes": False,
        "hideCalendarEventDetails": False,
        "seatsShowAttendees": True,
        "seatsShowAvailabilityCount": True,
        "disableRescheduling": False,
        "disableCancelling": False,
        "destinationCalendar": None,
        "iCalSequence": booking.sequence,
        "requiresConfirmation": False,
        "oneTimePassword": None,
        "hashedLink": None,
        "conferenceData": {"createRequest": {"requestId": booking.uid}},
        "price": 0,
        "metadata": dict(booking.metadata),
        "status": "ACCEPTED",
    }


def _created(world: World, booking: Booking, extra: Facts) -> Facts:
    return {
        **_made(world, booking),
        "startTime": times.with_seconds(booking.start),
        "endTime": times.with_seconds(booking.end),
        "iCalUID": booking.ics_uid,
    }


def _rescheduled(world: World, booking: Booking, extra: Facts) -> Facts:
    """``uid`` is the new one. The old one is cancelled, but of that there is no webhook."""
    old: Booking = extra["old"]
    return {
        **_made(world, booking),
        "startTime": times.with_seconds(booking.start),
        "endTime": times.with_seconds(booking.end),
        "rescheduleId": old.id,
        "rescheduleUid": old.uid,
        "rescheduleStartTime": times.with_seconds(old.start),
        "rescheduleEndTime": times.with_seconds(old.end),
        **({"rescheduledBy": booking.rescheduled_by} if booking.rescheduled_by else {}),
    }


def _cancelled(world: World, booking: Booking, extra: Facts) -> Facts:
    """Without metadata, and with times written in another way."""
    return {
        **_common(world, booking),
        "attendees": [{**_attendee(world, booking), "phoneNumber": booking.attendee.phone}],
        "responses": _responses(booking, is_made=False),
        "startTime": times.with_offset(booking.start),
        "endTime": times.with_offset(booking.end),
        "destinationCalendar": [],
        "cancellationReason": extra.get("reason", ""),
        "seatsShowAttendees": False,
        "iCalUID": booking.ics_uid,
        "iCalSequence": booking.sequence + 1,
        "requiresConfirmation": None,
        "price": None,
        "status": "CANCELLED",
        "requestReschedule": False,
    }


def _requested(world: World, booking: Booking, extra: Facts) -> Facts:
    first, _space, last = booking.attendee.name.partition(" ")
    person = {
        **_attendee(world, booking),
        "phoneNumber": booking.attendee.phone,
        "bookingSeat": None,
        "firstName": first,
        "lastName": last,
    }
    return {
        **_made(world, booking),
        "attendees": [person],
        "startTime": times.with_millis(booking.start),
        "endTime": times.with_millis(booking.end),
        "iCalUID": booking.ics_uid,
        "responses": _responses(booking, is_made=False),
        "requiresConfirmation": True,
        "status": "PENDING",
        "assignmentReason": [],
        "organizationId": None,
    }


def _rejected(world: World, booking: Booking, extra: Facts) -> Facts:
    return {
        **_common(world, booking),
        "attendees": [{**_attendee(world, booking), "phoneNumber": booking.attendee.phone}],
        "responses": _responses(booking, is_made=False),
        "startTime": times.with_millis(booking.start),
        "endTime": times.with_millis(booking.end),
        "destinationCalendar": [],
        "requiresConfirmation": True,
        "seatsShowAttendees": False,
        "hideCalendarNotes": False,
        "hideCalendarEventDetails": False,
        "disableCancelling": False,
        "disableRescheduling": False,
        "assignmentReason": None,
        "organizationId": None,
        "rejectionReason": extra.get("reason", ""),
        "price": 0,
        "status": "REJECTED",
    }


PAYLOADS: dict[str, Callable[[World, Booking, Facts], Facts]] = {
    "BOOKING_CREATED": _created,
    "BOOKING_RESCHEDULED": _rescheduled,
    "BOOKING_CANCELLED": _cancelled,
    "BOOKING_REQUESTED": _requested,
    "BOOKING_REJECTED": _rejected,
}
