"""What must hold after each step, and what when everything has come to rest."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from appointments import booking
from appointments.models import Allocation, Appointment, Reservation
from appointments.models.appointment import Source, Status
from integrations import tasks
from integrations.incoming.reconciling import reconcile
from integrations.models import (
    BookingState,
    CalendarBooking,
    CalendarEvent,
    CalendarSync,
    EventOutcome,
    SyncState,
)
from integrations.models import Promise as Answer
from integrations.sandbox.records import Booking
from tests.integrations.calendar import CUTS, HOSTS, PERMS
from tests.integrations.stateful.stage import Stage

ROUNDS = 12
# Longer than the longest pause between two attempts.
ROUND = timedelta(minutes=20)
# The perm's runs by their first phase: minutes from its start, from and to.
PERM_RUNS = {1: (0, 50), 3: (65, 70), 5: (80, 135)}

OVERLAPS = """
    SELECT a.id, b.id FROM appointments_allocation a JOIN appointments_allocation b
    ON a.staff_id = b.staff_id AND a.id < b.id AND a.during && b.during WHERE a.company_id = %s
"""


class Place(NamedTuple):
    host: int
    event_type: int
    start: int
    end: int


def broken_now(stage: Stage) -> list[str]:
    """Independent of the constraints that should keep it so."""
    return [*_overlaps(stage), *_without_time(stage), *_strange_uids(stage)]


def _overlaps(stage: Stage) -> Iterable[str]:
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS, [stage.salon.company.pk])
        return [f"allocations overlap: {pair}" for pair in cursor.fetchall()]


def _without_time(stage: Stage) -> Iterable[str]:
    owned = Counter(
        Allocation.objects.filter(company=stage.salon.company).values_list("appointment", flat=True)
    )
    for one in stage.appointments():
        if one.is_blocking != bool(owned[one.pk]):
            yield f"{one.pk} is {one.status} and has {owned[one.pk]} allocations"


def _strange_uids(stage: Stage) -> Iterable[str]:
    """No row says of a booking that it is another appointment's than the booking itself says."""
    rows = CalendarBooking.objects.filter(company=stage.salon.company, state=BookingState.EXISTS)
    for row in rows:
        there = stage.world.booking(row.uid or "")
        if row.uid is None or there is None:
            if row.uid is None:
                yield f"row {row.pk} exists without uid"
            continue
        carried = there.metadata.get("terminfest_appointment")
        if carried and carried != str(row.appointment_id) and row.origin != "foreign":
            yield f"{row.uid} of {carried} is noted for {row.appointment_id}"


def come_to_rest(stage: Stage) -> bool:
    """Nothing goes wrong any more, time passes, the worker works. Whether nothing was left to do."""
    stage.sandbox.faults.clear()
    stage.fate.spare()
    for done in range(ROUNDS):
        stage.time.shift(ROUND)
        if _worker_round(stage) and done and not restless(stage):
            return True
    return False


def _worker_round(stage: Stage) -> bool:
    """Whether both sides could be compared completely."""
    tasks.process_calendar_events()
    booking.sweep(now=timezone.now())
    tasks.sync_calendar()
    compared = reconcile(stage.salon.company, now=timezone.now())
    tasks.clean_up_slots()
    return compared.is_complete


def restless(stage: Stage) -> list[str]:
    """What still waits for something."""
    of = {"company": stage.salon.company}
    now = timezone.now()
    syncs = CalendarSync.objects.filter(**of)
    rows = CalendarBooking.objects.filter(**of, ends_at__gt=now)
    waiting = [
        *syncs.filter(state=SyncState.PENDING, appointment__ends_at__gt=now),
        *syncs.filter(promise=Answer.UNDECIDED),
        *CalendarEvent.objects.filter(**of, outcome=EventOutcome.NEW),
        *rows.filter(state__in=[BookingState.IN_FLIGHT, BookingState.UNKNOWN]).exclude(
            appointment__calendar_sync__state=SyncState.HALTED
        ),
        *rows.filter(state=BookingState.EXISTS, missing_since__isnull=False),
        *Reservation.objects.filter(**of).overdue(now),
    ]
    return [f"{type(one).__name__} {describe(one)}" for one in waiting]


