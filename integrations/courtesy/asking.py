"""A hold, and what Cal.com says to it within the call's budget."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from math import ceil
from typing import Any

from django.utils import timezone

from appointments.models import Reservation
from appointments.rules.hours import midnight
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError, ReservationTaken, UnknownOutcome
from integrations.calcom.line import Line
from integrations.courtesy.cleaning import give_back_rows
from integrations.courtesy.questions import not_asked_before
from integrations.courtesy.runs import Part, mapping_for, parts_of
from integrations.courtesy.verdicts import Verdict, verdict
from integrations.models import SlotReservation


class Answer(StrEnum):
    """``SYNCED``: free at Cal.com too, and hidden there from others. The first and the last two are
    the contract's words for the field ``calendar``.
    """

    SYNCED = "synced"
    TAKEN = "taken"
    UNVERIFIED = "unverified"
    NONE = "none"


def ask(reservation: Reservation, *, deadline: float) -> Answer:
    """Fresh slots for each run, then a slot reservation for each; all runs at once, before
    ``deadline`` (``time.monotonic()``). No answer is no refusal: our own hold stands.
    """
    if not reservation.branch.calendar_is_on:
        return Answer.NONE
    line = Line.of(reservation.branch.company)
    parts = _parts(reservation)
    if line is None or not parts:
        return Answer.UNVERIFIED
    give_back_rows(line, _own(reservation, parts), deadline=deadline)
    verdicts = _verdicts(line, parts, reservation, deadline)
    if Verdict.TAKEN in verdicts:
        return Answer.UNVERIFIED if _may_be_our_own(reservation, parts) else Answer.TAKEN
    if not all(each is Verdict.FREE for each in verdicts):
        return Answer.UNVERIFIED
    return _reserve(line, reservation, parts, deadline)


def renew(reservation: Reservation, *, deadline: float) -> Answer:
    """The same again for a hold that goes on: Cal.com cannot extend one (``calcom.md``, point 2)."""
    return ask(reservation, deadline=deadline)


def _parts(reservation: Reservation) -> list[Part]:
    mapping = mapping_for([reservation.staff_id], reservation.service_id)
    return parts_of(
        mapping,
        staff_id=reservation.staff_id,
        service_id=reservation.service_id,
        plan=reservation.plan,
        start=reservation.starts_at,
    )


def _own(reservation: Reservation, parts: Iterable[Part]) -> list[SlotReservation]:
    """Ours hide a slot from ourselves as well (incident D11), so they go first: the ledger says that
    the time is this hold's now.
    """
    event_types = [part.event_type_id for part in parts]
    live = SlotReservation.objects.filter(
        company=reservation.company_id, event_type_id__in=event_types, released_at=None
    )
    return list(
        live.filter(
            uid__isnull=False,
            starts_at__lt=reservation.ends_at,
            starts_at__gt=reservation.starts_at - timedelta(days=1),
            until__gt=timezone.now(),
        )
    )


def _may_be_our_own(reservation: Reservation, parts: Iterable[Part]) -> bool:
    """Whether a slot reservation of ours, never answered, may be what hides one of the slots."""
    lost = SlotReservation.objects.filter(
        company=reservation.company_id, uid=None, released_at=None, until__gt=timezone.now()
    )
    return lost.filter(
        event_type_id__in=[part.event_type_id for part in parts],
        starts_at__in=[part.start for part in parts],
    ).exists()


def _verdicts(line: Line, parts: Sequence[Part], reservation: Reservation, deadline: float) -> list[Verdict]:
    zone = reservation.branch.zone
    first = midnight(reservation.starts_at.astimezone(zone).date(), zone)
    last = not_asked_before(first + timedelta(days=1))
    answers = line.run(
        *(partial(_slots, event_type_id=part.event_type_id, first=first, last=last) for part in parts),
        priority=Priority.COURTESY,
        deadline=deadline,
    )
    return [
        Verdict.UNKNOWN if isinstance(answer, CalendarError) else verdict(part.start, answer, part.interval)
        for part, answer in zip(parts, answers, strict=True)
    ]


def _slots(client: Client, *, event_type_id: int, first: datetime, last: datetime) -> list[datetime]:
    return client.slots(event_type_id, first, last)


def _reserve(line: Line, reservation: Reservation, parts: Sequence[Part], deadline: float) -> Answer:
    now = timezone.now()
    minutes = max(ceil((reservation.expires_at_latest - now).total_seconds() / 60), 1)
    answers = line.run(
        *(partial(_reserve_part, part=part, minutes=minutes) for part in parts),
        priority=Priority.COURTESY,
        deadline=deadline,
    )
    until = now + timedelta(minutes=minutes)
    SlotReservation.objects.bulk_create(
        SlotReservation(
            company_id=reservation.company_id,
            reservation=reservation,
            uid=None if isinstance(answer, UnknownOutcome) else answer.uid,
            event_type_id=part.event_type_id,
            starts_at=part.start,
            until=until if isinstance(answer, UnknownOutcome) else answer.until,
        )
        for part, answer in zip(parts, answers, strict=True)
        if isinstance(answer, UnknownOutcome) or not isinstance(answer, CalendarError)
    )
    if any(isinstance(answer, ReservationTaken) for answer in answers):
        return Answer.UNVERIFIED if _may_be_our_own(reservation, parts) else Answer.TAKEN
    complete = not any(isinstance(answer, CalendarError) for answer in answers)
    return Answer.SYNCED if complete else Answer.UNVERIFIED


def _reserve_part(client: Client, *, part: Part, minutes: int) -> Any:
    return client.reserve(part.event_type_id, part.start, minutes)
