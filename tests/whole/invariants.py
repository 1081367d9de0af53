"""What must hold after each step, by the numbers of ``architecture.md`` §1."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from appointments.models import Allocation, Appointment
from integrations.models import BookingState, CalendarBooking
from tests.whole import mail
from tests.whole.stage import Stage

# Each independent of the constraints and of the code that should keep it so; all in one statement.
STATEMENTS = {
    "I1: in two places": """
        SELECT concat_ws(' ', a.id, b.id) FROM appointments_allocation a JOIN appointments_allocation b
        ON a.staff_id = b.staff_id AND a.id < b.id AND a.during && b.during WHERE a.company_id = %(company)s
    """,
    "I3: changed past the writer": """
        SELECT concat_ws(' ', a.id, a.status, h.status, a.revision, h.revision) FROM appointments_appointment a
        LEFT JOIN LATERAL (
            SELECT * FROM appointments_historicalappointment h WHERE h.id = a.id
            ORDER BY history_id DESC LIMIT 1
        ) h ON true
        WHERE a.company_id = %(company)s AND (h.id IS NULL
            OR (a.status, a.starts_at, a.staff_id, a.service_id, a.revision)
            IS DISTINCT FROM (h.status, h.starts_at, h.staff_id, h.service_id, h.revision))
    """,
    "I8: an allocation of another company's stylist": """
        SELECT l.id::text FROM appointments_allocation l JOIN appointments_staff s ON s.id = l.staff_id
        WHERE l.company_id = %(company)s AND l.company_id <> s.company_id
    """,
    "I8: an appointment across the border": """
        SELECT a.id::text FROM appointments_appointment a
        JOIN appointments_staff s ON s.id = a.staff_id JOIN appointments_service v ON v.id = a.service_id
        LEFT JOIN appointments_customer c ON c.id = a.customer_id WHERE a.company_id = %(company)s AND
        (a.company_id <> s.company_id OR a.company_id <> v.company_id OR a.company_id <> c.company_id)
    """,
    "I8: the neighbour has got something": """
        SELECT a.id::text FROM appointments_appointment a WHERE a.company_id = %(neighbour)s
        UNION ALL SELECT r.id::text FROM appointments_reservation r WHERE r.company_id = %(neighbour)s
    """,
    "I11: not half-open": """
        SELECT id::text FROM appointments_allocation WHERE company_id = %(company)s
        AND (NOT lower_inc(during) OR upper_inc(during) OR isempty(during))
    """,
    "I11: not as long as its phases": """
        SELECT a.id::text FROM appointments_appointment a
        JOIN appointments_appointmentphase p ON p.appointment_id = a.id
        WHERE a.company_id = %(company)s GROUP BY a.id
        HAVING min(p.starts_at) <> a.starts_at OR max(p.ends_at) <> a.ends_at
            OR sum(p.ends_at - p.starts_at) <> a.ends_at - a.starts_at
    """,
    "I12: pending without an age": """
        SELECT id::text FROM integrations_calendarsync WHERE company_id = %(company)s AND
            (state = 'pending' AND (pending_since IS NULL OR next_try_at IS NULL)
            OR promise = 'undecided' AND decide_by IS NULL)
        UNION ALL SELECT id::text FROM integrations_calendarbooking
            WHERE company_id = %(company)s AND state IN ('in_flight', 'unknown') AND deadline IS NULL
        UNION ALL SELECT id::text FROM appointments_reservation
            WHERE company_id = %(company)s AND state = 'held' AND expires_at > created_at + interval '11 minutes'
    """,
}
ALL = " UNION ALL ".join(
    f"SELECT $${name}$$, found.* FROM ({statement}) found"  # noqa: S608 - our own
    for name, statement in STATEMENTS.items()
)


def broken_now(stage: Stage) -> list[str]:
    appointments = stage.appointments()
    return [
        *_by_statement(stage),
        *_without_time(stage, appointments),
        *_strange_uids(stage),
        *stage.promises.check(appointments),
        *_uninvited(stage),
        *mail.Letterbox.untrue,
    ]


def _by_statement(stage: Stage) -> Iterable[str]:
    of = {"company": stage.salon.company.pk, "neighbour": stage.other.company.pk}
    with connection.cursor() as cursor:
        cursor.execute(ALL, of)
        return [f"{name}: {row}" for name, row in cursor.fetchall()]


def _without_time(stage: Stage, appointments: Iterable[Appointment]) -> Iterable[str]:
    """A promise owns its time, and nothing else does."""
    rows = Allocation.objects.filter(company=stage.salon.company, appointment__isnull=False)
    owned = Counter(rows.values_list("appointment", flat=True))
    for one in appointments:
        if one.is_blocking != bool(owned[one.pk]):
            yield f"I4: {one.pk} is {one.status} and has {owned[one.pk]} allocations"


def _strange_uids(stage: Stage) -> Iterable[str]:
    """No row says of a booking that it is another appointment's than the booking itself says."""
    rows = CalendarBooking.objects.filter(company=stage.salon.company, state=BookingState.EXISTS)
    for row in rows:
        there = stage.world.booking(row.uid or "")
        if row.uid is None:
            yield f"I6: row {row.pk} exists without uid"
        elif there is not None and row.origin != "foreign":
            carried = there.metadata.get("terminfest_appointment")
            if carried and carried != str(row.appointment_id):
                yield f"I6: {row.uid} of {carried} is noted for {row.appointment_id}"


def _uninvited(stage: Stage) -> Iterable[str]:
    """Bookings of other people go only if they or the salon's people want it."""
    for uid in stage.guests:
        there = stage.world.booking(uid)
        if there is None or not there.stands:
            yield f"I6: {uid} was a guest's booking and is gone"
