"""Taking a message of Cal.com in: stored as it came, once, and nothing more.

It arrives inside our own request to Cal.com, which waits for our answer (``calcom.md`` §4). So nothing
here waits for a lock that is held around a request, and nothing here understands the message.
"""

import json
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from appointments.models import Company
from integrations.models import CalendarEvent

# Cal.com's are 2 to 3 KB; the answers to a long booking form make some more.
LARGEST_BODY = 256 * 1024
TRIGGER_LENGTH, UID_LENGTH, INSTANT_LENGTH = 50, 100, 40
# Theirs go some ten deep. What Python's parser still reads may be too deep for whoever walks through it.
DEEPEST = 50


def read_message(raw: bytes) -> dict[str, Any]:
    """The message of a body. Raises ``ValueError`` for what is no JSON object, however deep it nests."""
    try:
        message = json.loads(raw, parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(message, dict):
        raise ValueError("no object")  # noqa: TRY004 - what the body says, not what we were given
    if _is_too_deep(message):
        raise ValueError("nested too deeply")
    return message


def _is_too_deep(value: Any) -> bool:
    """Level by level, so that its depth costs no stack."""
    level = [value]
    for _depth in range(DEEPEST):
        inside = chain.from_iterable(each.values() if isinstance(each, dict) else each for each in level)
        level = [each for each in inside if isinstance(each, dict | list)]
        if not level:
            return False
    return True


def store(company: Company, message: Mapping[str, Any], *, now: datetime) -> CalendarEvent:
    """The stored event, due at once; the one there is if it was stored before."""
    payload = payload_of(message)
    key = {
        "trigger": _key(message.get("triggerEvent"), TRIGGER_LENGTH),
        "uid": _key(payload.get("uid") or payload.get("bookingUid"), UID_LENGTH),
        "happened": _key(message.get("createdAt"), INSTANT_LENGTH),
    }
    event = CalendarEvent(company=company, **key, body=storable(message), received_at=now, next_try_at=now)
    CalendarEvent.objects.bulk_create([event], ignore_conflicts=True)
    return CalendarEvent.objects.get(company=company, **key)


def payload_of(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """MEETING_STARTED and MEETING_ENDED have no payload of their own."""
    payload = message.get("payload")
    return payload if isinstance(payload, dict) else message


def storable(value: Any) -> Any:
    """Without NUL and halves of surrogate pairs: JSON can say them, PostgreSQL cannot store them."""
    return _mapped(value, _storable_text)


def _storable_text(text: str) -> str:
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _mapped(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    return value


def _key(value: Any, length: int) -> str:
    return _storable_text(value)[:length] if isinstance(value, str) else ""


def _refuse(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _finite(text: str) -> float:
    """1e999 is JSON, but no number that could be stored."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
