"""A booking as Cal.com shows it, whether it told us or was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.calcom.types import Booking

# What our own bookings carry; ``"<appointment>:<run>:<generation>"``. A move copies it.
REFERENCE = "terminfest_id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What is known of one uid. Its life only goes one way: it stands, then it is gone; a move makes a
    new uid.

    ``asked_at``: when Cal.com was asked, so this is how it was then. None for a message, which says how
    it once was: it may come late or twice, and what is gone stays gone whatever an older message says.
    ``moved_from`` and ``moved_to`` are uids, empty if it was not moved. ``kind`` is the event type's slug.
    """

    uid: str
    stands: bool
    start: datetime
    end: datetime
    asked_at: datetime | None = None
    host_id: int | None = None
    event_type_id: int | None = None
    kind: str = ""
    title: str = field(default="", repr=False)  # has the attendee's name in it
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    reference: str = ""
    moved_from: str = ""
    moved_to: str = ""

    def is_newer_than(self, known_at: datetime | None) -> bool:
        """Whether it can tell us something about what we have known since ``known_at``."""
        return self.asked_at is not None and (known_at is None or known_at < self.asked_at)

    def facts(self, detail: str = "") -> Mapping[str, Any]:
        """For a case."""
        facts = {
            "uid": self.uid,
            "starts_at": self.start.isoformat(),
            "ends_at": self.end.isoformat(),
            "host": self.host_id,
            "event_type": self.event_type_id,
            "title": self.title,
            "attendee": self.name,
            "detail": detail,
        }
        return {key: value for key, value in facts.items() if value}


def seen_in(booking: Booking, *, asked_at: datetime) -> Seen:
    """What the client read. ``asked_at``: before the request was sent."""
    return Seen(
        uid=booking.uid,
        stands=booking.stands,
        start=booking.start,
        end=booking.end,
        asked_at=asked_at,
        host_id=booking.host_id,
        event_type_id=booking.event_type_id,
        title=booking.title,
        name=booking.attendee_name,
        email=booking.attendee_email,
        phone=booking.attendee_phone,
        reference=booking.metadata.get(REFERENCE, ""),
        moved_from=booking.rescheduled_from or "",
        moved_to=booking.rescheduled_to or "",
    )
