"""Working on a stored message: once at a time, again if it failed, never lost."""

import logging
import traceback
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from integrations.incoming.observed import Observed, Verdict
from integrations.incoming.observing import observe
from integrations.incoming.payload import Unreadable, seen_in_message
from integrations.models import CalendarBooking, CalendarEvent, EventOutcome

logger = logging.getLogger(__name__)

# Longer than working on one can take; whoever dies meanwhile leaves it to the next.
CLAIM = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)
MOST_FAILURES = 10
# So many in one run of the schedule.
BATCH = 500
ERROR_LENGTH = 200

OUTCOMES = {
    Verdict.CASE: EventOutcome.CASE,
    Verdict.TAKEN_OVER: EventOutcome.TAKEN_OVER,
    Verdict.ECHO: EventOutcome.ECHO,
    Verdict.IGNORED: EventOutcome.IGNORED,
}


def process_due(*, now: datetime) -> int:
    """Works on what is due, oldest first; how many it were."""
    due = CalendarEvent.objects.filter(outcome=EventOutcome.NEW, next_try_at__lte=now)
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
        _process(event, now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must not be lost
        _failed(event, error, now)


def _claimed(pk: int, now: datetime) -> CalendarEvent | None:
    due = CalendarEvent.objects.filter(pk=pk, outcome=EventOutcome.NEW, next_try_at__lte=now)
    if not due.update(next_try_at=now + CLAIM):
        return None
    return CalendarEvent.objects.select_related("company").get(pk=pk)


def _process(event: CalendarEvent, now: datetime) -> None:
    verdicts = set()
    for seen in seen_in_message(event.body):
        observed = observe(event.company, seen, now=now)
        if observed.verdict is Verdict.LATER:
            _wait(event, observed, now)
            return
        verdicts.add(observed.verdict)
    gravest = next((outcome for verdict, outcome in OUTCOMES.items() if verdict in verdicts), None)
    facts: dict[str, object] = {"body": {}} if _is_of_nobody(event) else {}
    _store(event, outcome=gravest or EventOutcome.IGNORED, processed_at=now, error="", **facts)


def _is_of_nobody(event: CalendarEvent) -> bool:
    """Cal.com tells that an entry is cancelled, with the name of somebody who has been erased by then."""
    rows = CalendarBooking.objects.filter(company=event.company_id, uid=event.uid)
    return rows.filter(appointment__customer=None, appointment__attendee_name="").exists()


def _wait(event: CalendarEvent, observed: Observed, now: datetime) -> None:
    _store(event, next_try_at=max(observed.not_before or now, now))


def _failed(event: CalendarEvent, error: Exception, now: datetime) -> None:
    """Neither log nor row say what the error says: that may name a customer."""
    event.failures += 1
    where = traceback.extract_tb(error.__traceback__)[-1]
    name = type(error).__name__
    logger.error("Message %s of Cal.com failed: %s at %s:%s", event.pk, name, where.filename, where.lineno)
    if isinstance(error, Unreadable):
        sentence = _("The message lacks what every booking has: %(field)s.") % {"field": error}
    else:
        sentence = _("The message could not be processed (%(error)s).") % {"error": name}
    facts = {"failures": event.failures, "error": sentence[:ERROR_LENGTH]}
    if isinstance(error, Unreadable) or event.failures >= MOST_FAILURES:
        _store(event, outcome=EventOutcome.FAILED, processed_at=now, **facts)
    else:
        pause = min(FIRST_PAUSE * 2 ** (event.failures - 1), LONGEST_PAUSE)
        _store(event, next_try_at=now + pause, **facts)


def _store(event: CalendarEvent, **facts: object) -> None:
    CalendarEvent.objects.filter(pk=event.pk, outcome=EventOutcome.NEW).update(**facts)
