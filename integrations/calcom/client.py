"""Cal.com API v2, as far as a salon needs it. Pure HTTP: no database, no rules.

``cal-api-version`` goes with the resource: an unknown or missing one silently selects an older contract.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from integrations.calcom import bodies, wire
from integrations.calcom.asking import Asking, outcome, parsed
from integrations.calcom.errors import NotFound
from integrations.calcom.listing import PAGE_SIZE, every_booking
from integrations.calcom.refusals import Kind
from integrations.calcom.transport import Query
from integrations.calcom.types import Booking, EventType, Member, Order, Page, SlotReservation, Team, Webhook

SLOTS, BOOKINGS, EVENT_TYPES = "2024-09-04", "2024-08-13", "2024-06-14"


class Client(Asking):
    """The operations. Every one ends by the deadline (see ``until``) and raises a ``CalendarError``."""

    # Slots and reservations

    def slots(
        self,
        event_type_id: int,
        start: datetime,
        end: datetime,
        time_zone: str = "UTC",
        *,
        minutes: int | None = None,
    ) -> list[datetime]:
        """Open starts in ``[start, end)``, sorted. ``minutes`` only for event types with several lengths.

        Cal.com answers the exact same query from a cache for two seconds, so it may not know yet what was
        just booked; it also names starts outside what was asked (their issues 24260, 16760).
        """
        query = bodies.slots(event_type_id, start, end, time_zone, minutes)
        data = self._read("/v2/slots", version=SLOTS, query=query)
        found = parsed(
            lambda: [wire.Slot.model_validate(slot).start for day in data.values() for slot in day]
        )
        return sorted({slot for slot in found if start <= slot < end})

    def reserve(
        self, event_type_id: int, start: datetime, minutes: int, *, slot_minutes: int | None = None
    ) -> SlotReservation:
        """Hide a slot for ``minutes``. Raises ReservationTaken. No lock: strangers can book under it."""
        body = bodies.reservation(event_type_id, start, minutes, slot_minutes)
        data = self._write("POST", "/v2/slots/reservations", version=SLOTS, body=body, kind=Kind.RESERVATION)
        return outcome(lambda: wire.SlotReservation.model_validate(data).value())

    def release(self, uid: str) -> None:
        """Safe to repeat: one that is not there any more is released."""
        try:
            self._write("DELETE", f"/v2/slots/reservations/{_part(uid)}", version=SLOTS, repeatable=True)
        except NotFound:
            return

    def reservation(self, uid: str) -> SlotReservation | None:
        data = self._read(f"/v2/slots/reservations/{_part(uid)}", version=SLOTS)
        return parsed(lambda: wire.SlotReservation.model_validate(data).value()) if data else None

    # Bookings

    def create(self, order: Order) -> Booking:
        """Not idempotent. The answer can be another booking (round robin, pending types): compare it."""
        return self._change("/v2/bookings", bodies.booking(order))

    def get(self, uid: str) -> Booking:
        """Raises NotFound, also for a moment right after the booking was made."""
        data = self._read(f"/v2/bookings/{_part(uid)}", version=BOOKINGS)
        return parsed(lambda: _booking(data))

    def reschedule(self, uid: str, start: datetime, reason: str) -> Booking:
        """The new booking with its new uid; same length and event type."""
        body = {"start": wire.instant(start), "reschedulingReason": reason}
        return self._change(f"/v2/bookings/{_part(uid)}/reschedule", body)

    def cancel(self, uid: str, reason: str) -> Booking:
        """Raises AlreadyCancelled, or AlreadyRescheduled for the uid of before a move."""
        path = f"/v2/bookings/{_part(uid)}/cancel"
        return self._change(path, {"cancellationReason": reason}, kind=Kind.OTHER)

    def bookings(
        self,
        *,
        attendee_email: str | None = None,
        event_type_ids: Iterable[int] = (),
        after_start: datetime | None = None,
        before_end: datetime | None = None,
        after_updated_at: datetime | None = None,
        status: Iterable[str] = (),
    ) -> list[Booking]:
        """All pages. Sorted by their last change if ``after_updated_at`` is given, else by start.

        ``status`` of ``upcoming``, ``recurring``, ``past``, ``cancelled``, ``unconfirmed``. Each page is a
        request: for long lists ``Line.bookings`` asks the budget before each.
        """
        filters = bodies.filters(
            attendee_email=attendee_email,
            event_type_ids=event_type_ids,
            after_start=after_start,
            before_end=before_end,
            after_updated_at=after_updated_at,
            status=status,
        )
        return every_booking(self.bookings_page, filters)

    def bookings_page(self, query: Query) -> Page:
        """One page; ``query`` as ``bodies.filters`` makes it, with ``take`` and ``skip``."""
        body = self._envelope("/v2/bookings", version=BOOKINGS, query=query)
        return parsed(lambda: _page(body))

    # Event types, people

    def me(self) -> Member:
        data = self._read("/v2/me")
        return parsed(lambda: wire.Me.model_validate(data).value())

    def event_type(self, event_type_id: int) -> EventType:
        """Raises NotFound."""
        data = self._read(f"/v2/event-types/{event_type_id}", version=EVENT_TYPES)
        return parsed(lambda: wire.EventType.model_validate(data).value())

    def event_types(self, username: str | None = None) -> list[EventType]:
        """Of one user; without a name, of the key's owner."""
        query = {"username": username} if username else None
        data = self._read("/v2/event-types", version=EVENT_TYPES, query=query)
        return parsed(lambda: [wire.EventType.model_validate(each).value() for each in data])

    def teams(self) -> list[Team]:
        data = self._read("/v2/teams")
        return parsed(lambda: [wire.Team.model_validate(each).value() for each in data])

    def team_event_types(self, team_id: int) -> list[EventType]:
        """With the children of managed event types, each of which is one person's."""
        data = self._read(f"/v2/teams/{team_id}/event-types", version=EVENT_TYPES)
        return parsed(lambda: [wire.EventType.model_validate(each).value() for each in data])

    def members(self, team_id: int) -> list[Member]:
        found: list[Member] = []
        while True:
            query = {"take": PAGE_SIZE, "skip": len(found)}
            data = self._read(f"/v2/teams/{team_id}/memberships", query=query)
            page = _members(data)
            found += page
            if len(page) < PAGE_SIZE:
                return found

    # Webhooks

    def webhooks(self) -> list[Webhook]:
        data = self._read("/v2/webhooks", query={"take": PAGE_SIZE})
        return parsed(lambda: [wire.Webhook.model_validate(each).value() for each in data])

    def create_webhook(self, url: str, triggers: Iterable[str], secret: str) -> Webhook:
        body = bodies.webhook(url=url, triggers=triggers, secret=secret, active=True)
        data = self._write("POST", "/v2/webhooks", body=body)
        return outcome(lambda: wire.Webhook.model_validate(data).value())

    def update_webhook(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        triggers: Iterable[str] | None = None,
        secret: str | None = None,
        active: bool | None = None,
    ) -> Webhook:
        """Changes what is given."""
        body = bodies.webhook(url=url, triggers=triggers, secret=secret, active=active)
        data = self._write("PATCH", f"/v2/webhooks/{_part(webhook_id)}", body=body)
        return outcome(lambda: wire.Webhook.model_validate(data).value())

    def delete_webhook(self, webhook_id: str) -> None:
        """Raises NotFound."""
        self._write("DELETE", f"/v2/webhooks/{_part(webhook_id)}")

    def _change(self, path: str, body: Mapping[str, Any], *, kind: Kind = Kind.BOOKING) -> Booking:
        data = self._write("POST", path, version=BOOKINGS, body=body, kind=kind)
        return outcome(lambda: _booking(data))


def _booking(data: Any) -> Booking:
    """A recurring series comes as a list."""
    return wire.Booking.model_validate(data[0] if isinstance(data, list) and data else data).value()


def _page(body: Mapping[str, Any]) -> Page:
    found = tuple(wire.Booking.model_validate(each).value() for each in body["data"])
    pagination = wire.Pagination.model_validate(body.get("pagination") or {})
    return Page(bookings=found, has_next=pagination.has_next_page)


def _members(data: Any) -> list[Member]:
    return parsed(lambda: [wire.Membership.model_validate(each).value() for each in data])


def _part(uid: str) -> str:
    """A uid as a part of a path: whatever it is, it stays one."""
    return quote(uid, safe="")
