"""Nobody is in two places: looked for in the promises themselves, whatever the constraint says.

One sweep over all stretches by stylist and start, n log n: whatever begins before the latest end so far
meets the one that ends then. Each appointment that meets an earlier one is found with the one that
reaches furthest into it, so that a day full of overlaps is as many findings, not its square.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments import booking
from appointments.booking.mending import promised_plan
from appointments.integrity import sql
from appointments.integrity.facts import appointment_subject, facts_of
from appointments.integrity.registry import Found, Refused, register, subject
from appointments.integrity.repairing import appointments_of
from appointments.integrity.scope import Scope
from appointments.integrity.words import Sentence, storable
from appointments.models import Appointment, Finding, Reservation
from appointments.models.appointment import Status
from appointments.models.integrity import Severity

# An array, because old servers know no maximum of rows: the latest end so far, and whose it is.
SWEEP = f"""
WITH stretch AS (
    {sql.stretches(sql.BLOCKS)}
    UNION ALL
    SELECT appointment.id, appointment.company_id, appointment.staff_id, 0, appointment.starts_at,
           appointment.ends_at
    FROM appointments_appointment appointment
    WHERE appointment.status IN ({sql.BLOCKS}) AND {sql.of_company("appointment")}
      AND NOT appointment.blocks_span AND NOT EXISTS (
        SELECT FROM appointments_appointmentphase phase WHERE phase.appointment_id = appointment.id
    )
), swept AS (
    SELECT appointment_id, starts_at,
           max(ARRAY[(extract(epoch FROM ends_at) * 1000000)::bigint, appointment_id])
           OVER (PARTITION BY staff_id ORDER BY starts_at, ends_at, appointment_id
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
    FROM stretch
), pair AS (
    SELECT least(appointment_id, latest[2]) AS one_id, greatest(appointment_id, latest[2]) AS other_id,
           min(starts_at) AS meets_at
    FROM swept
    WHERE latest[1] > (extract(epoch FROM starts_at) * 1000000)::bigint AND latest[2] <> appointment_id
    GROUP BY 1, 2
)
SELECT {sql.FACTS}, pair.other_id, pair.meets_at, other.starts_at AS other_starts_at,
       other.ends_at AS other_ends_at, other_service.name AS other_service
FROM pair
JOIN appointments_appointment appointment ON appointment.id = pair.one_id
JOIN appointments_appointment other ON other.id = pair.other_id
LEFT JOIN appointments_service other_service ON other_service.id = other.service_id
{sql.FACTS_OF}
ORDER BY pair.meets_at, pair.one_id, pair.other_id
"""  # noqa: S608 - nothing of it comes from outside

# Few wait, so what may meet them is few as well. What has been is known to have taken its time.
WAITING = f"""
WITH waiting AS ({sql.stretches(sql.CONFLICT)}),
near AS (
    SELECT DISTINCT other.id
    FROM (SELECT staff_id, min(starts_at) AS starts_at, max(ends_at) AS ends_at
          FROM waiting GROUP BY appointment_id, staff_id) waits
    JOIN appointments_appointment other ON other.staff_id = waits.staff_id
     AND other.starts_at > waits.starts_at - interval '2 days'
     AND other.starts_at < waits.ends_at + interval '1 day'
), taken AS (
    {sql.stretches(f"{sql.BLOCKS}, {sql.COMPLETED}", extra="appointment.id IN (SELECT id FROM near)")}
),
meeting AS (
    SELECT waiting.appointment_id, array_agg(DISTINCT taken.appointment_id) AS other_ids
    FROM waiting JOIN taken ON taken.staff_id = waiting.staff_id
     AND taken.starts_at < waiting.ends_at AND waiting.starts_at < taken.ends_at
    GROUP BY 1
)
SELECT {sql.FACTS}, meeting.other_ids
FROM meeting JOIN appointments_appointment appointment ON appointment.id = meeting.appointment_id
{sql.FACTS_OF}
ORDER BY appointment.starts_at, appointment.id
"""  # noqa: S608 - as above

# A hold that is in force can only meet something while the constraint is absent.
HELD = f"""
SELECT reservation.id, reservation.company_id, staff.name AS staff, service.name AS service,
       reservation.starts_at, reservation.ends_at, company.timezone AS zone,
       array_agg(DISTINCT other.appointment_id) FILTER (WHERE other.appointment_id IS NOT NULL) AS other_ids
FROM appointments_reservation reservation
JOIN appointments_allocation held ON held.reservation_id = reservation.id
JOIN appointments_allocation other ON other.staff_id = held.staff_id AND other.during && held.during
 AND int8range(other.staff_id, other.staff_id, '[]') && int8range(held.staff_id, held.staff_id, '[]')
 AND other.reservation_id IS DISTINCT FROM held.reservation_id
JOIN appointments_staff staff ON staff.id = reservation.staff_id
JOIN appointments_service service ON service.id = reservation.service_id
JOIN appointments_company company ON company.id = reservation.company_id
WHERE reservation.state = 'held' AND reservation.expires_at > %(now)s AND {sql.of_company("reservation")}
GROUP BY 1, 2, 3, 4, 5, 6, 7
"""  # noqa: S608 - as above


def part(finding: Finding, now: datetime) -> Sequence[Sentence]:
    """Whoever was promised first keeps the time; the other one is set aside for a person to decide."""
    pair = sorted(appointments_of(finding), key=lambda one: (one.created_at, one.starts_at, one.pk))
    if len(pair) != 2 or not all(one.is_blocking for one in pair) or not _meet(*pair):
        raise Refused(gettext_noop("They do not overlap any more."))
    stays, leaves = pair
    gone = booking.set_aside(leaves, now=now, revision=leaves.revision)
    text = (
        gettext_noop(
            "%(service)s on %(starts_day)s at %(starts_time)s is over and is marked as completed; "
            "%(stays)s at %(stays_time)s was promised first."
        )
        if gone.status == Status.COMPLETED
        else gettext_noop(
            "%(service)s on %(starts_day)s at %(starts_time)s loses its place and waits on the list of "
            "conflicts; %(stays)s at %(stays_time)s was promised first and stays. Please call the customer."
        )
    )
    facts = {
        "service": leaves.service.name,
        "starts_at": leaves.starts_at,
        "stays": stays.service.name,
        "stays_at": stays.starts_at,
        "zone": leaves.company.timezone,
    }
    return [Sentence(text, storable(facts))]


def _meet(one: Appointment, other: Appointment) -> bool:
    if one.staff_id != other.staff_id:
        return False
    theirs = _taken(other)
    return any(period.overlaps(their) for period in _taken(one) for their in theirs)


def _taken(appointment: Appointment) -> list[Any]:
    """Without phases, all of it: as the sweep says."""
    plan = appointment.plan if appointment.plan.phases else promised_plan(appointment)
    return plan.taken_at(appointment.starts_at)


@register(
    id="appointments.overlap",
    severity=Severity.CRITICAL,
    title=_("Booked twice at the same time"),
    advice=_(
        "Two customers will stand in front of one stylist. Give one of them another time or another stylist, "
        "best after a call. The repair keeps whoever was promised first and puts the other on the list of "
        "conflicts."
    ),
    sentences={
        "booked": gettext_noop(
            "%(staff)s is booked twice on %(meets_day)s at %(meets_time)s: %(service)s (%(starts_time)s to "
            "%(ends_time)s) and %(other_service)s (%(other_starts_time)s to %(other_ends_time)s)."
        ),
        "waiting": gettext_noop(
            "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s waits on the list of conflicts, "
            "because that time is taken."
        ),
        "held": gettext_noop(
            "A running call holds %(staff)s on %(starts_day)s at %(starts_time)s for %(service)s, although "
            "that time is taken. The hold ends by itself."
        ),
    },
    repair=part,
)
def overlaps(scope: Scope) -> Iterator[Found]:
    """Incident 1 (C8, C9, C11): quarantined rows and live holds included."""
    for row in scope.rows(SWEEP):
        facts = {
            **facts_of(row),
            "meets_at": row.meets_at,
            "other_service": row.other_service or "–",
            "other_starts_at": row.other_starts_at,
            "other_ends_at": row.other_ends_at,
        }
        both = (appointment_subject(row.id), appointment_subject(row.other_id))
        yield Found(company_id=row.company_id, code="booked", facts=facts, subjects=both)
    for row in scope.rows(WAITING):
        yield Found(
            company_id=row.company_id,
            code="waiting",
            facts=facts_of(row),
            subjects=(appointment_subject(row.id), *map(appointment_subject, row.other_ids)),
            severity=Severity.WARNING,
            repairable=False,
            key=f"waiting:{row.id}",
        )
    for row in scope.rows(HELD):
        others = map(appointment_subject, row.other_ids or ())
        yield Found(
            company_id=row.company_id,
            code="held",
            facts=facts_of(row),
            subjects=(subject(Reservation, row.id), *others),
            repairable=False,
        )
