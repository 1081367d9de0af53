"""Working on a stored message: once at a time, again if it failed, never lost."""

import logging
import traceback
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from appointments.locks import one_at_a_time
from calls.call_facts import read_facts
from calls.claim_checking import compare_claims
from calls.events.intake import LIFECYCLE, LISTED, STARTED
from calls.models import Call, CallEvent, CallEventOutcome
from calls.recording import OtherCompany, lock_of, record_call, record_transcript
from calls.tenant import branch_of
from integrations import metrics

logger = logging.getLogger(__name__)

# Longer than working on one can take; whoever dies meanwhile leaves it to the next.
CLAIM = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=30)
MOST_FAILURES = 10
# So many in one run of the schedule.
BATCH = 500


def process_due(*, now: datetime) -> int:
    """Works on what is due, oldest first; how many it were."""
    due = CallEvent.objects.filter(outcome=CallEventOutcome.NEW, next_try_at__lte=now)
    ids = list(due.order_by("received_at", "pk").values_list("pk", flat=True)[:BATCH])
    for pk in ids:
        process_event(pk, now=now)
    return len(ids)


def process_event(pk: int, *, now: datetime) -> None:
    """Working on it twice changes nothing, and so does working on it while somebody else does."""
    event = _claimed(pk, now)
    if event is None:
        return
    try:
        outcome = _process(event)
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must not be lost
        _failed(event, error, now)
        return
    # What was said stands in the call's own rows now; here is no place to keep it.
    _store(event, outcome=outcome, processed_at=now, error="", body={})
    metrics.call_events.labels(event=_label(event.event), outcome=str(outcome)).inc()


def record(call_object: Any, *, is_over: bool, now: datetime) -> Call | None:
    """The row of the call that the platform shows, completed by it; None if it is nobody's.

    The same for messages and for the platform's list. ``is_over``: whatever it says of its state, the
    message itself says that the call has ended.
    """
    facts = read_facts(call_object, is_over=is_over)
    branch = branch_of(facts)
    if branch is None:
        logger.warning("A message about call %s: its number and agent are nobody's", facts.call_id)
        return None
    with one_at_a_time(lock_of(facts.call_id)):
        try:
            call, _is_new = record_call(facts, branch, now=now)
        except OtherCompany as error:
            logger.error("Refused: %s", error)  # noqa: TRY400 - that is all
            return None
        record_transcript(call, facts)
        if facts.segments:
            compare_claims(call)  # also what is there already: the last time may have failed here
    return call


def _claimed(pk: int, now: datetime) -> CallEvent | None:
    due = CallEvent.objects.filter(pk=pk, outcome=CallEventOutcome.NEW, next_try_at__lte=now)
    return CallEvent.objects.get(pk=pk) if due.update(next_try_at=now + CLAIM) else None


def _process(event: CallEvent) -> CallEventOutcome:
    if event.event not in {*LIFECYCLE, LISTED}:
        return CallEventOutcome.IGNORED
    # It may have waited: what it says was so when it came.
    call = record(event.body, is_over=event.event != STARTED, now=event.received_at)
    return CallEventOutcome.NOBODYS if call is None else CallEventOutcome.RECORDED


def _failed(event: CallEvent, error: Exception, now: datetime) -> None:
    """Neither log nor row say what the error says: that may name a caller."""
    event.failures += 1
    where = traceback.extract_tb(error.__traceback__)[-1]
    name = type(error).__name__
    logger.error("Message %s about a call failed: %s at %s:%s", event.pk, name, where.filename, where.lineno)
    facts: dict[str, Any] = {
        "failures": event.failures,
        "error": _("The message could not be processed (%(error)s).") % {"error": name},
    }
    if event.failures >= MOST_FAILURES:
        _store(event, outcome=CallEventOutcome.FAILED, processed_at=now, **facts)
        metrics.call_events.labels(event=_label(event.event), outcome="failed").inc()
    else:
        pause = min(FIRST_PAUSE * 2 ** (event.failures - 1), LONGEST_PAUSE)
        _store(event, next_try_at=now + pause, **facts)


def _store(event: CallEvent, **facts: object) -> None:
    CallEvent.objects.filter(pk=event.pk, outcome=CallEventOutcome.NEW).update(**facts)


def _label(event: str) -> str:
    """Few, and known beforehand."""
    return event if event in {*LIFECYCLE, LISTED} else "other"