def describe(one: object) -> str:
    facts = {
        key: value
        for key, value in vars(one).items()
        if not key.startswith("_") and value not in (None, "", 0)
    }
    facts.pop("body", None)
    return str(facts)


def disagreements(stage: Stage) -> list[str]:
    """At rest: database = calendar, or somebody has been told (an open case)."""
    now = timezone.now()
    cases = stage.cases()
    told = {case.appointment_id for case in cases} | {case.other_id for case in cases}
    about = {case.uid for case in cases}
    coming = [one for one in stage.appointments() if one.starts_at > now]
    owners = _owners(stage)
    there = [one for one in stage.standing() if one.start > now]
    wrong = [*_twice(there, told)]
    for one in coming:
        standing = sorted(_place(b) for b in there if owners.get(b.uid) == one.pk)
        if one.pk in told:
            continue
        if _is_exempt(one):
            wrong += [f"{one.pk} is kept without an entry: {place}" for place in standing]
        elif one.status == Status.CONFLICT:
            wrong.append(f"{one.pk} is in conflict, and nobody knows")
        elif not _as_wanted(one, standing):
            wrong.append(f"{one.pk} ({one.status}, {one.source}) at {one.starts_at}: {standing} stands there")
    known = {one.pk: one for one in stage.appointments()}
    for b in there:
        owner = owners.get(b.uid)
        if owner is None and b.uid not in about:
            wrong.append(f"{b.uid} stands there and is nobody's: {_place(b)} {b.metadata}")
        elif owner is not None and owner not in told and known[owner].starts_at <= now:
            wrong.append(f"{b.uid} stands there, but {owner} is over")
    wrong += [f"halted, and nobody knows: {describe(s)}" for s in _halted(stage, told)]
    return wrong


def _halted(stage: Stage, told: set[int | None]) -> list[CalendarSync]:
    halted = CalendarSync.objects.filter(
        company=stage.salon.company, state=SyncState.HALTED, appointment__ends_at__gt=timezone.now()
    )
    return [sync for sync in halted if sync.appointment_id not in told]


def _is_exempt(appointment: Appointment) -> bool:
    return (
        CalendarSync.objects.filter(appointment=appointment, exempt=True).exists() and appointment.is_blocking
    )


def _owners(stage: Stage) -> dict[str | None, int | None]:
    """By our rows, whose bookings stand, or may: what is unknown waits with its appointment's case."""
    rows = CalendarBooking.objects.filter(company=stage.salon.company, uid__isnull=False)
    rows = rows.exclude(state=BookingState.ABSENT)
    return {row.uid: row.appointment_id for row in rows}


def _place(there: Booking) -> Place:
    return Place(there.host_id, there.event_type_id, int(there.start.timestamp()), int(there.end.timestamp()))


def _as_wanted(one: Appointment, standing: list[Place]) -> bool:
    if not one.is_blocking:
        return not standing
    # Guests book one part of the perm; moved by us, it becomes a whole one.
    is_part = one.source == Source.CALENDAR and one.phases.filter(busy=True).count() == 1
    if not is_part:
        return standing == _wanted(one)
    host = HOSTS["emma" if one.staff.name.startswith("Emma") else "jonas"]
    start, end = int(one.starts_at.timestamp()), int(one.ends_at.timestamp())
    return [(place.host, place.start, place.end) for place in standing] == [(host, start, end)]


def _wanted(one: Appointment) -> list[Place]:
    """Worked out anew, not asked of the code under test."""
    host = HOSTS["emma" if one.staff.name.startswith("Emma") else "jonas"]
    start = int(one.starts_at.timestamp())
    if one.service.name != "Dauerwelle":
        return [Place(host, CUTS[host], start, start + 55 * 60)]
    runs = {PERMS[host][position]: minutes for position, minutes in PERM_RUNS.items()}
    return sorted(
        Place(host, number, start + first * 60, start + last * 60) for number, (first, last) in runs.items()
    )


def _twice(there: list[Booking], told: set[int | None]) -> list[str]:
    """Two bookings of ours for one part."""
    ours = [one.metadata for one in there if one.metadata.get("terminfest_id")]
    parts = Counter(tuple(one["terminfest_id"].split(":")[:2]) for one in ours)
    return [
        f"{part} stands {times} times"
        for part, times in parts.items()
        if times > 1 and int(part[0]) not in told
    ]
