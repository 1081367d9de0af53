"""Calls that know nothing of the appointment they were about, and calls whose agent made something up."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity import Found, Refused, Scope, Sentence, register, sql, subject
from appointments.integrity.states import States, states_of
from appointments.models import Appointment, Finding
from appointments.models.integrity import Severity
from calls.linking import CHUNK, Judged, Verdict, judge_asked, link
from calls.linking.candidates import BOOKS, BY_STATUS
from calls.models import Call, CallAppointment

STATUSES = ", ".join(f"'{status}'" for status in BY_STATUS)
NAMES = ", ".join(f"'{name}'" for name in BOOKS)
# By set, what cannot be judged without reading words: who says which appointment, and is not linked with
# it; and known customers who wanted to book and whose call is linked with nothing (incident 5).
UNLINKED = f"""
SELECT asked.id
FROM calls_functioncall asked JOIN calls_call call ON call.id = asked.call_id
WHERE {sql.of_company("call")} AND asked.status IN ({STATUSES})
  AND jsonb_typeof(asked.reply -> 'appointment_id') = 'number' AND NOT EXISTS (
    SELECT FROM calls_callappointment link
    WHERE link.call_id = asked.call_id AND link.appointment_id = (asked.reply ->> 'appointment_id')::numeric
)
UNION
SELECT asked.id
FROM calls_functioncall asked JOIN calls_call call ON call.id = asked.call_id
WHERE {sql.of_company("call")} AND asked.name IN ({NAMES}) AND call.customer_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM calls_callappointment link WHERE link.call_id = asked.call_id)
ORDER BY 1
"""  # noqa: S608 - nothing of it comes from outside

CLAIMS = f"""
SELECT call.id, call.company_id, call.started_at, company.timezone AS zone,
       array_agg(DISTINCT claim.kind) AS kinds
FROM calls_call call
JOIN calls_callclaim claim ON claim.call_id = call.id
JOIN appointments_company company ON company.id = call.company_id
WHERE call.contradictions > 0 AND call.started_at > %(recent)s AND {sql.of_company("call")}
GROUP BY call.id, company.timezone
ORDER BY call.id
"""  # noqa: S608 - as above
# Longer ago nobody can say sorry for it any more; the calls stay in their list.
RECENT = timedelta(days=7)
DONE = {"booked", "cancelled", "moved"}

LINKED = gettext_noop("The call of %(call_day)s, %(call_time)s, is linked with the appointment it was about.")


def judged(scope: Scope) -> Iterator[Judged]:
    """What is not linked yet, chunk by chunk; each chunk a fixed number of queries."""
    ids: Iterator[int] = (row.id for row in scope.rows(UNLINKED))
    while chunk := list(islice(ids, CHUNK)):
        yield from judge_asked(chunk)


def link_it(finding: Finding, now: datetime) -> Sequence[Sentence]:
    label = Call._meta.label_lower
    ids = [each["id"] for each in finding.subjects if each["model"] == label]
    calls = Call.objects.filter(pk__in=ids, company=finding.company_id)
    asked = calls.order_by("function_calls__pk").values_list("function_calls__pk", flat=True)
    found = [each for each in judge_asked([pk for pk in asked if pk]) if each.verdict is Verdict.LINKED]
    if not found:
        raise Refused(gettext_noop("There is nothing to be linked any more."))
    link(found)
    return list(_sentences(found))


def state_of_links(finding: Finding) -> States:
    calls = [each["id"] for each in finding.subjects if each["model"] == Call._meta.label_lower]
    rows = CallAppointment.objects.filter(call__in=calls, call__company=finding.company_id)
    return states_of({"model": row._meta.label_lower, "id": row.pk} for row in rows)


def _sentences(found: Iterable[Judged]) -> Iterator[Sentence]:
    for each in found:
        facts = {"call_at": each.call.started_at.isoformat(), "zone": each.call.company.timezone}
        yield Sentence(LINKED, facts)


@register(
    id="calls.unlinked",
    severity=Severity.ERROR,
    title=_("A call without its appointment"),
    advice=_(
        "The repair links call and appointment. What is refused belongs to somebody else, or does not "
        "exist: look at the call and ring the customer."
    ),
    sentences={
        Verdict.LINKED: gettext_noop(
            "The call of %(call_day)s, %(call_time)s, was about an appointment, but is not linked with it."
        ),
        Verdict.FOREIGN_CUSTOMER: gettext_noop(
            "In the call of %(call_day)s, %(call_time)s, an appointment was named that belongs to another "
            "customer."
        ),
        Verdict.FOREIGN_COMPANY: gettext_noop(
            "In the call of %(call_day)s, %(call_time)s, an appointment was named that does not belong to "
            "this company."
        ),
        Verdict.GONE: gettext_noop(
            "In the call of %(call_day)s, %(call_time)s, an appointment was named that does not exist."
        ),
    },
    repair=link_it,
    state=state_of_links,
)
def unlinked(scope: Scope) -> Iterator[Found]:
    """Incidents 5, G2, G3."""
    for each in judged(scope):
        if each.verdict is Verdict.PAST:
            continue
        subjects = [subject(Call, each.call.pk)]
        # Another company's appointment is not shown to this one.
        if each.verdict in {Verdict.LINKED, Verdict.FOREIGN_CUSTOMER}:
            subjects.append(subject(Appointment, each.appointment_id))
        yield Found(
            company_id=each.call.company_id,
            code=each.verdict,
            facts={"call_at": each.call.started_at, "zone": each.call.company.timezone},
            subjects=subjects,
            repairable=each.verdict is Verdict.LINKED,
            key=f"{each.call.pk}:{each.appointment_id}:{each.verdict}",
        )


@register(
    id="calls.claims",
    severity=Severity.WARNING,
    title=_("The agent said what nobody had answered"),
    advice=_("Read the call. If something was promised that is not booked, ring the customer."),
    sentences={
        "done": gettext_noop(
            "In the call of %(call_day)s, %(call_time)s, the agent said that something was booked, moved or "
            "cancelled, without that having been done."
        ),
        "": gettext_noop(
            "In the call of %(call_day)s, %(call_time)s, the agent called a time free or taken without "
            "having been told so."
        ),
    },
)
def claims(scope: Scope) -> Iterator[Found]:
    """Incidents C5, J12; of the last seven days."""
    for row in scope.rows(CLAIMS, recent=scope.now - RECENT):
        code = "done" if DONE.intersection(row.kinds) else ""
        yield Found(
            company_id=row.company_id,
            code=code,
            facts={"call_at": row.started_at, "zone": row.zone},
            subjects=[subject(Call, row.id)],
            severity=Severity.ERROR if code else None,
        )
