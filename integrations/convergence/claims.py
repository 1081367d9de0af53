"""Who works on an appointment's calendar, and who writes to a host's: by compare-and-set, for a time.

Leases end by themselves: a worker that dies keeps nobody from working for longer than its requests
could still be on their way.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from time import monotonic, sleep

from django.db.models import Q, QuerySet
from django.utils import timezone

from integrations.models import CalendarHost, CalendarSync

# Longer than the last request of a piece of work may take after its deadline.
MARGIN = timedelta(seconds=5)
POLL_SECONDS = 0.02


@contextmanager
def claimed(appointment_id: int, *, deadline: float) -> Iterator[CalendarSync | None]:
    """The appointment's state, ours alone until ``deadline`` (``time.monotonic()``); None if somebody
    else works on it or there is nothing to work on.
    """
    token = secrets.token_hex(16)
    now = timezone.now()
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    taken = CalendarSync.objects.filter(free, appointment=appointment_id).update(
        claimed_by=token, claimed_until=_until(now, deadline)
    )
    if not taken:
        yield None
        return
    try:
        yield CalendarSync.objects.get(appointment=appointment_id)
    finally:
        CalendarSync.objects.filter(appointment=appointment_id, claimed_by=token).update(claimed_until=None)


@contextmanager
def leased(company_id: int, host_ids: Sequence[int], *, deadline: float) -> Iterator[bool]:
    """Alone with these hosts' calendars (user ids at Cal.com); False if that was not to be had in time.

    Because Cal.com accepts overlapping bookings that come at once (``calcom.md``, point 3).
    """
    token = secrets.token_hex(16)
    hosts = CalendarHost.objects.filter(company=company_id, calcom_user_id__in=host_ids)
    try:
        yield all(
            _wait(partial(_lease, hosts, host_id, token, deadline), deadline)
            for host_id in sorted(set(host_ids))
        )
    finally:
        hosts.filter(leased_by=token).update(leased_until=None)


def _lease(hosts: QuerySet[CalendarHost], host_id: int, token: str, deadline: float) -> bool:
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    host = hosts.filter(calcom_user_id=host_id)
    if host.filter(free).update(leased_by=token, leased_until=_until(now, deadline)):
        return True
    return not host.exists()  # no longer ours: nobody else writes there for us either


def _until(now: datetime, deadline: float) -> datetime:
    return now + timedelta(seconds=max(deadline - monotonic(), 0)) + MARGIN


def _wait(condition: Callable[[], bool], deadline: float) -> bool:
    while not condition():
        if monotonic() >= deadline:
            return False
        sleep(POLL_SECONDS)
    return True
