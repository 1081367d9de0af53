"""Whether Cal.com can be asked, was asked, and tells us what happens there."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity import Found, Scope, Subject, register, sql, subject
from appointments.models import Company
from appointments.models.integrity import Severity
from integrations.calcom.errors import KeyUnreadable, RateLimited, Trouble, Unauthorized
from integrations.incoming.rounds import with_calendar
from integrations.integrity.witness import NO_KEY, testimony
from integrations.models import CalendarConnection

# Left alone by the breaker for a moment is no news; for longer it is.
PATIENCE = timedelta(minutes=15)
COMPARED_WITHIN = timedelta(hours=6)
SILENT_FOR = timedelta(days=1)
# An answer of Cal.com's that a message must have followed by now.
FOLLOWS_WITHIN = timedelta(minutes=30)

CONNECTIONS = f"""
SELECT connection.id, connection.company_id, company.timezone AS zone, connection.opened_at,
       connection.last_error_code, connection.last_error_at, connection.last_success_at,
       connection.reconciled_until, connection.created_at
FROM integrations_calendarconnection connection
JOIN appointments_company company ON company.id = connection.company_id
WHERE {sql.of_company("connection")}
"""  # noqa: S608 - nothing of it comes from outside

# What we entered and nobody told us of: each booking there is announced by a message, our own too.
SILENT = f"""
SELECT connection.id, connection.company_id, company.timezone AS zone, heard.last_at AS since,
       count(booking.id) AS bookings
FROM integrations_calendarconnection connection
JOIN appointments_company company ON company.id = connection.company_id
JOIN integrations_calendarbooking booking ON booking.company_id = connection.company_id
 AND booking.state = 'exists' AND booking.origin IN ('created', 'moved')
 AND booking.settled_at BETWEEN %(from)s AND %(until)s
LEFT JOIN LATERAL (
    SELECT max(event.received_at) AS last_at FROM integrations_calendarevent event
    WHERE event.company_id = connection.company_id
) heard ON true
WHERE {sql.of_company("connection")} AND (connection.webhook_id <> '' OR heard.last_at IS NOT NULL)
  AND coalesce(heard.last_at < %(from)s, true)
GROUP BY connection.id, company.timezone, heard.last_at
HAVING count(booking.id) >= 1
"""  # noqa: S608 - as above

REJECTED = {Unauthorized.code, KeyUnreadable.code}
RESTRAINT = {Trouble.BUDGET.value, Trouble.BREAKER_OPEN.value, Trouble.DEADLINE.value, RateLimited.code}


@register(
    id="integrations.calendar_unreachable",
    severity=Severity.ERROR,
    title=_("Cal.com cannot be asked"),
    advice=_(
        "Nothing is lost: everything waits and is made up for. See the page of the connection to Cal.com."
    ),
    sentences={
        "no_key": gettext_noop("A branch uses the calendar, but there is no key for Cal.com."),
        "rejected": gettext_noop("Cal.com does not accept the key, or the stored key cannot be decrypted."),
        "silent": gettext_noop("Cal.com does not answer, so nobody knows what stands there."),
        "restraint": gettext_noop(
            "Cal.com could not be asked for everything this time, because it allows no more requests at the "
            "moment."
        ),
    },
)
def unreachable(scope: Scope) -> Iterator[Found]:
    told: set[int] = set()
    for company in scope.companies():
        trouble = testimony(scope, company).trouble
        if trouble:
            told.add(company.pk)
            yield _trouble(company, _code(trouble))
    for row in scope.rows(CONNECTIONS):
        open_for_long = row.opened_at is not None and row.opened_at <= scope.now - PATIENCE
        rejected = row.last_error_code in REJECTED and not _has_recovered(row)
        if row.company_id not in told and (open_for_long or rejected):
            code = "rejected" if rejected else "silent"
            yield Found(
                company_id=row.company_id,
                code=code,
                subjects=[subject(CalendarConnection, row.id)],
                key="unreachable",
            )


def _has_recovered(row: Any) -> bool:
    success, error = row.last_success_at, row.last_error_at
    return success is not None and (error is None or success > error)


def _code(trouble: str) -> str:
    if trouble == NO_KEY:
        return "no_key"
    if trouble in REJECTED:
        return "rejected"
    return "restraint" if trouble in RESTRAINT else "silent"


def _trouble(company: Company, code: str) -> Found:
    rows = CalendarConnection.objects.filter(company=company).values_list("pk", flat=True)
    subjects: list[Subject] = [subject(CalendarConnection, pk) for pk in rows]
    severity = Severity.WARNING if code == "restraint" else None
    return Found(company_id=company.pk, code=code, subjects=subjects, severity=severity, key="unreachable")


@register(
    id="integrations.not_compared",
    severity=Severity.WARNING,
    title=_("Not compared with Cal.com for long"),
    advice=_(
        "The worker compares every quarter of an hour. “Compare everything now” on the page of the "
        "connection."
    ),
    sentences={
        "": gettext_noop(
            "All appointments were last compared with Cal.com on %(since_day)s at %(since_time)s."
        ),
        "never": gettext_noop("The appointments have never been wholly compared with Cal.com."),
    },
)
def not_compared(scope: Scope) -> Iterator[Found]:
    using = set(with_calendar().values_list("pk", flat=True))
    for row in scope.rows(CONNECTIONS):
        since = row.reconciled_until or row.created_at
        if row.company_id in using and since < scope.now - COMPARED_WITHIN:
            yield Found(
                company_id=row.company_id,
                code="" if row.reconciled_until else "never",
                facts={"since_at": since, "zone": row.zone},
                subjects=[subject(CalendarConnection, row.id)],
            )


@register(
    id="integrations.webhook_silent",
    severity=Severity.WARNING,
    title=_("Cal.com sends no messages"),
    advice=_(
        "What is booked there arrives a quarter of an hour late. Check the webhook: setup_calendar_webhook "
        "--check."
    ),
    sentences={
        "": gettext_noop(
            "%(bookings)s bookings were entered at Cal.com within a day, but no message of it has come since "
            "%(since_day)s, %(since_time)s."
        ),
        "never": gettext_noop(
            "%(bookings)s bookings were entered at Cal.com within a day, but no message of it has ever come."
        ),
    },
)
def webhook_silent(scope: Scope) -> Iterator[Found]:
    """Incidents F12, J5: switched off unnoticed."""
    window = {"from": scope.now - SILENT_FOR, "until": scope.now - FOLLOWS_WITHIN}
    for row in scope.rows(SILENT, **window):
        yield Found(
            company_id=row.company_id,
            code="" if row.since else "never",
            facts={"bookings": row.bookings, "since_at": row.since, "zone": row.zone},
            subjects=[subject(CalendarConnection, row.id)],
        )
