"""Comparing with the voice platform's own list: messages get lost, the list does not (incident J5).

What it says goes through the same code as the messages. It lists calls that have ended, without what
was said; that is asked for call by call, where it is missing.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from calls.events import intake
from calls.events.processing import record
from calls.json_values import dictionary, word
from calls.models import Call, CallStatus, CallWatermark, Transcript
from calls.recording import close_stuck
from integrations import metrics
from integrations.retell.client import NoSuchCall, RetellError, get_call, is_reachable, list_calls

logger = logging.getLogger(__name__)

WATERMARK = "retell"
# A call is listed when it has ended, and its analysis and cost come later.
OVERLAP = timedelta(hours=2)
FIRST_TIME = timedelta(days=1)
# Longer than the platform lets a call last; after the second, nothing is waited for any more.
STUCK_AFTER, GIVEN_UP_AFTER = timedelta(hours=2), timedelta(days=1)
# So many in one run, so that it ends before the next.
MOST_STUCK, MOST_TRANSCRIPTS = 100, 100


@dataclass
class Result:
    seen: int = 0
    new: int = 0
    nobodys: int = 0
    failed: int = 0
    closed: int = 0
    error: str = ""

    def __str__(self) -> str:
        counts = (
            f"{self.seen} seen, {self.new} new, {self.nobodys} of no branch, {self.failed} failed, "
            f"{self.closed} closed"
        )
        return f"{counts}. {self.error}" if self.error else f"{counts}."


def reconcile(*, now: datetime, since: datetime | None = None) -> str:
    """One line about what came of it; empty if there is nobody to ask. Repeating it changes nothing."""
    if not is_reachable():
        return ""
    result = Result()
    try:
        _read_list(result, since=since, now=now)
    except RetellError as error:
        result.error = f"Retell: {error}"
        logger.warning("The list of calls could not be read to its end: %s", error)
    _close_stuck(result, now=now)
    return str(result)


def _read_list(result: Result, *, since: datetime | None, now: datetime) -> None:
    """The watermark moves only when everything before it has been read."""
    start = since or _watermark(now)
    transcripts_left = MOST_TRANSCRIPTS
    for listed in list_calls(ended_since=start):
        result.seen += 1
        transcripts_left -= _take(listed, result, may_ask=transcripts_left > 0, now=now)
    CallWatermark.objects.update_or_create(name=WATERMARK, defaults={"reached_at": now})


def _watermark(now: datetime) -> datetime:
    reached = CallWatermark.objects.filter(name=WATERMARK).values_list("reached_at", flat=True).first()
    return now - FIRST_TIME if reached is None else reached - OVERLAP


def _take(listed: Mapping[str, Any], result: Result, *, may_ask: bool, now: datetime) -> int:
    """Records one call of the list; how many requests that took."""
    call_id = word(listed.get("call_id"))
    known = Call.objects.filter(call_id=call_id).exists()
    try:
        call = record(listed, is_over=True, now=now)
    except Exception as error:  # noqa: BLE001 - the others of the list come all the same
        logger.error("Call %s of the list failed: %s", call_id, type(error).__name__)  # noqa: TRY400 - may quote
        intake.store(intake.LISTED, listed, now=now)  # from there it is tried again
        result.failed += 1
        return 0
    result.nobodys += call is None
    if call is None:
        return 0
    if not known:
        result.new += 1
        metrics.call_events.labels(event=intake.LISTED, outcome="recorded").inc()
    if not may_ask or not _was_talked(listed) or Transcript.objects.filter(call=call).exists():
        return 0
    with suppress(RetellError):  # next time, until it is too long ago
        record(get_call(call_id), is_over=True, now=now)
    return 1


def _was_talked(listed: Mapping[str, Any]) -> bool:
    """A call that was never taken has nothing to read."""
    return bool(dictionary(listed).get("duration_ms"))


def _close_stuck(result: Result, *, now: datetime) -> None:
    """Calls that should have ended long ago: as the platform says, or by ourselves (incident G12)."""
    running = Call.objects.filter(status=CallStatus.ONGOING, started_at__lt=now - STUCK_AFTER)
    for call in running.order_by("started_at")[:MOST_STUCK]:
        if _has_ended(call, now=now):
            result.closed += 1


def _has_ended(call: Call, *, now: datetime) -> bool:
    try:
        record(get_call(call.call_id), is_over=False, now=now)
    except NoSuchCall:
        return close_stuck(call, now=now)
    except Exception as error:  # noqa: BLE001 - the others come all the same
        logger.warning("Call %s could not be looked up: %s", call.pk, type(error).__name__)
    call.refresh_from_db(fields=["status"])
    if call.status == CallStatus.ONGOING and call.started_at < now - GIVEN_UP_AFTER:
        return close_stuck(call, now=now)
    return call.has_ended
