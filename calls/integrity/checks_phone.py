"""Numbers on which nothing is heard, messages that came to nothing, and people who were not called back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.availability.working import holidays_of
from appointments.integrity import Found, Scope, register, sql, subject
from appointments.models import Branch, OpeningHours
from appointments.models.integrity import Severity
from appointments.rules.hours import days_between
from calls.models import Callback
from calls.models.call import TEST_AGENT

# Of calls whose functions were asked: each is announced by messages of its own, before and after.
UNANNOUNCED = f"""
SELECT branch.id, branch.company_id, branch.name AS branch, count(*) AS calls, count(event.id) AS announced
FROM calls_call call
JOIN appointments_branch branch ON branch.id = call.branch_id
LEFT JOIN LATERAL (
    SELECT id FROM calls_callevent event WHERE event.call_id = call.call_id LIMIT 1
) event ON true
WHERE {sql.of_company("call")} AND branch.active AND call.agent_id <> %(test_agent)s
  AND call.started_at BETWEEN %(from)s AND %(until)s
  AND EXISTS (SELECT FROM calls_functioncall asked WHERE asked.call_id = call.id)
  AND EXISTS (SELECT FROM appointments_branchphonenumber number WHERE number.branch_id = branch.id)
GROUP BY branch.id
HAVING count(*) >= %(enough)s AND count(event.id) = 0
ORDER BY branch.id
"""  # noqa: S608 - nothing of it comes from outside

# A number that rang every day, and has not since.
SILENT = f"""
SELECT branch.id, branch.company_id, branch.name AS branch, max(call.started_at) AS since,
       count(*) AS calls, company.timezone AS zone
FROM calls_call call
JOIN appointments_branch branch ON branch.id = call.branch_id
JOIN appointments_company company ON company.id = branch.company_id
WHERE {sql.of_company("call")} AND branch.active AND call.agent_id <> %(test_agent)s
  AND call.started_at > %(usual_from)s
  AND EXISTS (SELECT FROM appointments_branchphonenumber number WHERE number.branch_id = branch.id)
GROUP BY branch.id, company.timezone
HAVING count(*) >= %(usual)s AND max(call.started_at) < %(silent_from)s
ORDER BY branch.id
"""  # noqa: S608 - as above

MESSAGES = """
SELECT event.outcome, count(*) AS events, min(event.received_at) AS since
FROM calls_callevent event
WHERE (event.outcome = 'new' AND event.received_at < %(late)s)
   OR (event.outcome IN ('failed', 'nobodys') AND event.received_at > %(recent)s)
GROUP BY event.outcome ORDER BY event.outcome
"""

CALLBACKS = f"""
SELECT callback.id, callback.company_id, callback.due_at, company.timezone AS zone
FROM calls_callback callback JOIN appointments_company company ON company.id = callback.company_id
WHERE callback.state = 'open' AND callback.due_at <= %(now)s AND {sql.of_company("callback")}
ORDER BY callback.due_at, callback.id
"""  # noqa: S608 - as above

SETTLED_AFTER, LOOKED_BACK, ENOUGH = timedelta(hours=1), timedelta(days=2), 3
USUAL_OF, USUAL = timedelta(days=16), 14
MESSAGE_LIMIT, RECENT = timedelta(hours=1), timedelta(days=7)


@register(
    id="calls.number_silent",
    severity=Severity.ERROR,
    title=_("Nothing is heard of a telephone number"),
    advice=_(
        "Call the number yourself. Then look at the voice platform: number, agent, and the webhook's address."
    ),
    sentences={
        "webhook": gettext_noop(
            "%(branch)s: %(calls)s calls were answered, but the voice platform has sent no message about any "
            "of them."
        ),
        "no_calls": gettext_noop(
            "%(branch)s: nobody has called since %(since_day)s, %(since_time)s; usually there are calls "
            "every day."
        ),
    },
)
def number_silent(scope: Scope) -> Iterator[Found]:
    """Incidents J4, J5, J11: 404 and 401 for days, a number that leads nowhere."""
    facts = {
        "test_agent": TEST_AGENT,
        "from": scope.now - LOOKED_BACK,
        "until": scope.now - SETTLED_AFTER,
        "enough": ENOUGH,
        "usual_from": scope.now - USUAL_OF,
        "usual": USUAL,
        "silent_from": scope.now - LOOKED_BACK,
    }
    for row in scope.rows(UNANNOUNCED, **facts):
        yield _of_branch(row, "webhook", calls=row.calls)
    for row in scope.rows(SILENT, **facts):
        if was_open(row.id, scope.now):
            yield _of_branch(row, "no_calls", since_at=row.since, zone=row.zone)


def _of_branch(row: Any, code: str, **facts: Any) -> Found:
    return Found(
        company_id=row.company_id,
        code=code,
        facts={"branch": row.branch, **facts},
        subjects=[subject(Branch, row.id)],
        key=f"{code}:{row.id}",
    )


def was_open(branch_id: int, now: datetime) -> bool:
    """On one of the days that have been silent: nobody calls over Christmas."""
    branch = Branch.objects.select_related("company").get(pk=branch_id)
    today = now.astimezone(branch.zone).date()
    days = days_between(today - LOOKED_BACK, today - timedelta(days=1))
    weekdays = set(OpeningHours.objects.filter(branch=branch).values_list("weekday", flat=True))
    holidays = holidays_of(branch.company, days)
    return any(day.weekday() in weekdays and day not in holidays for day in days)


@register(
    id="calls.messages_stuck",
    severity=Severity.ERROR,
    title=_("Messages about calls that came to nothing"),
    advice=_("See “Messages about calls”. Nobody's: enter the number or the agent at its branch."),
    sentences={
        "new": gettext_noop("%(events)s messages about calls wait since %(since_day)s, %(since_time)s."),
        "failed": gettext_noop("%(events)s messages about calls of the last days could not be worked on."),
        "nobodys": gettext_noop(
            "%(events)s messages about calls of the last days name a number or an agent that belongs to no "
            "branch."
        ),
    },
    of_installation=True,
)
def messages_stuck(scope: Scope) -> Iterator[Found]:
    """Whose call it is, is not known before a message has been looked at."""
    limits = {"late": scope.now - MESSAGE_LIMIT, "recent": scope.now - RECENT}
    for row in scope.rows(MESSAGES, **limits):
        facts = {"events": row.events, "since_at": row.since}
        yield Found(company_id=None, code=row.outcome, facts=facts, key=row.outcome)


@register(
    id="calls.callback_overdue",
    severity=Severity.ERROR,
    title=_("Somebody waits to be called back"),
    advice=_("Call now, then mark it as done on the list of callbacks."),
    sentence=gettext_noop("A callback was promised by %(due_day)s, %(due_time)s, and is still open."),
)
def callbacks_overdue(scope: Scope) -> Iterator[Found]:
    for row in scope.rows(CALLBACKS):
        yield Found(
            company_id=row.company_id,
            facts={"due_at": row.due_at, "zone": row.zone},
            subjects=[subject(Callback, row.id)],
        )
