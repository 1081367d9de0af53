"""What the alarms about the phone measure, by set, for all companies at once."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from appointments.alarms import Measured
from appointments.integrity import Scope
from calls.call_rows import ATTEMPTS, BOOKING, attempts
from calls.integrity.checks_phone import SETTLED_AFTER, UNANNOUNCED, USUAL, USUAL_OF, was_open
from calls.models import CallAppointment, CallClaim, ClaimKind, FunctionCall, Relationship
from calls.models.call import TEST_AGENT
from integrations.models import CalendarCase, CaseKind

# Before this nobody calls it quiet, whatever the threshold.
QUIET_FROM = timedelta(hours=6)
LONGEST_CALL = timedelta(hours=3)
FAILED = ATTEMPTS["taken"][1] | ATTEMPTS["race"][1] | ATTEMPTS["refused"][1] | ATTEMPTS["failed"][1]
# What a caller who wanted a time was told.
GRANTED = ("available", "valid", "existing", "booked", "already_booked", "provisional", "rescheduled")
DENIED = ("unavailable", "lost", "slot_taken", "refused")

# Of today, by each company's clock: whoever was denied a time and granted none.
TURNED_AWAY = """
SELECT company_id, count(*) AS calls, count(*) FILTER (WHERE NOT granted) AS turned_away
FROM (
    SELECT call.company_id, call.id, bool_or(asked.status = ANY(%(granted)s)) AS granted
    FROM calls_functioncall asked
    JOIN calls_call call ON call.id = asked.call_id
    JOIN appointments_company company ON company.id = call.company_id
    WHERE asked.created_at >= %(earliest)s AND asked.created_at <= %(now)s
      AND asked.created_at >=
          date_trunc('day', %(now)s AT TIME ZONE company.timezone) AT TIME ZONE company.timezone
      AND asked.status = ANY(%(decided)s) AND call.agent_id <> %(test_agent)s
    GROUP BY call.company_id, call.id
) each
GROUP BY company_id ORDER BY company_id
"""

# What was booked with gaps has more than one row in the ledger.
SLOWEST = """
SELECT call.company_id, max(asked.milliseconds) / 1000.0 AS seconds, count(*) AS bookings
FROM calls_functioncall asked
JOIN calls_call call ON call.id = asked.call_id
WHERE asked.created_at > %(since)s AND asked.created_at <= %(now)s AND asked.name = ANY(%(booking)s)
  AND asked.status IN ('booked', 'provisional') AND call.agent_id <> %(test_agent)s
  AND (SELECT count(*) FROM appointments_allocation taken
       WHERE taken.appointment_id = (asked.reply ->> 'appointment_id')::bigint) > 1
GROUP BY call.company_id ORDER BY call.company_id
"""

# The last call of each number; only where that is long ago are the calls of before counted.
QUIET = """
SELECT branch.id, branch.company_id, branch.name AS branch, last.at AS since
FROM appointments_branch branch
CROSS JOIN LATERAL (
    SELECT call.started_at AS at FROM calls_call call
    WHERE call.branch_id = branch.id AND call.agent_id <> %(test_agent)s
    ORDER BY call.started_at DESC LIMIT 1
) last
WHERE branch.active AND last.at BETWEEN %(usual_from)s AND %(silent_from)s
  AND EXISTS (SELECT FROM appointments_branchphonenumber number WHERE number.branch_id = branch.id)
  AND (SELECT count(*) FROM calls_call call
       WHERE call.branch_id = branch.id AND call.started_at > %(usual_from)s
         AND call.agent_id <> %(test_agent)s) >= %(usual)s
