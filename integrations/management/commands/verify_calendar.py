"""``verify_calendar``: reads back what stands at Cal.com and was never seen there."""

import time
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import Company
from integrations.mapping.command import MappingCommand
from integrations.resolving.reading_back import named, read_back, requests_for, unverified, would


class Command(MappingCommand):
    help = (
        "Reads back from Cal.com the bookings of appointments to come that were never seen there, and notes "
        "that they stand as promised. What differs is made right or becomes a case. It can be broken off "
        "and begun again. Exit status: 0 all were seen; 1 something differs, or Cal.com did not answer; 2 "
        "there is no such company."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this company's.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be read, ask nobody.")
        parser.add_argument(
            "--per-minute", type=int, default=60, metavar="N", help="Requests a minute at most (60)."
        )

    def handle(self, *, company: str, dry_run: bool, per_minute: int, **options: Any) -> None:
        if per_minute < 1:
            self.refuse(_("--per-minute has to be 1 at least."))
        chosen = self.companies(company)
        if dry_run:
            for each in chosen:
                self._foretell(each, per_minute)
            return
        finished = [self._read(each, per_minute) for each in chosen]
        self.end(finished=all(finished))

    def _foretell(self, company: Company, per_minute: int) -> None:
        requests = 0
        for appointment in unverified(company, now=timezone.now()).iterator():
            requests += requests_for(appointment)
            self.stdout.write(would(appointment))
        facts = {"company": company.name, "requests": requests, "minutes": -(-requests // per_minute)}
        self.stdout.write(_("%(company)s: %(requests)s requests, about %(minutes)s minutes.") % facts)

    def _read(self, company: Company, per_minute: int) -> bool:
        """Whether all were seen."""
        if self.line(company) is None:
            return False
        seen = differ = 0
        for appointment, compared in read_back(company, now=timezone.now()):
            seen, differ = seen + compared.agrees, differ + (not compared.agrees)
            if not compared.agrees:
                self.stdout.write(f"{named(appointment)}: {compared.sentence}")
            time.sleep(60 / per_minute * requests_for(appointment))
        facts = {"company": company.name, "seen": seen, "differ": differ}
        self.stdout.write(_("%(company)s: %(seen)s seen, %(differ)s not.") % facts)
        return not differ
