"""Cal.com's side of the webhook: writes messages in its shapes, signs and posts them to the real URL."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from integrations.incoming.processing import process_due
from integrations.incoming.signature import sign
from integrations.models import CalendarBooking, CalendarCase, CalendarEvent
from tests.salons import MONDAY, at

SECRET = "whsec_of_a_salon"
URL = "/calcom/webhook/morgenrot/"
PARENT = {"id": 101, "name": "Emma Keller", "email": "emma@morgenrot.example", "username": "emma"}
STATUS = {
    "BOOKING_CREATED": "ACCEPTED",
    "BOOKING_REQUESTED": "PENDING",
    "BOOKING_RESCHEDULED": "ACCEPTED",
    "BOOKING_CANCELLED": "CANCELLED",
    "BOOKING_REJECTED": "REJECTED",
}
_ticks = count(1)


def post(raw: bytes, *, url: str = URL, secret: str = SECRET, **headers: str) -> HttpResponse:
    """Exactly these bytes, signed with ``secret`` unless ``headers`` say otherwise."""
    headers = {"X-Cal-Signature-256": sign(raw, secret=secret), **headers}
    return Client().post(url, data=raw, content_type="application/json", headers=headers)


def message(
    trigger: str,
    uid: str,
    clock: str = "10:00",
    *,
    minutes: int = 55,
    host: int = 101,
    event_type: int | None = 3001,
    moved_from: str | None = None,
    old: str = "10:00",
    reference: str | None = None,
    happened: str | None = None,
    **attendee: Any,
) -> dict[str, Any]:
    """As recorded: a cancellation has no metadata and writes its times otherwise (``calcom.md`` §4)."""
    start = at(MONDAY, clock)
    cancelled = trigger == "BOOKING_CANCELLED"
    payload: dict[str, Any] = {
        "type": "herrenhaarschnitt",
        "title": "Herrenhaarschnitt between Emma Keller and Nora Vogt",
        "startTime": _written(start, cancelled=cancelled),
        "endTime": _written(start + timedelta(minutes=minutes), cancelled=cancelled),
        "organizer": {**PARENT, "id": host, "timeZone": "Europe/Berlin"},
        "attendees": [{"name": "Nora Vogt", "email": "nora@kundin.example", **attendee}],
        "uid": uid,
        "eventTypeId": event_type,
        "status": STATUS.get(trigger, "ACCEPTED"),
        "metadata": {"terminfest_id": reference} if reference else {},
    }
    if cancelled or trigger == "BOOKING_REJECTED":
        del payload["metadata"]
    if moved_from:
        payload |= {
            "rescheduleUid": moved_from,
            "rescheduleStartTime": _written(at(MONDAY, old)),
            "rescheduleEndTime": _written(at(MONDAY, old) + timedelta(minutes=minutes)),
        }
    created = happened or _written(timezone.now().astimezone(UTC) + timedelta(milliseconds=next(_ticks)))
    return {"triggerEvent": trigger, "createdAt": created, "payload": payload}


def _written(moment: datetime, *, cancelled: bool = False) -> str:
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text if cancelled else text.replace("+00:00", "Z")


def send(body: Any, **how: Any) -> HttpResponse:
    return post(json.dumps(body, ensure_ascii=False).encode(), **how)


def deliver(*bodies: Any) -> list[str]:
    """Sends and works on each; what became of them."""
    outcomes = []
    for body in bodies:
        assert send(body).status_code == 204
        process_due(now=timezone.now())
        outcomes.append(event_of(body).outcome)
    return outcomes


def event_of(body: Any) -> CalendarEvent:
    return CalendarEvent.objects.get(trigger=body["triggerEvent"], happened=body["createdAt"])


def created(uid: str, clock: str = "10:00", **facts: Any) -> dict[str, Any]:
    return message("BOOKING_CREATED", uid, clock, **facts)


def moved(old_uid: str, uid: str, clock: str, **facts: Any) -> dict[str, Any]:
    return message("BOOKING_RESCHEDULED", uid, clock, moved_from=old_uid, **facts)


def cancelled(uid: str, clock: str = "10:00", **facts: Any) -> dict[str, Any]:
    return message("BOOKING_CANCELLED", uid, clock, **facts)


def standing() -> list[str]:
    """Uids of which we believe that they stand."""
    rows = CalendarBooking.objects.filter(state="exists").order_by("starts_at")
    return [row.uid or "" for row in rows]


def open_cases() -> list[str]:
    return sorted(CalendarCase.objects.filter(solved_at=None).values_list("kind", flat=True))
