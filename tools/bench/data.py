"""Salons full of appointments, loaded past the writer.

Every salon has the same density (eight stylists, ten appointments each a day, 125 days around
today, evenings free), so what grows from 10,000 to 1,000,000 appointments is the number of salons
and the size of the tables and indexes, not the work of one question.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from appointments.models import Branch, BranchPhoneNumber, Company, OpeningHours, Service, ServicePhase, Staff

ZONE = ZoneInfo("Europe/Berlin")
STAFF_PER_SALON = 8
DAYS = 125
DAYS_BEFORE = 60
PER_DAY = 10
PER_SALON = STAFF_PER_SALON * DAYS * PER_DAY
FIRST_HOUR, FREE_FROM, CLOSES = 8, 18, 22
PERM = ((50, True), (15, False), (5, True), (10, False), (15, True), (40, True))

LOAD = """
INSERT INTO appointments_customer (company_id, name, phone, notes, created_at)
SELECT company.id, 'Kunde ' || n, '+4930' || (10000000 + n + 1000 * company.id), '', %(now)s
FROM appointments_company company, generate_series(1, %(customers)s) n;

INSERT INTO appointments_appointment (
    company_id, branch_id, staff_id, service_id, customer_id, attendee_name, starts_at, ends_at, status,
    source, currency, notes, buffer_before_minutes, buffer_after_minutes, blocks_span, staff_wished,
    created_at, updated_at, revision
)
SELECT staff.company_id, staff.branch_id, staff.id, service.id, NULL, '', start, start + interval '55 minutes',
       'booked', 'phone', 'EUR', '', 0, 0, false, false, %(now)s, %(now)s, 1
FROM appointments_staff staff
JOIN appointments_service service ON service.company_id = staff.company_id AND service.name = 'Herrenhaarschnitt',
     generate_series(0, %(days)s - 1) AS day,
     generate_series(0, %(per_day)s - 1) AS slot,
     LATERAL (SELECT %(first)s::timestamptz + day * interval '1 day' + slot * interval '1 hour' AS start) times;

INSERT INTO appointments_appointmentphase (appointment_id, position, name, starts_at, ends_at, busy)
SELECT id, 1, '', starts_at, ends_at, true FROM appointments_appointment;

INSERT INTO appointments_allocation (company_id, staff_id, during, position, appointment_id)
SELECT company_id, staff_id, tstzrange(starts_at, ends_at), 1, id FROM appointments_appointment;

INSERT INTO calls_call (
    company_id, branch_id, call_id, agent_id, caller, direction, started_at, status, ended_at, duration_ms,
    disconnection_reason, cost_cents, sentiment
)
SELECT branch.company_id, branch.id, 'loaded_' || branch.id || '_' || n, 'agent',
       '+4930' || (10000000 + 1 + n %% %(customers)s + 1000 * branch.company_id), 'inbound',
       %(now)s - n * interval '20 minutes', 'ended', %(now)s - n * interval '20 minutes' + interval '2 minutes',
       120000, 'user_hangup', 12, 'Neutral'
FROM appointments_branch branch, generate_series(1, %(calls)s) n;

INSERT INTO calls_functioncall (
    call_id, name, tool_call_id, args, args_digest, unknown_args, reply, status, error, milliseconds, created_at
)
SELECT id, 'check_availability', '', '{}', '', '[]', '{"success": true, "status": "available"}', 'available', '',
       20, started_at
FROM calls_call;

UPDATE appointments_appointment appointment SET customer_id = customer.id
FROM (SELECT id, company_id, row_number() OVER (PARTITION BY company_id ORDER BY id) AS n
      FROM appointments_customer) customer
WHERE customer.company_id = appointment.company_id AND customer.n = 1 + appointment.id %% 499
  AND %(with_customers)s;
"""


def load(
    *,
    appointments: int,
    now: datetime,
    customers: int = 500,
    calls: int = 0,
    with_customers: bool | None = None,
) -> list[Branch]:
    """Empties the tables and fills them with at least ``appointments``; the branches, each a company's.

    ``customers`` and ``calls`` are their numbers in each salon; of customers 500 at least.
    ``with_customers``: whether the appointments are somebody's; None: only those of a single salon.
    """
    salons = max(1, appointments // PER_SALON)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE appointments_company RESTART IDENTITY CASCADE")
    branches = [_salon(number) for number in range(1, salons + 1)]
    first = datetime.combine(now.date() - timedelta(days=DAYS_BEFORE), datetime.min.time(), tzinfo=ZONE)
    facts = {
        "now": now,
        "days": DAYS,
        "per_day": PER_DAY,
        "customers": customers,
        "calls": calls,
        "first": first.replace(hour=FIRST_HOUR),
        "with_customers": salons == 1 if with_customers is None else with_customers,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # Row by row the constraint and the triggers would take longer than the load itself; the
        # constraint is built again below, over all rows, and would refuse an overlap.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        cursor.execute("ALTER TABLE appointments_allocation DROP CONSTRAINT allocation_one_place_at_a_time")
        for statement in LOAD.split(";"):
            if statement.strip():
                cursor.execute(statement, facts)
        cursor.execute(
            "ALTER TABLE appointments_allocation ADD CONSTRAINT allocation_one_place_at_a_time "
            "EXCLUDE USING gist (int8range(staff_id, staff_id, '[]') WITH &&, during WITH &&) "
            "DEFERRABLE INITIALLY IMMEDIATE"
        )
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("RESET statement_timeout")
    return branches


def _salon(number: int) -> Branch:
    company = Company.objects.create(name=f"Salon {number}", slug=f"salon-{number}")
    branch = Branch.objects.create(company=company, name="Mitte", calendar="off", slot_minutes=5)
    BranchPhoneNumber.objects.create(branch=branch, number=f"+4930555{number:05d}")
    OpeningHours.objects.bulk_create(
        OpeningHours(branch=branch, weekday=weekday, start_minute=FIRST_HOUR * 60, end_minute=CLOSES * 60)
        for weekday in range(7)
    )
    Staff.objects.bulk_create(
        Staff(company=company, branch=branch, name=f"Stylist {number}-{place}")
        for place in range(STAFF_PER_SALON)
    )
    _service(company, "Herrenhaarschnitt", ((55, True),))
    _service(company, "Dauerwelle", PERM)
    return branch


def _service(company: Company, name: str, phases: tuple[tuple[int, bool], ...]) -> None:
    service = Service.objects.create(company=company, name=name, price="30.00")
    ServicePhase.objects.bulk_create(
        ServicePhase(service=service, position=position, minutes=minutes, busy=busy)
        for position, (minutes, busy) in enumerate(phases, start=1)
    )


def free_evenings(today: date) -> list[datetime]:
    """Starts at which every stylist is free: four an evening, on each of the coming days."""
    return [
        datetime.combine(today + timedelta(days=day), datetime.min.time(), tzinfo=ZONE).replace(hour=hour)
        for day in range(1, DAYS - DAYS_BEFORE - 1)
        for hour in range(FREE_FROM, CLOSES - 1)
    ]
