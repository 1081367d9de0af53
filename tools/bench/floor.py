"""The floor: the least SQL that does the same, through psycopg alone, committed as ours is."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from psycopg import Connection
from psycopg.types.json import Json
from psycopg.types.range import TimestamptzRange

CUT = timedelta(minutes=55)
PHASES = [{"name": "", "minutes": 55, "busy": True}]
TAKEN = """
SELECT staff_id, during FROM appointments_allocation
WHERE int8range(staff_id, staff_id, '[]') && int8range(%s, %s, '[]') AND during && %s
"""


def hold(connection: Connection[Any], facts: dict[str, Any], start: datetime) -> int:
    """Lock the stylist, look whether the time is free, hold it."""
    period = TimestamptzRange(start, start + CUT)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM appointments_staff WHERE id = %s FOR NO KEY UPDATE", [facts["staff"]])
        cursor.fetchone()
        cursor.execute(TAKEN, [facts["staff"], facts["staff"], period])
        if cursor.fetchall():
            raise RuntimeError(start)
        cursor.execute(
            "INSERT INTO appointments_reservation (company_id, branch_id, staff_id, service_id, token, holder, "
            "person, staff_wished, starts_at, ends_at, phases, buffer_before_minutes, buffer_after_minutes, "
            "blocks_span, state, created_at, expires_at, expires_at_latest) VALUES "
            "(%s, %s, %s, %s, %s, 'floor', '', false, %s, %s, %s, 0, 0, false, 'held', %s, %s, %s) RETURNING id",
            [
                facts["company"], facts["branch"], facts["staff"], facts["service"], token_urlsafe(16),
                start, start + CUT, Json(PHASES), facts["now"], facts["later"], facts["later"],
            ],
        )  # fmt: skip
        (reservation,) = cursor.fetchone() or (0,)
        cursor.execute(
            "INSERT INTO appointments_allocation (company_id, staff_id, during, position, reservation_id) "
            "VALUES (%s, %s, %s, 1, %s)",
            [facts["company"], facts["staff"], period, reservation],
        )
    return int(reservation)


def book(connection: Connection[Any], facts: dict[str, Any], start: datetime, reservation: int) -> None:
    """Turn the hold into an appointment with its customer, phase and allocation."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM appointments_staff WHERE id = %s FOR NO KEY UPDATE", [facts["staff"]])
        cursor.execute("SELECT state FROM appointments_reservation WHERE id = %s FOR UPDATE", [reservation])
        cursor.execute(
            "INSERT INTO appointments_customer (company_id, name, notes, created_at) VALUES (%s, 'Floor', '', %s) "
            "RETURNING id",
            [facts["company"], facts["now"]],
        )
        (customer,) = cursor.fetchone() or (0,)
        cursor.execute(
            "INSERT INTO appointments_appointment (company_id, branch_id, staff_id, service_id, customer_id, "
            "attendee_name, starts_at, ends_at, status, source, currency, notes, buffer_before_minutes, "
            "buffer_after_minutes, blocks_span, staff_wished, created_at, updated_at, revision) VALUES "
            "(%s, %s, %s, %s, %s, '', %s, %s, 'booked', 'phone', 'EUR', '', 0, 0, false, false, %s, %s, 1) "
            "RETURNING id",
            [
                facts["company"], facts["branch"], facts["staff"], facts["service"], customer,
                start, start + CUT, facts["now"], facts["now"],
            ],
        )  # fmt: skip
        (appointment,) = cursor.fetchone() or (0,)
        cursor.execute(
            "INSERT INTO appointments_appointmentphase (appointment_id, position, name, starts_at, ends_at, busy) "
            "VALUES (%s, 1, '', %s, %s, true)",
            [appointment, start, start + CUT],
        )
        cursor.execute(
            "UPDATE appointments_allocation SET appointment_id = %s, reservation_id = NULL WHERE reservation_id = %s",
            [appointment, reservation],
        )
        cursor.execute(
            "UPDATE appointments_reservation SET state = 'converted', appointment_id = %s WHERE id = %s",
            [appointment, reservation],
        )


def week(connection: Connection[Any], staff_ids: list[int], first: datetime) -> int:
    """Everything that is taken of eight people in seven days: what any solver has to read."""
    points = "{" + ",".join(f"[{pk},{pk}]" for pk in staff_ids) + "}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT staff_id, during FROM appointments_allocation "
            "WHERE int8range(staff_id, staff_id, '[]') && %s::int8multirange AND during && %s",
            [points, TimestamptzRange(first, first + timedelta(days=7))],
        )
        return len(cursor.fetchall())


def day_of_one(connection: Connection[Any], staff_id: int, midnight: datetime) -> int:
    """Everything that is taken of one person on a day."""
    period = TimestamptzRange(midnight, midnight + timedelta(days=1))
    with connection.cursor() as cursor:
        cursor.execute(TAKEN, [staff_id, staff_id, period])
        return len(cursor.fetchall())


def day_of_all(connection: Connection[Any], branch_id: int, midnight: datetime) -> int:
    """What a calendar shows of a branch's day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, a.starts_at, a.ends_at, a.status, staff.name, service.name, customer.name "
            "FROM appointments_appointment a JOIN appointments_staff staff ON staff.id = a.staff_id "
            "JOIN appointments_service service ON service.id = a.service_id "
            "LEFT JOIN appointments_customer customer ON customer.id = a.customer_id "
            "WHERE a.branch_id = %s AND a.starts_at >= %s AND a.starts_at < %s ORDER BY a.starts_at",
            [branch_id, midnight, midnight + timedelta(days=1)],
        )
        return len(cursor.fetchall())
