"""Everything that can be pending has an age limit (invariant I12)."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity import Found, Scope, register, sql, subject
from appointments.integrity.facts import facts_of
from appointments.models import Appointment
from appointments.models.integrity import Severity
from integrations.convergence.due import PENDING_LIMIT
from integrations.integrity.repairs import bring_about, preview, state_of_calendar
from integrations.models import CalendarCase, CalendarEvent, CaseKind

OVERDUE = f"""
SELECT {sql.FACTS}, sync.pending_since AS since
FROM integrations_calendarsync sync
JOIN appointments_appointment appointment ON appointment.id = sync.appointment_id
{sql.FACTS_OF}
WHERE {sql.of_company("sync")} AND (
    (sync.state = 'pending' AND sync.pending_since <= %(late)s)
    OR (sync.promise = 'undecided' AND sync.decide_by <= %(late)s)
)
ORDER BY sync.pending_since, sync.id
"""  # noqa: S608 - nothing of it comes from outside

CASES = f"""
SELECT opened.id AS case_id, opened.company_id AS of_company, opened.kind, opened.opened_at AS since,
       opened.appointment_id, company.timezone AS zone, staff.name AS staff, service.name AS service,
       appointment.starts_at, appointment.ends_at
FROM integrations_calendarcase opened
JOIN appointments_company company ON company.id = opened.company_id
LEFT JOIN appointments_appointment appointment ON appointment.id = opened.appointment_id
LEFT JOIN appointments_staff staff ON staff.id = appointment.staff_id
LEFT JOIN appointments_service service ON service.id = appointment.service_id
WHERE opened.solved_at IS NULL AND {sql.of_company("opened")}
ORDER BY opened.opened_at, opened.id
"""  # noqa: S608 - as above

MESSAGES = f"""
SELECT event.id, event.company_id, event.outcome, event.received_at AS since, company.timezone AS zone
FROM integrations_calendarevent event JOIN appointments_company company ON company.id = event.company_id
WHERE {sql.of_company("event")} AND (
    (event.outcome = 'new' AND event.received_at < %(late)s)
    OR (event.outcome = 'failed' AND event.received_at > %(recent)s)
)
ORDER BY event.received_at, event.id
"""  # noqa: S608 - as above
# A message may have to wait for the end of a request of ours.
MESSAGE_LIMIT = timedelta(hours=1)
RECENT = timedelta(days=7)


@register(
    id="integrations.pending_overdue",
    severity=Severity.ERROR,
    title=_("The calendar has not followed for too long"),
    advice=_("The repair tries at once. If it goes on, look at the connection to Cal.com and at the worker."),
    sentence=gettext_noop(
        "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s has been waiting for the calendar "
        "since %(since_day)s, %(since_time)s."
    ),
    repair=bring_about,
    preview=preview,
    state=state_of_calendar,
)
def pending_overdue(scope: Scope) -> Iterator[Found]:
    """Incident F6: pending for thirteen days, and nobody heard of it."""
    for row in scope.rows(OVERDUE, late=scope.now - PENDING_LIMIT):
        yield Found(
            company_id=row.company_id,
            facts={**facts_of(row), "since_at": row.since or scope.now},
            subjects=[subject(Appointment, row.id)],
        )


@register(
    id="integrations.case_open",
    severity=Severity.ERROR,
    title=_("A calendar case waits for a decision"),
    advice=_("Open the case: it shows both sides and the ways out."),
    sentences={
        **{
            kind.value: text
            for kind, text in {
                CaseKind.REFUSED: gettext_noop(
                    "Cal.com refuses %(what)s. The case is open since %(since_day)s."
                ),
                CaseKind.OTHER_BOOKING: gettext_noop(
                    "Cal.com booked something else than %(what)s. The case is open since %(since_day)s."
                ),
                CaseKind.OVERLAP: gettext_noop(
                    "Another booking at Cal.com overlaps %(what)s. The case is open since %(since_day)s."
                ),
                CaseKind.CONFLICT: gettext_noop(
                    "A booking from Cal.com meets a taken time: %(what)s. The case is open since "
                    "%(since_day)s."
                ),
                CaseKind.MOVED: gettext_noop(
                    "At Cal.com somebody has moved %(what)s. The case is open since %(since_day)s."
                ),
                CaseKind.CANCELLED: gettext_noop(
                    "At Cal.com somebody has cancelled %(what)s. The case is open since %(since_day)s."
                ),
                CaseKind.MISSING: gettext_noop(
                    "At Cal.com %(what)s is gone. The case is open since %(since_day)s."
                ),
                CaseKind.UNMAPPED: gettext_noop(
                    "%(what)s cannot stand at Cal.com: nobody there, or no event type. The case is open "
                    "since %(since_day)s."
                ),
            }.items()
        },
        "": gettext_noop(
            "A booking at Cal.com cannot be assigned to anybody. The case is open since %(since_day)s."
        ),
    },
)
def cases_open(scope: Scope) -> Iterator[Found]:
    for row in scope.rows(CASES):
        known = row.appointment_id is not None and row.starts_at is not None
        yield Found(
            company_id=row.of_company,
            code=row.kind if known else "",
            facts={
                "what": f"{row.service}, {row.staff}" if known else "",
                "since_at": row.since,
                "zone": row.zone,
            },
            subjects=[
                subject(CalendarCase, row.case_id),
                *([subject(Appointment, row.appointment_id)] if known else []),
            ],
        )


@register(
    id="integrations.messages_stuck",
    severity=Severity.WARNING,
    title=_("Messages of Cal.com that came to nothing"),
    advice=_(
        "What they said comes with the comparison every quarter of an hour. If many wait, the worker is "
        "still."
    ),
    sentences={
        "new": gettext_noop("A message of Cal.com of %(since_day)s, %(since_time)s, has not been worked on."),
        "failed": gettext_noop(
            "A message of Cal.com of %(since_day)s, %(since_time)s, could not be worked on."
        ),
    },
)
def messages_stuck(scope: Scope) -> Iterator[Found]:
    limits = {"late": scope.now - MESSAGE_LIMIT, "recent": scope.now - RECENT}
    for row in scope.rows(MESSAGES, **limits):
        yield Found(
            company_id=row.company_id,
            code=row.outcome,
            facts={"since_at": row.since, "zone": row.zone},
            subjects=[subject(CalendarEvent, row.id)],
        )
