"""Pieces of SQL that checks share. ``tests/appointments/integrity/test_sql.py`` holds them against ``Plan``.

Each takes ``%(company)s``, an id or NULL for all companies.
"""

from appointments.models.appointment import BLOCKING, Status


def words(statuses: tuple[str, ...]) -> str:
    return ", ".join(f"'{Status(status).value}'" for status in statuses)


BLOCKS = words(BLOCKING)
CONFLICT = words((Status.CONFLICT,))
COMPLETED = words((Status.COMPLETED,))


def of_company(table: str) -> str:
    """A condition; the planner drops it where all companies are meant."""
    return f"(%(company)s::bigint IS NULL OR {table}.company_id = %(company)s)"


def stretches(statuses: str, *, extra: str = "true") -> str:
    """``Plan.stretches()`` of the copied phases: what the ledger should hold of each appointment.

    ``extra`` is a condition on ``appointment``.
    """
    of_these = f"appointment.status IN ({statuses}) AND {of_company('appointment')} AND {extra}"
    return f"""
        SELECT appointment.id AS appointment_id, appointment.company_id, appointment.staff_id, phase.position,
               phase.starts_at - CASE WHEN appointment.buffer_before_minutes > 0 AND NOT EXISTS (
                   SELECT FROM appointments_appointmentphase other
                   WHERE other.appointment_id = appointment.id AND other.busy
                     AND other.position < phase.position
               ) THEN make_interval(mins => appointment.buffer_before_minutes) ELSE interval '0'
               END AS starts_at,
               phase.ends_at + CASE WHEN appointment.buffer_after_minutes > 0 AND NOT EXISTS (
                   SELECT FROM appointments_appointmentphase other
                   WHERE other.appointment_id = appointment.id AND other.busy
                     AND other.position > phase.position
               ) THEN make_interval(mins => appointment.buffer_after_minutes) ELSE interval '0' END AS ends_at
        FROM appointments_appointment appointment
        JOIN appointments_appointmentphase phase ON phase.appointment_id = appointment.id
        WHERE phase.busy AND NOT appointment.blocks_span AND {of_these}
        UNION ALL
        SELECT appointment.id, appointment.company_id, appointment.staff_id, 1,
               appointment.starts_at - make_interval(mins => appointment.buffer_before_minutes),
               appointment.ends_at + make_interval(mins => appointment.buffer_after_minutes)
        FROM appointments_appointment appointment
        WHERE appointment.blocks_span AND {of_these}
    """  # noqa: S608 - nothing of it comes from outside


def working_stretches(statuses: str, *, extra: str = "true") -> str:
    """``Plan.busy_stretches()``: the stylist's working time, without buffers."""
    of_these = f"appointment.status IN ({statuses}) AND {of_company('appointment')} AND {extra}"
    return f"""
        SELECT appointment.id AS appointment_id, appointment.staff_id, phase.starts_at, phase.ends_at
        FROM appointments_appointment appointment
        JOIN appointments_appointmentphase phase ON phase.appointment_id = appointment.id
        WHERE phase.busy AND NOT appointment.blocks_span AND {of_these}
        UNION ALL
        SELECT appointment.id, appointment.staff_id, appointment.starts_at, appointment.ends_at
        FROM appointments_appointment appointment
        WHERE appointment.blocks_span AND {of_these}
    """  # noqa: S608 - as above


def runs(statuses: str, *, extra: str = "true") -> str:
    """``Plan.runs()``: what should stand in a calendar, without buffers."""
    of_these = f"appointment.status IN ({statuses}) AND {of_company('appointment')} AND {extra}"
    return f"""
        SELECT appointment_id, min(position) AS position, min(starts_at) AS starts_at, max(ends_at) AS ends_at
        FROM (
            SELECT phase.appointment_id, phase.position, phase.starts_at, phase.ends_at,
                   phase.position - row_number() OVER (
                       PARTITION BY phase.appointment_id ORDER BY phase.position
                   ) AS run
            FROM appointments_appointment appointment
            JOIN appointments_appointmentphase phase ON phase.appointment_id = appointment.id
            WHERE phase.busy AND NOT appointment.blocks_span AND {of_these}
        ) busy
        GROUP BY appointment_id, run
        UNION ALL
        SELECT appointment.id, 1, appointment.starts_at, appointment.ends_at
        FROM appointments_appointment appointment
        WHERE appointment.blocks_span AND {of_these}
    """  # noqa: S608 - as above


def not_within(these: str, hours: str, *, by: str) -> str:
    """The ids of ``these`` that lie in none of the ``hours`` of the same ``by``; both have ``starts_at`` and
    ``ends_at``. Hours lie apart, so what begins now lies in those that began last, or in none: one sweep.
    """
    return f"""
        SELECT id FROM (
            SELECT id, ends_at, max(until) OVER (
                PARTITION BY {by} ORDER BY starts_at, id NULLS FIRST ROWS UNBOUNDED PRECEDING
            ) AS until
            FROM (
                SELECT id, {by}, starts_at, ends_at, NULL::timestamptz AS until FROM {these} these
                UNION ALL
                SELECT NULL, {by}, starts_at, NULL, ends_at FROM {hours} hours
            ) marks
        ) swept
        WHERE id IS NOT NULL AND (until IS NULL OR until < ends_at)
    """  # noqa: S608 - as above


# What is said of an appointment, for a join as ``appointment``; left joins, since it may be broken.
FACTS = """
    appointment.id, appointment.company_id, staff.name AS staff, service.name AS service,
    appointment.starts_at, appointment.ends_at, company.timezone AS zone
"""
FACTS_OF = """
    LEFT JOIN appointments_staff staff ON staff.id = appointment.staff_id
    LEFT JOIN appointments_service service ON service.id = appointment.service_id
    LEFT JOIN appointments_company company ON company.id = appointment.company_id
"""
