"""Whether what the salon sells can stand in the calendar (incidents E1, E5).

``check`` asks the database alone, ``check_online`` Cal.com as well.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from appointments.models import Company
from integrations.calcom.errors import CalendarError
from integrations.calcom.line import Line
from integrations.calcom.types import EventType
from integrations.mapping import parts as parts_of
from integrations.mapping.catalogue import Catalogue
from integrations.mapping.findings import Code, Finding, Severity, of_part
from integrations.mapping.judging import judge
from integrations.mapping.parts import Key, Part
from integrations.models import CalendarEventType, CalendarHost


def check(company: Company) -> list[Finding]:
    """What is not completely mapped. Seven queries, however many people and services there are."""
    wanted = parts_of.of_company(company)
    return _offline(wanted, _mapped(company), _hosts(company))


def check_online(company: Company, *, now: datetime) -> list[Finding]:
    """The same, and what Cal.com says of what is mapped, which is stored as seen at ``now``.

    Not in a transaction: it asks over HTTP. Without an answer one finding says so; nothing is taken
    for gone because it could not be asked (invariant I6).
    """
    wanted = parts_of.of_company(company)
    mapped, hosts = _mapped(company), _hosts(company)
    found = _offline(wanted, mapped, hosts)
    line = Line.of(company)
    if line is None:
        return [*found, Finding(Code.NO_KEY, Severity.ERROR)] if wanted else found
    to_ask = [part for part in wanted if part.key in mapped]
    try:
        answers = _ask(Catalogue(line), to_ask, mapped, hosts)
    except CalendarError as error:
        return [*found, Finding(Code.UNREACHABLE, Severity.ERROR, facts={"reason": error})]
    store_facts(company, answers.values(), now=now)
    return [*found, *_judged(to_ask, mapped, hosts, answers)]


def store_facts(company: Company, event_types: Iterable[EventType | None], *, now: datetime) -> None:
    """What Cal.com said, on the rows of these event types. Rows that it did not speak of stay."""
    for event_type in event_types:
        if event_type is not None:
            CalendarEventType.objects.filter(company=company, event_type_id=event_type.id).update(
                length_minutes=event_type.length_minutes,
                slot_interval=event_type.slot_interval,
                checked_at=now,
            )


def _offline(
    wanted: list[Part], mapped: Mapping[Key, CalendarEventType], hosts: Mapping[int, int]
) -> list[Finding]:
    return [*_without_host(wanted, hosts), *_without_event_type(wanted, mapped), *_run_gone(wanted, mapped)]


def _without_host(wanted: Iterable[Part], hosts: Mapping[int, int]) -> list[Finding]:
    people = {part.staff.pk: part.staff for part in wanted}
    return [Finding(Code.NO_HOST, Severity.ERROR, staff) for pk, staff in people.items() if pk not in hosts]


def _without_event_type(wanted: Iterable[Part], mapped: Mapping[Key, CalendarEventType]) -> list[Finding]:
    return [of_part(Code.NO_EVENT_TYPE, part) for part in wanted if part.key not in mapped]


def _run_gone(wanted: Iterable[Part], mapped: Mapping[Key, CalendarEventType]) -> list[Finding]:
    """The service is offered, but no run begins there: its phases or its layout have changed."""
    offered = {(part.staff.pk, part.service.pk) for part in wanted}
    keys = {part.key for part in wanted}
    return [
        Finding(
            Code.RUN_GONE,
            Severity.WARNING,
            row.staff,
            row.service,
            facts={"id": row.event_type_id, "position": row.phase_position},
        )
        for key, row in mapped.items()
        if key not in keys and (key.staff_id, key.service_id) in offered
    ]


def _ask(
    catalogue: Catalogue,
    wanted: Iterable[Part],
    mapped: Mapping[Key, CalendarEventType],
    hosts: Mapping[int, int],
) -> dict[Key, EventType | None]:
    return {
        part.key: catalogue.find(mapped[part.key].event_type_id, user_id=hosts.get(part.staff.pk))
        for part in wanted
    }


def _judged(
    wanted: Iterable[Part],
    mapped: Mapping[Key, CalendarEventType],
    hosts: Mapping[int, int],
    answers: Mapping[Key, EventType | None],
) -> list[Finding]:
    return [
        finding
        for part in wanted
        for finding in judge(
            answers[part.key],
            part,
            event_type_id=mapped[part.key].event_type_id,
            user_id=hosts.get(part.staff.pk),
        )
    ]


def _mapped(company: Company) -> dict[Key, CalendarEventType]:
    rows = CalendarEventType.objects.filter(company=company).select_related("staff", "service")
    ordered = rows.order_by("staff__name", "service__name", "phase_position")
    return {Key(row.staff_id, row.service_id, row.phase_position): row for row in ordered}


def _hosts(company: Company) -> dict[int, int]:
    """Host by stylist."""
    rows = CalendarHost.objects.filter(company=company)
    return dict(rows.values_list("staff_id", "calcom_user_id"))
