"""The ledger holds exactly what was promised, and every promise has its parts."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments import booking
from appointments.integrity import sql
from appointments.integrity.facts import appointment_subject, facts_of
from appointments.integrity.registry import Found, register
from appointments.integrity.repairing import appointment_of
from appointments.integrity.scope import Scope
from appointments.integrity.words import Sentence, storable
from appointments.models import Appointment, Finding
from appointments.models.appointment import BLOCKING, Status
from appointments.models.integrity import Severity

PHASES = f"""
WITH part AS (
    SELECT appointment_id, position, starts_at, ends_at, busy,
           starts_at IS DISTINCT FROM lag(ends_at) OVER (
               PARTITION BY appointment_id ORDER BY position
           ) AS torn
    FROM appointments_appointmentphase phase
    WHERE %(company)s::bigint IS NULL OR EXISTS (
        SELECT FROM appointments_appointment appointment
        WHERE appointment.id = phase.appointment_id AND appointment.company_id = %(company)s
    )
), summed AS (
    SELECT appointment_id, min(starts_at) AS starts_at, max(ends_at) AS ends_at,
           min(position) AS first, max(position) AS last, count(*) AS parts,
           count(*) FILTER (WHERE torn) AS torn, bool_or(busy) AS busy
    FROM part GROUP BY appointment_id
), wrong AS (
    SELECT appointment.id, summed.appointment_id IS NULL AS without,
           CASE WHEN summed.busy OR appointment.blocks_span THEN 'sum' ELSE 'idle' END AS trouble
    FROM appointments_appointment appointment
    LEFT JOIN summed ON summed.appointment_id = appointment.id
    WHERE appointment.status IN ({sql.BLOCKS}, {sql.CONFLICT}) AND {sql.of_company("appointment")} AND (
        summed.appointment_id IS NULL
        OR (summed.starts_at, summed.ends_at) IS DISTINCT FROM (appointment.starts_at, appointment.ends_at)
        OR summed.torn > 1 OR summed.first <> 1 OR summed.last <> summed.parts
        OR NOT (summed.busy OR appointment.blocks_span)
    )
)
SELECT {sql.FACTS}, wrong.without, wrong.trouble
FROM wrong JOIN appointments_appointment appointment ON appointment.id = wrong.id
{sql.FACTS_OF}
ORDER BY appointment.id
"""  # noqa: S608 - nothing of it comes from outside

LEDGER = f"""
WITH wanted AS ({sql.stretches(sql.BLOCKS)}),
taken AS (
    SELECT appointment_id, staff_id, position::integer AS position, lower(during) AS starts_at,
           upper(during) AS ends_at
    FROM appointments_allocation allocation
    WHERE appointment_id IS NOT NULL AND {sql.of_company("allocation")}
), compared AS (
    SELECT appointment_id, count(wanted.company_id) AS missing, count(*) - count(wanted.company_id) AS surplus
    FROM wanted FULL JOIN taken USING (appointment_id, staff_id, position, starts_at, ends_at)
    WHERE wanted.company_id IS NULL OR taken.appointment_id IS NULL
    GROUP BY appointment_id
)
SELECT {sql.FACTS}, appointment.status, compared.missing, compared.surplus
FROM compared JOIN appointments_appointment appointment ON appointment.id = compared.appointment_id
{sql.FACTS_OF}
ORDER BY appointment.id
"""  # noqa: S608 - as above


def mend_phases(finding: Finding, now: datetime) -> Sequence[Sentence]:
    return _mended(
        appointment_of(finding),
        booking.mend_phases,
        gettext_noop(
            "%(service)s on %(starts_day)s at %(starts_time)s gets its phases, and takes their time."
        ),
        now,
    )


def mend_ledger(finding: Finding, now: datetime) -> Sequence[Sentence]:
    appointment = appointment_of(finding)
    text = (
        gettext_noop("%(service)s on %(starts_day)s at %(starts_time)s takes exactly the time of its phases.")
        if appointment.is_blocking
        else gettext_noop("%(service)s on %(starts_day)s at %(starts_time)s takes no time any more.")
    )
    return _mended(appointment, booking.mend_ledger, text, now)


def _mended(appointment: Appointment, mend: object, text: str, now: datetime) -> Sequence[Sentence]:
    """Where somebody else has the time, it is set aside: it cannot be in the ledger."""
    facts = storable(
        {
            "service": appointment.service.name,
            "staff": appointment.staff.name,
            "starts_at": appointment.starts_at,
            "zone": appointment.company.timezone,
        }
    )
    try:
        mend(appointment, now=now)  # type: ignore[operator] # one of the writer's two
    except booking.SlotTaken:
        gone = booking.set_aside(appointment, now=now)
        if gone.status == Status.COMPLETED:
            text = gettext_noop(
                "%(service)s on %(starts_day)s at %(starts_time)s is over, and marked as completed."
            )
        else:
            text = gettext_noop(
                "%(service)s on %(starts_day)s at %(starts_time)s waits on the list of conflicts: %(staff)s "
                "is taken at that time. Please call the customer."
            )
    return [Sentence(text, facts)]


@register(
    id="appointments.phases",
    severity=Severity.ERROR,
    title=_("Parts and length of an appointment do not match"),
    advice=_("The repair lays the parts anew between the promised start and end; neither changes."),
    sentences={
        "none": gettext_noop(
            "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s has no phases."
        ),
        "sum": gettext_noop(
            "The phases of %(service)s with %(staff)s on %(starts_day)s at %(starts_time)s do not add up to "
            "its length."
        ),
        "idle": gettext_noop(
            "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s has no phase that needs the "
            "stylist."
        ),
    },
    repair=mend_phases,
)
def phases(scope: Scope) -> Iterator[Found]:
    """Incidents E2 (twelve instead of six), E4, E9."""
    for row in scope.rows(PHASES):
        code = "none" if row.without else row.trouble
        yield Found(
            company_id=row.company_id, code=code, facts=facts_of(row), subjects=[appointment_subject(row.id)]
        )


@register(
    id="appointments.ledger",
    severity=Severity.CRITICAL,
    title=_("Promised time and taken time differ"),
    advice=_(
        "Somebody else could be given this time, or it is blocked for nothing. The repair takes exactly what "
        "was promised."
    ),
    sentences={
        "missing": gettext_noop(
            "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s is promised, but its time is "
            "not, or not wholly, taken."
        ),
        "surplus": gettext_noop(
            "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s takes more time than was "
            "promised."
        ),
        "stray": gettext_noop(
            "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s is no longer valid, but still "
            "takes its time."
        ),
    },
    repair=mend_ledger,
)
def ledger(scope: Scope) -> Iterator[Found]:
    """Equality of allocations and phases, both ways; coverage is what the trigger asks."""
    blocking = {status.value for status in BLOCKING}
    for row in scope.rows(LEDGER):
        code = "stray" if row.status not in blocking else "missing" if row.missing else "surplus"
        yield Found(
            company_id=row.company_id, code=code, facts=facts_of(row), subjects=[appointment_subject(row.id)]
        )
