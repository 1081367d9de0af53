"""Whether what is sold can stand in the calendar: stylists, parts of services, and their event types."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity import Found, Refused, Scope, Sentence, Subject, register, subject
from appointments.integrity.repairing import BY_HAND
from appointments.integrity.states import States, states_of
from appointments.models import Company, Service, Staff
from appointments.models import Finding as Stored
from appointments.models.integrity import Severity
from integrations.calcom.errors import CalendarError
from integrations.calcom.line import Line
from integrations.incoming.rounds import with_calendar
from integrations.mapping import matching, publishing
from integrations.mapping import parts as parts_of
from integrations.mapping.catalogue import Catalogue
from integrations.mapping.event_types import Proposal
from integrations.mapping.findings import SENTENCES, Code, Finding
from integrations.mapping.findings import Severity as Seriousness
from integrations.mapping.hosts import Match, Person, Verdict, match
from integrations.mapping.matching import Found as Looked
from integrations.models import CalendarEventType, CalendarHost

UNMAPPED = (Code.NO_EVENT_TYPE, Code.RUN_GONE)
# What ``publishing.check_online`` says of whole companies is told by ``checks_line``.
NOT_OF_EVENT_TYPES = {Code.NO_HOST, Code.NO_KEY, Code.UNREACHABLE, *UNMAPPED}


def _offline(scope: Scope, company: Company) -> list[Finding]:
    known: dict[int, list[Finding]] = scope.memo.setdefault("mapping", {})
    if company.pk not in known:
        known[company.pk] = publishing.check(company)
    return known[company.pk]


def _companies(scope: Scope) -> Iterator[Company]:
    if scope.company is None:
        yield from with_calendar()
    elif with_calendar().filter(pk=scope.company.pk).exists():
        yield scope.company


def _told(company: Company, finding: Finding, *, repairable: bool) -> Found:
    facts = {name: value if isinstance(value, int) else str(value) for name, value in finding.facts.items()}
    rows: list[Subject] = []
    if finding.staff is not None:
        rows.append(subject(Staff, finding.staff.pk))
        facts["staff"] = finding.staff.name
    if finding.service is not None:
        rows.append(subject(Service, finding.service.pk))
        facts["service"] = finding.service.name
    place = finding.run.position if finding.run else facts.get("position", 0)
    return Found(
        company_id=company.pk,
        code=finding.code,
        facts=facts,
        subjects=rows,
        severity=Severity.WARNING if finding.severity == Seriousness.WARNING else None,
        repairable=repairable,
        key=f"{finding.code}:{[each.pk for each in rows]}:{place}",
    )


def _sentences(*codes: Code) -> dict[str, str]:
    return {code.value: SENTENCES[code] for code in codes}


# Back-fills: what is certain, and what fits exactly.


def _look(finding: Stored) -> tuple[Company, Looked]:
    """What Cal.com shows. Raises ``Refused``."""
    company = Company.objects.get(pk=finding.company_id or 0)
    line = Line.of(company)
    if line is None:
        raise Refused(SENTENCES[Code.NO_KEY])
    try:
        return company, matching.look(company, line)
    except CalendarError as error:
        raise Refused(str(error).replace("%", "%%")) from error


def _ids(finding: Stored, model: type[Staff] | type[Service]) -> list[int]:
    return [each["id"] for each in finding.subjects if each["model"] == model._meta.label_lower]


def state_of_mapping(finding: Stored) -> States:
    staff = _ids(finding, Staff)
    hosts = CalendarHost.objects.filter(staff__in=staff, company=finding.company_id)
    types = CalendarEventType.objects.filter(staff__in=staff, company=finding.company_id)
    rows = [*hosts, *types.filter(service__in=_ids(finding, Service))]
    return states_of({"model": row._meta.label_lower, "id": row.pk} for row in rows)


def _match_of(finding: Stored) -> tuple[Company, Match]:
    company, looked = _look(finding)
    for found in looked.matching.matches:
        if found.person.pk in _ids(finding, Staff):
            if found.verdict == Verdict.CERTAIN:
                return company, found
            if found.verdict == Verdict.KNOWN:
                raise Refused(gettext_noop("%(staff)s has a calendar by now."), staff=found.person.name)
    raise Refused(
        gettext_noop(
            "Nobody at Cal.com has the e-mail address of this stylist: please assign the calendar by hand."
        )
    )


def _of_host(found: Match) -> list[Sentence]:
    text = gettext_noop("%(staff)s gets the calendar %(host)s at Cal.com: the same e-mail address.")
    return [Sentence(text, {"staff": found.person.name, "host": found.user.user_id if found.user else 0})]


def preview_host(finding: Stored, now: datetime) -> Sequence[Sentence]:
    return _of_host(_match_of(finding)[1])


def map_host(finding: Stored, now: datetime) -> Sequence[Sentence]:
    company, found = _match_of(finding)
    if not matching.store_hosts(company, [found]):
        raise Refused(gettext_noop("Somebody else has this calendar by now."))
    return _of_host(found)


def _proposals_of(finding: Stored) -> tuple[Company, list[Proposal]]:
    if finding.code != Code.NO_EVENT_TYPE:
        raise Refused(BY_HAND)
    company, looked = _look(finding)
    staff, services = _ids(finding, Staff), _ids(finding, Service)
    fitting = [
        each
        for each in looked.proposals
        if each.event_type is not None
        and each.part.staff.pk in staff
        and each.part.service.pk in services
        and str(each.part) == finding.facts.get("part")
    ]
    if not fitting:
        raise Refused(gettext_noop("At Cal.com no event type fits it alone: please assign it by hand."))
    return company, fitting


def _of_event_types(proposals: Iterable[Proposal]) -> list[Sentence]:
    text = gettext_noop("%(part)s gets the event type %(event_type)s of Cal.com.")
    return [
        Sentence(text, {"part": str(each.part), "event_type": each.event_type.id if each.event_type else 0})
        for each in proposals
    ]


def preview_event_type(finding: Stored, now: datetime) -> Sequence[Sentence]:
    return _of_event_types(_proposals_of(finding)[1])


def map_event_type(finding: Stored, now: datetime) -> Sequence[Sentence]:
    company, fitting = _proposals_of(finding)
    stored = matching.store_event_types(company, fitting, now=now)
    if not stored:
        raise Refused(gettext_noop("This event type belongs to something else by now."))
    return _of_event_types(stored)


@register(
    id="integrations.staff_without_host",
    severity=Severity.ERROR,
    title=_("A stylist without a calendar"),
    advice=_(
        "Assign the calendar under “Calendar hosts”. The repair takes the one with the same e-mail address."
    ),
    sentences=_sentences(Code.NO_HOST),
    repair=map_host,
    preview=preview_host,
    state=state_of_mapping,
)
def staff_without_host(scope: Scope) -> Iterator[Found]:
    """Incident 1: rows of staff without a calendar host, so nothing of theirs could be booked there."""
    for company in _companies(scope):
        for each in _offline(scope, company):
            if each.code == Code.NO_HOST:
                yield _told(company, each, repairable=True)


@register(
    id="integrations.unmapped",
    severity=Severity.ERROR,
    title=_("A service that cannot stand in the calendar"),
    advice=_(
        "Assign an event type to the part. The repair takes one that is called and as long as the part."
    ),
    sentences=_sentences(*UNMAPPED),
    repair=map_event_type,
    preview=preview_event_type,
    state=state_of_mapping,
)
def unmapped(scope: Scope) -> Iterator[Found]:
    """Incidents E1, E5."""
    for company in _companies(scope):
        for each in _offline(scope, company):
            if each.code in UNMAPPED:
                yield _told(company, each, repairable=each.code == Code.NO_EVENT_TYPE)


@register(
    id="integrations.event_type_gone",
    severity=Severity.ERROR,
    title=_("An event type at Cal.com is gone or does not fit"),
    advice=_("Correct it at Cal.com, or assign another event type to the part."),
    sentences=_sentences(*(code for code in Code if code not in NOT_OF_EVENT_TYPES)),
)
def event_types_gone(scope: Scope) -> Iterator[Found]:
    """Incidents E6, F14: Cal.com is asked of each event type that is mapped."""
    if not scope.asks_outside:
        return
    for company in _companies(scope):
        if Line.of(company) is None:
            continue
        for each in publishing.check_online(company, now=scope.now):
            if each.code not in NOT_OF_EVENT_TYPES:
                yield _told(company, each, repairable=False)


@register(
    id="integrations.host_gone",
    severity=Severity.ERROR,
    title=_("A calendar at Cal.com is gone"),
    advice=_(
        "Perhaps somebody has left the team at Cal.com. Assign another calendar, or ask whoever runs Cal.com."
    ),
    sentences={
        Verdict.GONE.value: gettext_noop(
            "Cal.com does not show the calendar %(host)s of %(staff)s any more."
        ),
        Verdict.CONTRADICTED.value: gettext_noop(
            "%(staff)s has the calendar %(host)s, but at Cal.com the e-mail address is that of another one."
        ),
    },
)
def hosts_gone(scope: Scope) -> Iterator[Found]:
    if not scope.asks_outside:
        return
    for company in _companies(scope):
        line = Line.of(company)
        if line is not None:
            yield from _hosts_gone(company, line)


def _hosts_gone(company: Company, line: Line) -> Iterator[Found]:
    """Who is closed to this key cannot be called gone: another team may hide them."""
    catalogue = Catalogue(line)
    try:
        members = catalogue.members
    except CalendarError:
        return  # told by the check of the connection
    rows = {row.staff_id: row for row in CalendarHost.objects.filter(company=company)}
    people = [
        Person(
            staff.pk,
            staff.name,
            staff.email or "",
            rows[staff.pk].calcom_user_id if staff.pk in rows else None,
        )
        for staff in parts_of.people(company)
    ]
    # A key without a team sees nobody but its owner.
    sees_all = bool(catalogue.teams) and not catalogue.closed_teams
    wanted = {Verdict.GONE, Verdict.CONTRADICTED} if sees_all else {Verdict.CONTRADICTED}
    for found in match(people, members).matches:
        if found.verdict in wanted:
            row = rows[found.person.pk]
            yield Found(
                company_id=company.pk,
                code=found.verdict,
                facts={"staff": found.person.name, "host": row.calcom_user_id},
                subjects=[subject(Staff, found.person.pk), subject(CalendarHost, row.pk)],
            )
