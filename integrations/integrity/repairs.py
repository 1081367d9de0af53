"""The repair of whatever differs: the one function that makes both sides agree, and what it would do."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_noop

from appointments.integrity import Refused, Sentence
from appointments.integrity.repairing import appointment_of
from appointments.integrity.states import States, states_of
from appointments.integrity.words import storable
from appointments.models import Appointment, Finding
from integrations.convergence.attempts import rows_of
from integrations.convergence.due import try_again
from integrations.convergence.steps import Steps, steps_for
from integrations.convergence.wanted import wanted_of
from integrations.models import BookingState, CalendarBooking, CalendarSync, SyncState
from integrations.resolving import compare_now

SECONDS = 20.0
CREATES = gettext_noop("Enters %(part)s at Cal.com: %(starts_day)s, %(starts_time)s to %(ends_time)s.")
MOVES = gettext_noop(
    "Moves %(part)s at Cal.com from %(old_starts_day)s, %(old_starts_time)s, to %(starts_day)s, "
    "%(starts_time)s."
)
CANCELS = gettext_noop("Takes the booking of %(starts_day)s, %(starts_time)s out of Cal.com.")
LOOKS = gettext_noop(
    "Asks Cal.com what stands there for %(part)s on %(starts_day)s at %(starts_time)s. What was promised "
    "stays; what was changed there becomes a calendar case."
)
AGREES = gettext_noop("%(part)s on %(starts_day)s at %(starts_time)s: calendar and appointment agree.")
BECAME_A_CASE = gettext_noop(
    "%(part)s on %(starts_day)s at %(starts_time)s was changed at Cal.com: that is a calendar case now, and "
    "a decision is needed."
)
IS_A_CASE = gettext_noop("This appointment waits for a decision; see the calendar cases.")
UNMAPPED = gettext_noop("Cal.com has no stylist or event type for it: %(parts)s.")


def preview(finding: Finding, now: datetime) -> Sequence[Sentence]:
    """By the same plan as the repair: what should stand, what stands, and the steps between."""
    appointment = appointment_of(finding)
    _insist_on_undecided(appointment)
    rows = rows_of(appointment)
    wanted = wanted_of(appointment, rows, now=now)
    if wanted.unmapped:
        raise Refused(UNMAPPED, parts=", ".join(wanted.unmapped))
    if wanted.leave:
        raise Refused(gettext_noop("The calendar is left as it is for this appointment."))
    segments = () if _is_exempt(appointment) else wanted.segments
    standing = [row for row in rows if row.state == BookingState.EXISTS]
    looks = Sentence(LOOKS, _facts(appointment, appointment.starts_at))
    return [looks, *_told(appointment, steps_for(segments, standing, now=now))]


def bring_about(finding: Finding, now: datetime) -> Sequence[Sentence]:
    """Looks at Cal.com first, then converges. Never in a transaction."""
    appointment = appointment_of(finding)
    _insist_on_undecided(appointment)
    if not _is_exempt(appointment):
        try_again(appointment, now=now)
    compared = compare_now(appointment, seconds=SECONDS)
    if _state(appointment) == SyncState.HALTED:
        return [Sentence(BECAME_A_CASE, _facts(appointment, appointment.starts_at))]
    if not compared.agrees:
        raise Refused(compared.sentence.replace("%", "%%"))
    return [Sentence(AGREES, _facts(appointment, appointment.starts_at))]


def state_of_calendar(finding: Finding) -> States:
    """What we know of the calendar: how far it has come, and each booking there."""
    label = Appointment._meta.label_lower
    ids = [each["id"] for each in finding.subjects if each["model"] == label]
    rows: list[CalendarSync | CalendarBooking] = [
        *CalendarSync.objects.filter(appointment__in=ids, company=finding.company_id),
        *CalendarBooking.objects.filter(appointment__in=ids, company=finding.company_id),
    ]
    return states_of({"model": row._meta.label_lower, "id": row.pk} for row in rows)


def _insist_on_undecided(appointment: Appointment) -> None:
    if _state(appointment) == SyncState.HALTED:
        raise Refused(IS_A_CASE)


def _state(appointment: Appointment) -> str | None:
    return CalendarSync.objects.filter(appointment=appointment).values_list("state", flat=True).first()


def _is_exempt(appointment: Appointment) -> bool:
    return CalendarSync.objects.filter(appointment=appointment, exempt=True).exists()


def _told(appointment: Appointment, steps: Steps) -> list[Sentence]:
    told = [
        Sentence(CANCELS, _facts(appointment, row.starts_at)) for row in (*steps.make_way, *steps.cancels)
    ]
    for move in (move for wave in steps.moves for move in wave):
        facts = _facts(appointment, move.segment.start, part=move.segment.name, ends_at=move.segment.end)
        told.append(Sentence(MOVES, {**facts, **storable({"old_starts_at": move.row.starts_at})}))
    for segment in steps.creates:
        facts = _facts(appointment, segment.start, part=segment.name, ends_at=segment.end)
        told.append(Sentence(CREATES, facts))
    return told


def _facts(
    appointment: Appointment, start: datetime, *, part: str = "", ends_at: datetime | None = None
) -> dict[str, object]:
    name = appointment.service.name
    return storable(
        {
            "part": f"{name} ({part})" if part else name,
            "starts_at": start,
            "ends_at": ends_at or appointment.ends_at,
            "zone": appointment.company.timezone,
        }
    )
