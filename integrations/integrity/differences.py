"""Where appointments and calendar differ, as far as the database knows: set against set.

Only of what should be in agreement: what is pending, halted, exempt or outside Cal.com's bounds has its own
check, or none.
"""

from collections.abc import Iterator
from typing import Any

from appointments.integrity import Scope, sql

# ``COMING``: a condition on ``appointment``. Without a row nobody has ever told the calendar (incident F6).
COMING = """
    appointment.ends_at > %(now)s AND EXISTS (
        SELECT FROM appointments_branch branch
        WHERE branch.id = appointment.branch_id AND branch.calendar <> 'off'
    ) AND NOT EXISTS (
        SELECT FROM integrations_calendarsync sync
        WHERE sync.appointment_id = appointment.id AND (
            sync.exempt OR sync.state IN ('pending', 'halted') OR sync.promise = 'undecided'
            OR (sync.state = 'none' AND sync.next_try_at IS NOT NULL)
        )
    )
"""
STANDING = f"""
    SELECT booking.id, booking.appointment_id, booking.position, booking.starts_at, booking.ends_at,
           booking.calcom_user_id,
           row_number() OVER (
               PARTITION BY booking.appointment_id, booking.position ORDER BY booking.id
           ) AS nth
    FROM integrations_calendarbooking booking
    WHERE booking.state = 'exists' AND booking.ends_at > %(now)s AND {sql.of_company("booking")}
"""  # noqa: S608 - nothing of it comes from outside
TOLD = f"""
SELECT DISTINCT ON (appointment.id) {sql.FACTS}, differing.booking_id, differing.stands_at
FROM differing JOIN appointments_appointment appointment ON appointment.id = differing.appointment_id
{sql.FACTS_OF}
ORDER BY appointment.id, differing.booking_id
"""  # noqa: S608 - as above
WANTED = f"wanted AS ({sql.runs(sql.BLOCKS, extra=COMING)}), standing AS ({STANDING})"

# What has begun is over for the calendar, and is not sent any more.
MISSING = f"""
WITH {WANTED}, differing AS (
    SELECT wanted.appointment_id, NULL::bigint AS booking_id, wanted.starts_at AS stands_at
    FROM wanted LEFT JOIN standing USING (appointment_id, position)
    WHERE standing.id IS NULL AND wanted.starts_at > %(now)s
) {TOLD}
"""  # noqa: S608 - as above
OTHER_TIME = f"""
WITH {WANTED}, differing AS (
    SELECT wanted.appointment_id, standing.id AS booking_id, standing.starts_at AS stands_at
    FROM wanted JOIN standing USING (appointment_id, position)
    WHERE (wanted.starts_at, wanted.ends_at) <> (standing.starts_at, standing.ends_at)
) {TOLD}
"""  # noqa: S608 - as above
OTHER_HOST = f"""
WITH standing AS ({STANDING}), differing AS (
    SELECT appointment.id AS appointment_id, standing.id AS booking_id, standing.starts_at AS stands_at
    FROM standing JOIN appointments_appointment appointment ON appointment.id = standing.appointment_id
    LEFT JOIN integrations_calendarhost host ON host.staff_id = appointment.staff_id
    WHERE appointment.status IN ({sql.BLOCKS}) AND {COMING}
      AND host.calcom_user_id IS DISTINCT FROM standing.calcom_user_id
) {TOLD}
"""  # noqa: S608 - as above
# Twice the same part (incident D7), parts of what is cancelled (E10) or of what is kept without an entry.
EXTRA = f"""
WITH {WANTED}, differing AS (
    SELECT appointment.id AS appointment_id, standing.id AS booking_id, standing.starts_at AS stands_at
    FROM standing
    JOIN appointments_appointment appointment ON appointment.id = standing.appointment_id
    JOIN appointments_branch branch ON branch.id = appointment.branch_id
    LEFT JOIN integrations_calendarsync sync ON sync.appointment_id = appointment.id
    LEFT JOIN wanted ON wanted.appointment_id = standing.appointment_id
     AND wanted.position = standing.position
    WHERE branch.calendar <> 'off' AND standing.starts_at > %(now)s
      AND (sync.id IS NULL OR (sync.state NOT IN ('pending', 'halted') AND sync.promise <> 'undecided'))
      AND CASE WHEN appointment.status IN ({sql.BLOCKS})
          THEN sync.exempt OR standing.nth > 1 OR wanted.appointment_id IS NULL
          ELSE appointment.status IN ('cancelled', 'rejected') END
) {TOLD}
"""  # noqa: S608 - as above
# Cal.com did not know it when it was asked, or nobody has looked what became of the attempt.
UNKNOWN = f"""
WITH differing AS (
    SELECT booking.appointment_id, booking.id AS booking_id, booking.starts_at AS stands_at
    FROM integrations_calendarbooking booking
    WHERE booking.ends_at > %(now)s AND {sql.of_company("booking")} AND (
        (booking.state = 'exists' AND booking.missing_since IS NOT NULL)
        OR (booking.state IN ('unknown', 'in_flight') AND booking.deadline < %(now)s - interval '1 hour')
    )
) {TOLD}
"""  # noqa: S608 - as above


def differing(scope: Scope, statement: str) -> Iterator[Any]:
    """One row for each appointment, with ``sql.FACTS``, one of its bookings if there is one, and when."""
    yield from scope.rows(statement)
