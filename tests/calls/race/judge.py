"""Whether what the callers heard is true, by what the database holds. Knows nothing of the project's code."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

from tests.calls.race.callers import Answer

# Minutes after the start in which a service needs its stylist.
BUSY = {
    "Herrenhaarschnitt": [(0, 55)],
    "Damenhaarschnitt": [(0, 45)],
    "Dauerwelle": [(0, 50), (65, 70), (80, 135)],
}
Span = tuple[datetime, datetime]

OVERLAPS = """
    SELECT count(*) FROM appointments_allocation one
    JOIN appointments_allocation other ON one.staff_id = other.staff_id AND one.id < other.id
    WHERE one.during && other.during
"""
BOOKED = """
    SELECT appointment.id, staff.name, service.name, appointment.starts_at
    FROM appointments_appointment appointment
    JOIN appointments_staff staff ON staff.id = appointment.staff_id
    JOIN appointments_service service ON service.id = appointment.service_id
    WHERE appointment.status IN ('booked', 'confirmed', 'provisional')
"""


def complaints(calls: Sequence[tuple[Answer, Answer]], database: psycopg.Connection[Any]) -> list[str]:
    """What is wrong, a line each; none if all is well."""
    found = [*_unfit(calls), *_untrue(calls, database)]
    overlaps = database.execute(OVERLAPS).fetchone()
    if overlaps != (0,):
        found.append(f"the ledger overlaps: {overlaps}")
    for check, booking in calls:
        for answer in (check, booking):
            found += _taken_offers(answer, [each for _check, each in calls])
    return found


def _unfit(calls: Iterable[tuple[Answer, Answer]]) -> list[str]:
    """Answers that are neither a yes nor an honest no."""
    unfit = []
    for check, booking in calls:
        if check.status not in ("available", "unavailable") or booking.status not in ("booked", "slot_taken"):
            unfit.append(f"answered {check.status}, {booking.status}")
        for answer in (check, booking):
            if not answer.reply.get("success") and answer.reply.get("reason") != "taken":
                unfit.append(f"refused because of {answer.reply.get('reason')}")
            if not answer.reply.get("success") and not answer.reply.get("alternatives"):
                unfit.append("refused without alternatives")
        if check.status == "available" and booking.status != "booked":
            unfit.append("what was held was not booked")
    return unfit


def _untrue(calls: Iterable[tuple[Answer, Answer]], database: psycopg.Connection[Any]) -> list[str]:
    """Who heard "gebucht" has exactly what was said, and nobody else has anything."""
    stored = {row[0]: row[1:] for row in database.execute(BOOKED)}
    said = {}
    for _check, booking in calls:
        reply = booking.reply
        if booking.status == "booked":
            said[reply["appointment_id"]] = (
                reply["staff"],
                reply["service"],
                datetime.fromisoformat(reply["starts_at"]),
            )
    return [] if stored == said else [f"said {said}, stored {stored}"]


def _taken_offers(answer: Answer, bookings: Iterable[Answer]) -> list[str]:
    """Offers that somebody had been told are theirs before this answer was even asked for."""
    earlier = [each for each in bookings if each.status == "booked" and each.received < answer.sent]
    return [
        f"offered {offer['spoken']}, which was booked"
        for offer in answer.reply.get("alternatives", [])
        for booked in earlier
        if offer["staff"] == booked.reply["staff"] and _collide(_spans(offer), _spans(booked.reply))
    ]


def _spans(slot: dict[str, Any]) -> list[Span]:
    start = datetime.fromisoformat(slot["starts_at"])
    return [(start + timedelta(minutes=a), start + timedelta(minutes=b)) for a, b in BUSY[slot["service"]]]


def _collide(one: list[Span], other: list[Span]) -> bool:
    return any(a < d and c < b for a, b in one for c, d in other)
