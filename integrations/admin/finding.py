"""The page on which calendars and event types are found at Cal.com."""

from collections.abc import Collection

from django.utils import timezone

from appointments.models import Company
from integrations.calcom.errors import CalendarError
from integrations.calcom.line import Line
from integrations.mapping import matching
from integrations.mapping.event_types import Proposal
from integrations.mapping.findings import Code, Finding, Severity
from integrations.mapping.hosts import STORABLE, Match, Verdict


class Finder:
    """``found`` is what Cal.com shows, ``problem`` the sentence why nothing is."""

    def __init__(self, company: Company | None) -> None:
        self.company = company
        self.found: matching.Found | None = None
        self.problem = ""

    def look(self) -> None:
        """Over HTTP, so not in a transaction."""
        line = Line.of(self.company) if self.company else None
        if self.company is None or line is None:
            self.problem = Finding(Code.NO_KEY, Severity.ERROR).sentence
            return
        try:
            self.found = matching.look(self.company, line, accept_names=True)
        except CalendarError as error:
            self.problem = Finding(Code.UNREACHABLE, Severity.ERROR, facts={"reason": error}).sentence

    def store(self, hosts: Collection[str], event_types: Collection[str]) -> int:
        """Looks again and stores the ``ticket``s that are still what was selected. Returns how many."""
        now = timezone.now()
        self.look()
        if self.found is None:
            return 0
        company = self.found.company
        chosen = [match for match in self.found.matching.matches if host_ticket(match) in hosts]
        stored = matching.store_hosts(company, chosen)
        parts = [each for each in self.found.proposals if event_type_ticket(each) in event_types]
        return len(stored) + len(matching.store_event_types(company, parts, now=now))

    @property
    def hosts(self) -> list[tuple[Match, str, bool]]:
        """Each match, its ticket if it may be selected, and whether it is certain."""
        matches = self.found.matching.matches if self.found else ()
        return [(match, host_ticket(match), match.verdict == Verdict.CERTAIN) for match in matches]

    @property
    def event_types(self) -> list[tuple[Proposal, str]]:
        proposals = self.found.proposals if self.found else ()
        return [(proposal, event_type_ticket(proposal)) for proposal in proposals]


def host_ticket(match: Match) -> str:
    """Names stylist and user, so that what is stored is what was seen. Empty: cannot be selected."""
    storable = match.verdict in STORABLE and match.user
    return f"{match.person.pk}:{match.user.user_id}" if storable and match.user else ""


def event_type_ticket(proposal: Proposal) -> str:
    key, found = proposal.part.key, proposal.event_type
    return f"{key.staff_id}:{key.service_id}:{key.position}:{found.id}" if found else ""
