"""The voice platform's call object, from whatever message it comes, as one typed object.

One parser for function calls, webhooks and the platform's list, so that none of them reads a field
in its own way (incident J16). Source: retell-sdk 6.2.13, ``PhoneCallResponse`` and ``WebCallResponse``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from appointments.phones import normalize_phone
from calls.json_values import dictionary, number, text, word
from calls.segments import Segment, read_segments

# ``call_status`` of a call that will not go on. Every other word, in whatever spelling, is a call that
# may (incident G12): it ends with a message, or when it has been running for too long.
ENDED = frozenset({"ended", "error", "not_connected"})
LONGEST_SUMMARY = 4000
# What a whole number of the database can hold.
LARGEST = 2**31 - 1
# The voice platform is younger; what says otherwise is no instant.
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What one message says of a call; empty or None: nothing.

    ``salon_number`` is the salon's side of the call, ``caller`` the other (E.164). Instants are aware.
    ``cost_cents`` are whole cents: ``call_cost.combined_cost`` is in cents already (J16).
    ``vendor_success`` is the platform's opinion and decides nothing (G13).
    """

    call_id: str = ""
    agent_id: str = ""
    salon_number: str | None = None
    caller: str | None = None
    is_outbound: bool = False
    started_at: datetime | None = None
    ended_at: datetime | None = None
    has_ended: bool = False
    duration_ms: int | None = None
    disconnection_reason: str = ""
    cost_cents: int | None = None
    summary: str = field(default="", repr=False)
    sentiment: str = ""
    vendor_success: bool | None = None
    segments: tuple[Segment, ...] = field(default=(), repr=False)


def read_parties(call: Any) -> CallFacts:
    """Who talks to whom, and since when: what a function call is answered by. Never raises."""
    call = dictionary(call)
    outbound = call.get("direction") == "outbound"
    ours, theirs = ("from_number", "to_number") if outbound else ("to_number", "from_number")
    return CallFacts(
        call_id=word(call.get("call_id")),
        agent_id=word(call.get("agent_id")),
        salon_number=normalize_phone(word(call.get(ours))),
        caller=normalize_phone(word(call.get(theirs))),
        is_outbound=outbound,
        started_at=_instant(call.get("start_timestamp")),
    )


def read_facts(call: Any, *, is_over: bool = False) -> CallFacts:
    """Everything a call object says, with what was said. Never raises: gaps become empty.

    ``is_over``: the message that brings it comes only after the end, whatever the object says.
    """
    call = dictionary(call)
    parties = read_parties(call)
    ended_at = _end(call, parties.started_at)
    analysis = dictionary(call.get("call_analysis"))
    success = analysis.get("call_successful")
    return CallFacts(
        call_id=parties.call_id,
        agent_id=parties.agent_id,
        salon_number=parties.salon_number,
        caller=parties.caller,
        is_outbound=parties.is_outbound,
        started_at=parties.started_at,
        ended_at=ended_at,
        has_ended=is_over or ended_at is not None or word(call.get("call_status")) in ENDED,
        duration_ms=_duration(call, parties.started_at, ended_at),
        disconnection_reason=word(call.get("disconnection_reason")),
        cost_cents=_whole(dictionary(call.get("call_cost")).get("combined_cost")),
        summary=text(analysis.get("call_summary"), LONGEST_SUMMARY),
        sentiment=word(analysis.get("user_sentiment")),
        vendor_success=success if isinstance(success, bool) else None,
        segments=read_segments(call),
    )


def _end(call: Mapping[str, Any], start: datetime | None) -> datetime | None:
    """Nothing ends before it starts."""
    end = _instant(call.get("end_timestamp"))
    return None if end is None or (start is not None and end < start) else end


def _duration(call: Mapping[str, Any], start: datetime | None, end: datetime | None) -> int | None:
    said = _whole(call.get("duration_ms"))
    if said is None and start is not None and end is not None:
        return min(round((end - start).total_seconds() * 1000), LARGEST)
    return said


def _instant(value: Any) -> datetime | None:
    """Of milliseconds since 1970."""
    milliseconds = number(value)
    if milliseconds is None:
        return None
    try:
        instant = datetime.fromtimestamp(0, tz=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return None
    return instant if instant >= EARLIEST else None


def _whole(value: Any) -> int | None:
    """A number that is not negative, rounded half up; None for what is no number."""
    found = number(value)
    return None if found is None or found < 0 else min(math.floor(found + 0.5), LARGEST)
