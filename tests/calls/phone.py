"""The voice platform's side of the line: signs messages and posts them to the real URLs.

Whatever a test asks, :meth:`Phone.ask` also holds the reply against what every reply promises
(``expect_reply``), so no test has to repeat it.
"""

import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from appointments import booking
from appointments.models import Allocation, Appointment, Customer, Reservation
from calls.signature import sign
from tests.salons import BERLIN

URL = "/retell/functions/"
CALLER = "+4915000000001"
# What the flow may take for a yes; any other status is a no or a question.
SUCCESSFUL = (
    *("available", "found", "none", "valid", "booked", "already_booked", "existing", "provisional"),
    *("rescheduled", "ready_for_confirmation", "cancelled", "callback_queued", "known", "unknown"),
    "released",
)
REFUSING = (
    *("unavailable", "needs_clarification", "not_offered", "lost", "slot_taken", "needs_name", "refused"),
    *("several", "denied", "not_identified", "unknown_function", "unknown_number", "error"),
)
LONGEST_REPLY = 2000
# Fields that are as long as the salon has made them.
CATALOGUES = {"services", "opening_hours"}
WHEN = {"datum": "2025-11-24", "uhrzeit": "10:00"}
CUT = {**WHEN, "dienstleistung": "Herrenhaarschnitt"}
PERM = {**WHEN, "dienstleistung": "Dauerwelle"}
WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\dT\d\d")


def new_call_id() -> str:
    return f"call_{secrets.token_hex(14)[:27]}"


def now_ms() -> int:
    return int(timezone.now().timestamp() * 1000)


def post(raw: bytes, *, path: str = URL, **headers: str) -> HttpResponse:
    """Exactly these bytes; signed with the first key and now, unless ``headers`` say otherwise."""
    signature = sign(raw, key=settings.RETELL_API_KEYS[0], now_ms=now_ms())
    headers = {"X-Retell-Signature": signature, **headers}
    return Client().post(path, data=raw, content_type="application/json", headers=headers)


def send(body: Any, *, path: str = URL) -> HttpResponse:
    """Any JSON value."""
    return post(json.dumps(body, ensure_ascii=False).encode(), path=path)


@dataclass
class Phone:
    """One call. ``number`` is the salon's side of it, ``caller`` the other one."""

    number: str | None
    caller: str | None = CALLER
    call_id: str = field(default_factory=new_call_id)
    agent_id: str | None = None
    outbound: bool = False

    def ask(self, function: str, /, *, tool_call_id: str = "", **args: Any) -> dict[str, Any]:
        """The reply to one function call."""
        return expect_reply(send(self.message(function, args, tool_call_id)))

    def message(self, function: str, args: Any, tool_call_id: str = "") -> dict[str, Any]:
        return {"name": function, "args": args, "call": self.call(tool_call_id)}

    def call(self, tool_call_id: str = "") -> dict[str, Any]:
        """The call object, without what is None, as the platform leaves it out."""
        ours, theirs = ("from_number", "to_number") if self.outbound else ("to_number", "from_number")
        facts = {
            "call_id": self.call_id,
            "agent_id": self.agent_id,
            "direction": "outbound" if self.outbound else "inbound",
            ours: self.number,
            theirs: self.caller,
            "transcript_with_tool_calls": _transcript(tool_call_id),
        }
        return {key: value for key, value in facts.items() if value is not None}


def _transcript(tool_call_id: str) -> list[dict[str, str]] | None:
    """The running invocation is the last of its kind; an earlier one stands before it."""
    if not tool_call_id:
        return None
    return [
        {"role": "tool_call_invocation", "tool_call_id": "tool_of_before", "name": "x", "arguments": "{}"},
        {"role": "tool_call_result", "tool_call_id": "tool_of_before", "content": "{}"},
        {"role": "user", "content": "Ja, bitte."},
        {"role": "tool_call_invocation", "tool_call_id": tool_call_id, "name": "y", "arguments": "{}"},
    ]


def expect_reply(response: HttpResponse) -> dict[str, Any]:
    """The reply, which has a status that is known, and a sentence that can be spoken as it is."""
    assert response.status_code == 200
    text = response.content.decode()
    reply: dict[str, Any] = json.loads(text)
    assert reply["success"] is (reply["status"] in SUCCESSFUL)
    assert reply["status"] in (*SUCCESSFUL, *REFUSING)
    expect_spoken(reply["message"])
    assert not [each for each in ids_of(reply) if each in reply["message"]]
    assert len(reply["message"] if reply.keys() & CATALOGUES else text) < LONGEST_REPLY
    return reply


def expect_spoken(message: str) -> None:
    assert message.endswith((".", "?"))
    assert message == message.strip()
    assert not set(message) & set("{}[]<>_%|\\\n")
    assert not ISO_DATE.search(message)
    assert "None" not in message


def ids_of(reply: dict[str, Any]) -> list[str]:
    opaque = [reply.get("reservation_id"), *(each["offer_id"] for each in reply.get("alternatives", []))]
    return [each for each in opaque if each]


def nothing_blocks() -> bool:
    """Neither an appointment nor a hold, nor time taken by anything."""
    return not Allocation.objects.exists() and not Appointment.objects.blocking().exists()


def give(appointment: Appointment, customer: Customer) -> Appointment:
    """Makes an appointment that staff have booked that of ``customer``."""
    return booking.edit(appointment, {"customer": customer}, now=timezone.now())


def held() -> list[tuple[str, str, str]]:
    """What is held now, by stylist: ``("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")``."""
    live = Reservation.objects.live(timezone.now()).order_by("starts_at", "staff__name")
    return [(each.staff.name, clock(each.starts_at), each.service.name) for each in live]


def booked() -> list[tuple[str, str, str]]:
    """What is booked, by stylist, as :func:`held`."""
    rows = Appointment.objects.blocking().order_by("starts_at", "staff__name")
    return [(each.staff.name, clock(each.starts_at), each.service.name) for each in rows]


def clock(moment: datetime) -> str:
    local = moment.astimezone(BERLIN)
    return f"{WEEKDAYS[local.weekday()]} {local:%H:%M}"
