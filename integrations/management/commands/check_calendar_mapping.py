"""``check_calendar_mapping [--company SLUG] [--offline]``: can all that is sold stand in the calendar?"""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from appointments.models import Company
from integrations.mapping import publishing
from integrations.mapping.command import MappingCommand
from integrations.mapping.findings import Finding


class Command(MappingCommand):
    help = (
        "Says which stylist has no calendar, which part of which service no event type, and, asking "
        "Cal.com, which event type does not fit. Exit status: 0 nothing found; 1 findings, or Cal.com "
        "did not answer; 2 there is no such company."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this company's.")
        parser.add_argument("--offline", action="store_true", help="Ask the database alone.")

    def handle(self, *, company: str, offline: bool, **options: Any) -> None:
        found = [self._check(each, offline=offline) for each in self.companies(company)]
        self.end(finished=not any(found))

    def _check(self, company: Company, *, offline: bool) -> list[Finding]:
        found = publishing.check(company) if offline else publishing.check_online(company, now=timezone.now())
        self.table([(company.slug, each.severity.label, each.code, each.sentence) for each in found])
        return found