ORDER BY branch.id
"""


def _tried(now: datetime, window: timedelta) -> QuerySet[FunctionCall]:
    return attempts(FunctionCall.objects.filter(created_at__gt=now - window, created_at__lte=now))


def _share(rows: QuerySet[FunctionCall], of_these: Q) -> Iterator[Measured]:
    counted = (
        rows.order_by()
        .values_list("call__company")
        .annotate(every=Count("pk"), some=Count("pk", filter=of_these))
    )
    for company_id, every, some in counted:
        yield Measured(company_id=company_id, value=100 * some / every, count=every)


def booking_failures(now: datetime, window: timedelta) -> Iterator[Measured]:
    yield from _share(_tried(now, window), FAILED)


def race_rate(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Of the attempts to book, those that lost a time which had just been called free (incident 4)."""
    yield from _share(_tried(now, window), ATTEMPTS["race"][1])


def all_refused(now: datetime, window: timedelta) -> Iterator[Measured]:
    """The day of incident 1: every single caller was refused."""
    facts = {
        "granted": list(GRANTED),
        "decided": [*GRANTED, *DENIED],
        # No zone's day began earlier.
        "earliest": now - timedelta(hours=26),
        "test_agent": TEST_AGENT,
    }
    for row in Scope(now=now).rows(TURNED_AWAY, **facts):
        share = 100 * row.turned_away / row.calls
        yield Measured(company_id=row.company_id, value=share, count=row.calls)


def slow_compound(now: datetime, window: timedelta) -> Iterator[Measured]:
    facts = {"since": now - window, "booking": list(BOOKING), "test_agent": TEST_AGENT}
    for row in Scope(now=now).rows(SLOWEST, **facts):
        yield Measured(company_id=row.company_id, value=float(row.seconds), count=row.bookings)


def wrong_times(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Cal.com booked something else than was promised, or the agent said "gebucht" of what was not."""
    since = now - window
    cases = CalendarCase.objects.filter(kind=CaseKind.OTHER_BOOKING, opened_at__gt=since, opened_at__lte=now)
    claims = CallClaim.objects.filter(
        kind=ClaimKind.BOOKED,
        call__contradictions__gt=0,
        call__started_at__gt=since - LONGEST_CALL,
        call__ended_at__gt=since,
        call__ended_at__lte=now,
    ).exclude(call__agent_id=TEST_AGENT)
    by_company: dict[int, int] = {}
    for rows, company in ((cases, "company"), (claims, "call__company")):
        for company_id, count in rows.order_by().values_list(company).annotate(Count("pk")):
            by_company[company_id] = by_company.get(company_id, 0) + count
    for company_id, count in by_company.items():
        yield Measured(company_id=company_id, value=count, count=count)


def duplicates(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Attempts to book what the customer had already (incident 5)."""
    repeated = CallAppointment.objects.filter(
        relationship=Relationship.DUPLICATE_ATTEMPT, created_at__gt=now - window, created_at__lte=now
    )
    counted = repeated.order_by().values_list("company").annotate(Count("pk"))
    for company_id, count in counted:
        yield Measured(company_id=company_id, value=count, count=count)


def silent_numbers(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Answered calls, by branch, of which not one message of the platform told (incidents J4, J5). Messages
    of the last hour may still be on their way.
    """
    facts = {
        "test_agent": TEST_AGENT,
        "from": now - window,
        "until": now - min(SETTLED_AFTER, window / 2),
        "enough": 1,
    }
    for row in Scope(now=now).rows(UNANNOUNCED, **facts):
        yield Measured(
            company_id=row.company_id,
            value=row.calls,
            count=row.calls,
            key=f"branch:{row.id}",
            facts={"branch": row.branch},
        )


def quiet_numbers(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Hours since anybody called a number that rings every day, opening days only."""
    facts = {
        "test_agent": TEST_AGENT,
        "usual_from": now - USUAL_OF,
        "usual": USUAL,
        "silent_from": now - QUIET_FROM,
    }
    for row in Scope(now=now).rows(QUIET, **facts):
        if was_open(row.id, now):
            yield Measured(
                company_id=row.company_id,
                value=(now - row.since).total_seconds() / 3600,
                key=f"branch:{row.id}",
                facts={"branch": row.branch},
            )
