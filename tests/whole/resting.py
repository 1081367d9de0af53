"""What must hold when everything has come to rest: the queue is empty and nothing goes wrong any more."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from appointments.models import Appointment, Quarantine, Reservation
from appointments.models.appointment import Source, Status
from calls.models import CallEvent
from calls.models.event import CallEventOutcome
from integrations.models import (
    BookingState,
    CalendarBooking,
    CalendarEvent,
    CalendarSync,
    EventOutcome,
    Message,
    MessageKind,
    MessageState,
    SyncState,
)
from integrations.models import Promise as Answer
from integrations.models.message import TROUBLE
from integrations.sandbox.records import Booking
from tests.integrations.calendar import CUTS, HOSTS, PERMS
from tests.whole import mail, solver
from tests.whole.stage import Stage
from tests.whole.workers import Worker

ROUNDS = 12
# Longer than the longest pause between two attempts.
ROUND = timedelta(minutes=20)
# The perm's runs by their first phase: minutes from its start, from and to.
PERM_RUNS = {1: (0, 50), 3: (65, 70), 5: (80, 135)}


class Place(NamedTuple):
    host: int
    event_type: int
    start: int
    end: int


def come_to_rest(stage: Stage) -> bool:
    """Nothing goes wrong any more, time passes, the worker works. Whether nothing was left to do."""
    stage.sandbox.faults.clear()
    stage.world.in_the_gap = lambda: None
    stage.fate.spare()
    mail.Letterbox.troubles.clear()
    worker = Worker(stage)
    for done in range(ROUNDS):
        stage.time.shift(ROUND)
        if worker.whole_round() and done and not restless(stage):
            return True
    return False


def restless(stage: Stage) -> list[str]:
    """What still waits for something (I12)."""
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
        *CallEvent.objects.filter(outcome=CallEventOutcome.NEW),
        *Message.objects.filter(**of, state__in=[MessageState.WAITING, MessageState.HANDED_OVER]),
    ]
    return [f"I12: {type(one).__name__} {describe(one)}" for one in waiting]


def describe(one: object) -> str:
    facts = {
        key: value
        for key, value in vars(one).items()
        if not key.startswith("_") and value not in (None, "", 0)
    }
    facts.pop("body", None)
    return str(facts)


def broken_at_rest(stage: Stage) -> list[str]:
    return [*disagreements(stage), *_letters(stage), *solver.disagreements(stage)]


def disagreements(stage: Stage) -> list[str]:
    """Database = calendar, or somebody has been told (an open case, or the quarantine)."""
    now = timezone.now()
    cases = stage.cases()
    quarantine = Quarantine.objects.filter(company=stage.salon.company).values_list("appointment", flat=True)
    told = {case.appointment_id for case in cases} | {case.other_id for case in cases} | set(quarantine)
    about = {case.uid for case in cases}
    everything = stage.appointments()
    owners = _owners(stage)
    there = [one for one in stage.standing() if one.start > now]
    wrong = [*_twice(there, told)]
    for one in everything:
        if one.starts_at <= now or one.pk in told:
            continue
        standing = sorted(_place(b) for b in there if owners.get(b.uid) == one.pk)
        if _is_exempt(one):
            wrong += [f"I5: {one.pk} is kept without an entry: {place}" for place in standing]
        elif one.status == Status.CONFLICT:
            wrong.append(f"I12: {one.pk} is in conflict, and nobody knows")
        elif not _as_wanted(one, standing):
            wrong.append(
                f"I5: {one.pk} ({one.status}, {one.source}) at {one.starts_at}: {standing} stands there"
            )
    known = {one.pk: one for one in everything}
    for b in there:
        owner = owners.get(b.uid)
        if owner is None and b.uid not in about:
            wrong.append(f"I6: {b.uid} stands there and is nobody's: {_place(b)} {b.metadata}")
        elif owner is not None and owner not in told and known[owner].starts_at <= now:
            wrong.append(f"I5: {b.uid} stands there, but {owner} is over")
    wrong += [f"I12: halted, and nobody knows: {describe(s)}" for s in _halted(stage, told)]
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
        f"I7: {part} stands {times} times"
        for part, times in parts.items()
        if times > 1 and int(part[0]) not in told
    ]


def _letters(stage: Stage) -> Iterable[str]:
    """What customers have been written is what stands, or a person knows; and no letter came twice."""
    yield from (f"I7: letter {pk} came {n} times" for pk, n in Counter(mail.Letterbox.taken).items() if n > 1)
    now = timezone.now()
    last: dict[int, Message] = {}
    rows = Message.objects.filter(company=stage.salon.company).exclude(kind=MessageKind.REMINDER)
    for row in rows.exclude(state=MessageState.OVERTAKEN).order_by("pk"):
        last[row.appointment_id] = row
    for one in stage.appointments():
        message = last.get(one.pk)
        if message is None or message.state in TROUBLE or one.starts_at <= now:
            continue
        stands = one.status in (Status.BOOKED, Status.CONFIRMED)
        written = message.about != ""
        if one.status in (Status.PROVISIONAL, Status.CONFLICT):
            continue
        if message.pk not in mail.Letterbox.taken:
            yield f"I4: letter {message.pk} is {message.state}, but nobody got it"
        elif written != stands or (stands and message.starts_at != one.starts_at):
            yield f"I4: {one.pk} is {one.status} at {one.starts_at}, but written was {message.about}"
