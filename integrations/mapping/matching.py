"""Finding calendars and event types at Cal.com, and storing what is found.

``look`` asks and stores nothing; ``store`` stores and asks nobody. What is shown before it is applied
is therefore what is applied, unless somebody was quicker.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from appointments.models import Company
from integrations.calcom.line import Line
from integrations.calcom.types import EventType, Team
from integrations.convergence.due import try_unmapped_again
from integrations.mapping import event_types, hosts
from integrations.mapping import parts as parts_of
from integrations.mapping.catalogue import Catalogue
from integrations.mapping.event_types import Proposal
from integrations.mapping.hosts import Match, Matching, Person
from integrations.mapping.parts import Part
from integrations.models import CalendarEventType, CalendarHost


@dataclass(frozen=True, slots=True)
class Found:
    """What Cal.com shows for a company. ``proposals``: one for each part without an event type, for
    stylists with a calendar, matched ones included. ``closed_teams`` did not show their members.
    """

    company: Company
    matching: Matching
    proposals: tuple[Proposal, ...]
    closed_teams: tuple[Team, ...]


def look(company: Company, line: Line, *, accept_names: bool = False) -> Found:
    """Raises ``CalendarError``. Not in a transaction: it asks over HTTP.

    ``accept_names``: event types are looked for in the calendars proposed by name as well.
    """
    catalogue = Catalogue(line)
    matching = _match(company, catalogue)
    user_ids = _stored(company) | {
        match.person.pk: match.user.user_id
        for match in matching.storable(accept_names=accept_names)
        if match.user
    }
    proposals = _propose(company, catalogue, user_ids)
    return Found(company, matching, tuple(proposals), tuple(catalogue.closed_teams))


def store_hosts(company: Company, matches: Iterable[Match]) -> list[Match]:
    """The matches that were stored. Not those whose calendar somebody took meanwhile, or whose
    stylist got another one: nothing that stands is replaced.
    """
    stored = []
    for match in matches:
        if match.user is None or match.verdict not in hosts.STORABLE:
            continue
        row = CalendarHost(company=company, staff_id=match.person.pk, calcom_user_id=match.user.user_id)
        if _inserted(row):
            stored.append(match)
    try_unmapped_again(company)
    return stored


def store_event_types(company: Company, proposals: Iterable[Proposal], *, now: datetime) -> list[Proposal]:
    """As ``store_hosts``; only for stylists whose host is stored. ``now``: when Cal.com was asked."""
    user_ids = _stored(company)
    stored = []
    for proposal in proposals:
        found, part = proposal.event_type, proposal.part
        if found is None or event_types.hosts(found) != {user_ids.get(part.staff.pk)}:
            continue
        row = CalendarEventType(
            company=company,
            staff=part.staff,
            service=part.service,
            phase_position=part.run.position,
            event_type_id=found.id,
            length_minutes=found.length_minutes,
            slot_interval=found.slot_interval,
            checked_at=now,
        )
        if _inserted(row):
            stored.append(proposal)
    try_unmapped_again(company)
    return stored


def _inserted(row: CalendarHost | CalendarEventType) -> bool:
    """The constraints have the last word on what is taken."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _match(company: Company, catalogue: Catalogue) -> Matching:
    stored = _stored(company)
    people = [
        Person(staff.pk, staff.name, staff.email or "", stored.get(staff.pk))
        for staff in parts_of.people(company)
    ]
    ours = {person.pk for person in people}
    taken = {user_id for staff_id, user_id in stored.items() if staff_id not in ours}
    return hosts.match(people, catalogue.members, taken=taken)


def _propose(company: Company, catalogue: Catalogue, user_ids: Mapping[int, int]) -> Sequence[Proposal]:
    rows = CalendarEventType.objects.filter(company=company)
    mapped = set(rows.values_list("staff_id", "service_id", "phase_position"))
    missing = [
        part
        for part in parts_of.of_company(company)
        if tuple(part.key) not in mapped and part.staff.pk in user_ids
    ]
    # A managed event type's child stands in both lists; the team's says whose child it is.
    known = {**_personal(catalogue, missing, user_ids), **catalogue.of_teams} if missing else {}
    taken = set(rows.values_list("event_type_id", flat=True))
    return event_types.propose(missing, known.values(), user_ids=user_ids, taken=taken)


def _personal(
    catalogue: Catalogue, missing: Iterable[Part], user_ids: Mapping[int, int]
) -> dict[int, EventType]:
    wanted = {user_ids[part.staff.pk] for part in missing}
    return {pk: each for user_id in sorted(wanted) for pk, each in catalogue.of_host(user_id).items()}


def _stored(company: Company) -> dict[int, int]:
    """Host by stylist, former stylists included."""
    return dict(CalendarHost.objects.filter(company=company).values_list("staff_id", "calcom_user_id"))
