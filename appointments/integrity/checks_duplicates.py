"""The same person at two places at one time."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity import sql
from appointments.integrity.facts import appointment_subject, facts_of
from appointments.integrity.registry import Found, register
from appointments.integrity.scope import Scope
from appointments.models.integrity import Severity

# By customer and by who comes: mother and child at ten are two bookings (invariant I7).
DUPLICATES = f"""
WITH swept AS (
    SELECT appointment.id, starts_at,
           max(ARRAY[(extract(epoch FROM ends_at) * 1000000)::bigint, appointment.id])
           OVER (PARTITION BY customer_id, lower(attendee_name) ORDER BY starts_at, ends_at, appointment.id
                 ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest
    FROM appointments_appointment appointment
    WHERE status IN ({sql.BLOCKS}) AND customer_id IS NOT NULL AND appointment.ends_at > %(now)s
      AND {sql.of_company("appointment")}
)
SELECT {sql.FACTS}, other.id AS other_id, other.starts_at AS other_starts_at, other_staff.name AS other_staff,
       other_service.name AS other_service
FROM swept
JOIN appointments_appointment appointment ON appointment.id = swept.id
JOIN appointments_appointment other ON other.id = swept.latest[2]
LEFT JOIN appointments_staff other_staff ON other_staff.id = other.staff_id
LEFT JOIN appointments_service other_service ON other_service.id = other.service_id
{sql.FACTS_OF}
WHERE swept.latest[1] > (extract(epoch FROM swept.starts_at) * 1000000)::bigint
ORDER BY swept.starts_at, swept.id
"""  # noqa: S608 - nothing of it comes from outside


@register(
    id="appointments.duplicate",
    severity=Severity.WARNING,
    title=_("One customer, two appointments at one time"),
    advice=_(
        "Perhaps somebody asked twice. Call the customer and cancel what is too much; if both are meant, "
        "acknowledge it. For a second person enter who comes instead."
    ),
    sentence=gettext_noop(
        "One customer has %(service)s with %(staff)s on %(starts_day)s at %(starts_time)s, and at the same "
        "time %(other_service)s with %(other_staff)s at %(other_starts_time)s."
    ),
)
def duplicates(scope: Scope) -> Iterator[Found]:
    """Of what is to come. It informs, it never blocks: which of the two is meant only a person knows."""
    for row in scope.rows(DUPLICATES):
        facts = {
            **facts_of(row),
            "other_service": row.other_service or "–",
            "other_staff": row.other_staff or "–",
            "other_starts_at": row.other_starts_at,
        }
        both = sorted((row.id, row.other_id))
        yield Found(company_id=row.company_id, facts=facts, subjects=[appointment_subject(pk) for pk in both])
