"""Leaving Cal.com alone while it does not answer, so that callers need not wait for it.

After ``FAILURES`` runs in a row without any answer nobody asks for ``REST_SECONDS``. Then one run at a time
may try, of all processes together; an answer closes the breaker. A refusal is an answer. A try that was given
too little time to prove anything leaves the breaker as it was: Cal.com may be merely slow, and the worker
has more patience than a caller.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, Value, When

from integrations.calcom.errors import (
    CalendarError,
    NoAnswer,
    RateLimited,
    Trouble,
    Unauthorized,
    Unreachable,
    name_of,
)
from integrations.models import CalendarConnection

FAILURES = 5
REST_SECONDS = 30
PROBE_SECONDS = 60  # after which a try whose process has died is forgotten
FAIR_SECONDS = 5.0  # patience enough to call silence a failure of a try
SUCCESS_EVERY = timedelta(seconds=5)  # how exactly the last success is noted
OUR_OWN_RESTRAINT = (Trouble.DEADLINE, Trouble.BREAKER_OPEN, Trouble.BUDGET)

logger = logging.getLogger(__name__)


def admit(connection_id: int, *, now: datetime) -> bool:
    """Whether this run is a try. Raises Unreachable while Cal.com is left alone."""
    row = CalendarConnection.objects.values("opened_at", "retry_at").get(pk=connection_id)
    if row["opened_at"] is None:
        return False
    free = Q(probe_until__isnull=True) | Q(probe_until__lte=now)
    rested = Q(retry_at__isnull=True) | Q(retry_at__lte=now)
    # Nobody rests for so long: the clock was set back.
    set_back = Q(retry_at__gt=now + timedelta(seconds=REST_SECONDS + PROBE_SECONDS))
    may_try = CalendarConnection.objects.filter(
        free | set_back, rested | set_back, pk=connection_id, opened_at__isnull=False
    )
    if may_try.update(probe_until=now + timedelta(seconds=PROBE_SECONDS)):
        return True
    wait = (row["retry_at"] - now).total_seconds() if row["retry_at"] else 0.0
    raise Unreachable(Trouble.BREAKER_OPEN, retry_after=max(1.0, wait))


def give_back(connection_id: int) -> None:
    """The try did not come to anything."""
    CalendarConnection.objects.filter(pk=connection_id).update(probe_until=None)


def record(
    connection_id: int, results: Sequence[Any], *, is_try: bool, patience: float, now: datetime
) -> None:
    """What a run says about Cal.com. It counts once: requests that fail together are one failure.

    ``patience``: the seconds that it was given.
    """
    answered = [result for result in results if not isinstance(result, NoAnswer)]
    faults = [result for result in results if is_fault(result)]
    if faults:
        note_error(connection_id, faults[0], now=now)
    if answered:
        _note_answer(connection_id)
        if not all(is_fault(result) for result in answered):
            _note_success(connection_id, now=now)
    elif faults and not (is_try and patience < FAIR_SECONDS and _are_late(faults)):
        _note_silence(connection_id, is_try=is_try, now=now)
    elif is_try:
        give_back(connection_id)


def is_fault(result: Any) -> bool:
    """Something is wrong with Cal.com, the way there, or the key; not merely with what was asked."""
    if isinstance(result, NoAnswer):
        return result.trouble not in OUR_OWN_RESTRAINT
    return isinstance(result, Unauthorized | RateLimited)


def note_error(connection_id: int, error: CalendarError, *, now: datetime) -> None:
    CalendarConnection.objects.filter(pk=connection_id).update(
        last_error_code=name_of(error), last_error_at=now
    )


def _are_late(errors: Iterable[NoAnswer]) -> bool:
    return all(error.trouble is Trouble.TIMEOUT for error in errors)


def _note_answer(connection_id: int) -> None:
    closed = CalendarConnection.objects.filter(pk=connection_id).filter(
        Q(failures__gt=0) | Q(opened_at__isnull=False)
    )
    if closed.update(failures=0, opened_at=None, retry_at=None, probe_until=None):
        logger.info("Cal.com answers again (connection %s).", connection_id)


def _note_success(connection_id: int, *, now: datetime) -> None:
    CalendarConnection.objects.filter(
        Q(last_success_at__isnull=True) | Q(last_success_at__lt=now - SUCCESS_EVERY), pk=connection_id
    ).update(last_success_at=now)


def _note_silence(connection_id: int, *, is_try: bool, now: datetime) -> None:
    """Late ones do not prolong the rest that others began."""
    opens = Q(opened_at__isnull=True, failures__gte=FAILURES - 1)
    rests = When(Q(opened_at__isnull=False) if is_try else opens, then=now + timedelta(seconds=REST_SECONDS))
    connection = CalendarConnection.objects.filter(pk=connection_id)
    connection.update(
        failures=F("failures") + 1,
        opened_at=Case(When(opens, then=Value(now)), default=F("opened_at"), output_field=DateTimeField()),
        retry_at=Case(rests, default=F("retry_at"), output_field=DateTimeField()),
        **({"probe_until": None} if is_try else {}),
    )
    if connection.filter(opened_at=now).exists():
        logger.warning("Cal.com is left alone after %s failures (connection %s).", FAILURES, connection_id)
