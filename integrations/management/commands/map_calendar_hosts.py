"""``map_calendar_hosts [--company SLUG] [--apply]``: whose calendar is whose."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Company
from integrations.calcom.errors import CalendarError
from integrations.mapping import matching
from integrations.mapping.command import MappingCommand
from integrations.mapping.event_types import Proposal
from integrations.mapping.hosts import Match, Verdict
from integrations.mapping.matching import Found


class Command(MappingCommand):
    help = (
        "Matches stylists with Cal.com's users, and parts of services with their event types. The same "
        "e-mail address is certain, the same name a proposal, anything else is asked and never stored. "
        "Stores nothing without --apply. Exit status: 0 everybody has a calendar and every part an event "
        "type; 1 something is open, or Cal.com did not answer; 2 there is no such company."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this company's.")
        parser.add_argument("--apply", action="store_true", help="Store what is certain.")
        parser.add_argument(
            "--accept-names", action="store_true", help="Take what is proposed by name for certain."
        )

    def handle(self, *, company: str, apply: bool, accept_names: bool, **options: Any) -> None:
        chosen = self.companies(company)
        finished = [self._match(each, apply=apply, accept_names=accept_names) for each in chosen]
        self.end(finished=all(finished))

    def _match(self, company: Company, *, apply: bool, accept_names: bool) -> bool:
        """Whether nothing is left to do."""
        line = self.line(company)
        if line is None:
            return False
        self.stdout.write(company.name)
        now = timezone.now()
        try:
            found = matching.look(company, line, accept_names=accept_names)
        except CalendarError as error:
            self.stderr.write(str(error))
            return False
        storable = found.matching.storable(accept_names=accept_names)
        hosts = matching.store_hosts(company, storable) if apply else []
        parts = matching.store_event_types(company, found.proposals, now=now) if apply else []
        self._tell(found, hosts, parts)
        everybody = all(each.verdict == Verdict.KNOWN or each in hosts for each in found.matching.matches)
        return everybody and len(parts) == len(found.proposals)

    def _tell(self, found: Found, hosts: list[Match], parts: list[Proposal]) -> None:
        self.table([_line(each, is_stored=each in hosts) for each in found.matching.matches])
        self.table(
            [(each.part, _stored(is_stored=each in parts), _event_types(each)) for each in found.proposals]
        )
        for user in found.matching.unmatched:
            facts = {"name": user.name, "email": user.email, "id": user.user_id}
            self.stdout.write(_("Nobody's calendar: %(name)s <%(email)s> (%(id)s)") % facts)
        for team in found.closed_teams:
            facts = {"name": team.name}
            self.stdout.write(_("The team “%(name)s” does not show its members to this key.") % facts)


def _line(match: Match, *, is_stored: bool) -> tuple[object, ...]:
    return match.person.name, _stored(is_stored=is_stored), match.verdict.label, _users(match)


def _stored(*, is_stored: bool) -> str:
    return _("stored") if is_stored else ""


def _users(match: Match) -> str:
    users = match.candidates or ([match.user] if match.user else [])
    return ", ".join(f"{user.name} <{user.email}> ({user.user_id})" for user in users)


def _event_types(proposal: Proposal) -> str:
    if proposal.event_type is not None:
        return f"{proposal.event_type.title} ({proposal.event_type.id})"
    several = ", ".join(f"{each.title} ({each.id})" for each in proposal.candidates)
    return f"{Verdict.ASKED.label}: {several}" if several else _("no event type found")
