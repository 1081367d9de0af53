"""The ways out that need a time: another one, the calendar's, or the one that was in conflict."""

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from appointments import booking
from appointments.availability import Request, Slot, alternatives, check
from appointments.models import Appointment, Staff
from appointments.models.appointment import Source, Status
from appointments.rules.periods import Period
from integrations.courtesy import sieve
from integrations.models import CalendarBooking, CalendarCase, CalendarHost, Solution
from integrations.resolving.comparing import Compared, converge_now
from integrations.resolving.deciding import NotPossible, appointment_of, deciding, insist_on
from integrations.resolving.settling import ABOUT_THE_ENTRY
from integrations.resolving.ways import Way

PROPOSALS = 6
# Cal.com may refuse some of them, so more are looked for.
CANDIDATES = 12
SIEVE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where an appointment would have to go so that it agrees with the calendar."""

    start: datetime
    staff: Staff


def proposals(case: CalendarCase, *, now: datetime) -> list[Slot]:
    """Up to six free times near the old one that Cal.com does not call taken, nearest first.

    With the same stylist if the customer wished for them or booked them at Cal.com; else the same time
    with somebody else comes first. Asks over HTTP, so never in a transaction.
    """
    insist_on(case, Way.MOVE, now=now)
    appointment = appointment_of(case)
    request = Request(
        branch=appointment.branch,
        service=appointment.service,
        now=now,
        staff=appointment.staff if _is_bound(appointment) else None,
        appointment_id=appointment.pk,
    )
    found = [
        *_same_time(request, appointment),
        *alternatives(
            request,
            near=max(appointment.starts_at, now),
            count=CANDIDATES,
            avoid=[Period(appointment.starts_at, appointment.ends_at)],
        ),
    ]
    passes = sieve(appointment.branch, appointment.service, deadline=monotonic() + SIEVE_SECONDS)
    return (passes(found) if passes else found)[:PROPOSALS]


def _is_bound(appointment: Appointment) -> bool:
    return appointment.staff_wished or appointment.source == Source.CALENDAR


def _same_time(request: Request, appointment: Appointment) -> list[Slot]:
    if request.staff is not None:
        return []
    verdict = check(request, start=appointment.starts_at)
    return [slot for slot in verdict.slots if slot.staff.pk != appointment.staff_id][:1]


def move(
    case: CalendarCase,
    *,
    start: datetime,
    staff: Staff,
    revision: int,
    user: AbstractBaseUser,
    now: datetime,
) -> Compared:
    """To a time that was proposed. Raises ``booking.SlotTaken``, ``Unavailable`` or ``Stale``."""
    insist_on(case, Way.MOVE, now=now)
    appointment = appointment_of(case)
    with deciding(case, Solution.MOVE, user=user, now=now, ends=ABOUT_THE_ENTRY):
        _insist_on_revision(appointment, revision)
        if appointment.source == Source.CALENDAR:
            _follow(appointment, Place(start, staff), now)
        else:
            to = booking.Move(start=start, staff=staff)
            booking.reschedule(appointment, to, now=now, revision=revision)
    return converge_now(appointment)


def _insist_on_revision(appointment: Appointment, revision: int) -> None:
    if appointment.revision != revision:
        raise booking.Stale


def _follow(appointment: Appointment, place: Place, now: datetime) -> None:
    """What was booked at Cal.com keeps the length it has there, and may still be a conflict."""
    plan = appointment.plan
    moved = booking.follow(appointment, start=place.start, plan=plan, staff=place.staff, now=now)
    if moved.status == Status.CONFLICT:
        raise booking.SlotTaken


def calendar_place(case: CalendarCase) -> Place | None:
    """Where the case says that its booking stands; None if that is no place for the appointment: the
    host is nobody of ours, or the booking has another length there.
    """
    appointment, start, end = case.appointment, *case_period(case)
    if appointment is None or start is None or end is None:
        return None
    row = CalendarBooking.objects.filter(appointment=appointment, uid=case.uid).first()
    host = CalendarHost.objects.filter(company=case.company_id, calcom_user_id=case.facts.get("host"))
    mapped = host.select_related("staff__branch__company").first()
    run = next((one for one in appointment.plan.runs() if row and one.position == row.position), None)
    if mapped is None or run is None or run.end - run.start != end - start:
        return None
    return Place(start - run.start, mapped.staff)


def case_period(case: CalendarCase) -> tuple[datetime | None, datetime | None]:
    """Start and end of what stands at Cal.com, as far as it is known."""
    start, end = (case.facts.get(name) for name in ("starts_at", "ends_at"))
    return _instant(start), _instant(end)


def _instant(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) and text else None


def take_over(case: CalendarCase, *, revision: int, user: AbstractBaseUser, now: datetime) -> Compared:
    """The appointment goes where somebody has moved it at Cal.com, if that is free here. Hours do not
    matter: it stands there already. Raises ``booking.SlotTaken`` or ``Stale``.
    """
    insist_on(case, Way.TAKE_OVER, now=now)
    appointment = appointment_of(case)
    place = calendar_place(case)
    if place is None:
        raise NotPossible(_("What stands at Cal.com cannot be taken over. Please choose another way."))
    with deciding(case, Solution.MOVE, user=user, now=now, ends=ABOUT_THE_ENTRY):
        to = booking.Move(start=place.start, staff=place.staff)
        booking.reschedule(appointment, to, now=now, revision=revision, overrides_hours=True)
    return converge_now(appointment)


def promote(case: CalendarCase, *, revision: int, user: AbstractBaseUser, now: datetime) -> Compared:
    """A booking from Cal.com gets the time that was taken, if it is free by now. Raises
    ``booking.SlotTaken``, which names who has it, or ``Stale``.
    """
    insist_on(case, Way.PROMOTE, now=now)
    appointment = appointment_of(case)
    with deciding(case, Solution.RETRY, user=user, now=now):
        booking.mark(appointment, Status.BOOKED, now=now, revision=revision)
    return converge_now(appointment)
