"""Giving back slot reservations that nobody needs any more."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from time import monotonic

from django.db.models import QuerySet
from django.utils import timezone

from appointments.models import Reservation
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError, NotFound
from integrations.calcom.line import Line
from integrations.models import SlotReservation

SECONDS = 20.0
AT_ONCE = 10


def give_back(reservation_id: int) -> int:
    """Those of one hold; how many are gone. For the worker, when a hold has ended."""
    return _give_back(live().filter(reservation=reservation_id, uid__isnull=False))


def clean_up(*, now: datetime) -> int:
    """Those of all holds that have ended, however they ended. Every minute; what Cal.com has
    forgotten by itself is only noted.
    """
    live().filter(until__lte=now).update(released_at=now)
    held = Reservation.objects.live(now)
    return _give_back(live().filter(uid__isnull=False).exclude(reservation__in=held))


def live() -> QuerySet[SlotReservation]:
    return SlotReservation.objects.filter(released_at=None)


def _give_back(rows: QuerySet[SlotReservation]) -> int:
    by_company: dict[int, list[SlotReservation]] = defaultdict(list)
    for row in rows.select_related("company"):
        by_company[row.company_id].append(row)
    gone = 0
    for of_company in by_company.values():
        line = Line.of(of_company[0].company)
        if line is not None:
            for some in _chunks(of_company):
                gone += give_back_rows(line, some, deadline=monotonic() + SECONDS)
    return gone


def _chunks(rows: Iterable[SlotReservation]) -> Iterable[list[SlotReservation]]:
    remaining = iter(rows)
    while some := list(islice(remaining, AT_ONCE)):
        yield some


def give_back_rows(line: Line, rows: Sequence[SlotReservation], *, deadline: float) -> int:
    """All at once; what could not be given back is tried again by :func:`clean_up`."""
    if not rows:
        return 0
    answers = line.run(
        *(partial(_release, uid=row.uid or "") for row in rows), priority=Priority.COURTESY, deadline=deadline
    )
    gone = [
        row.pk
        for row, answer in zip(rows, answers, strict=True)
        if not isinstance(answer, CalendarError) or isinstance(answer, NotFound)
    ]
    return SlotReservation.objects.filter(pk__in=gone).update(released_at=timezone.now())


def _release(client: Client, *, uid: str) -> None:
    client.release(uid)
