"""``reconcile_calendar``: compares appointments and Cal.com, both ways."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from appointments.models import Company
from integrations.calcom.line import Line
from integrations.incoming.reconciling import reconcile
from integrations.incoming.rounds import line_about, with_calendar

FINDINGS, BAD_INPUT = 1, 2
YEARS = range(2000, 2200)


class Command(BaseCommand):
    help = (
        "Compares all appointments with the bookings at Cal.com: what messages did not tell is made up for, "
        "what is missing there is noted, and gone when it was missing twice, a minute apart. Exit status: 0 "
        "nothing to report; 1 cases were opened, something is missing or undecided, or Cal.com did not "
        "answer; 2 bad input, or no key."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this one.")
        parser.add_argument(
            "--since", metavar="ISO", help="Go back to this instant instead of to the end of the last pass."
        )

    def handle(self, *, company: str, since: str | None, **options: Any) -> None:
        start = self._instant(since)
        results = [
            reconcile(each, now=timezone.now(), since=start)
            for each in (self._one(company) if company else self._all())
        ]
        for result in results:
            self.stdout.write(line_about(result))
        if any(result.has_findings for result in results):
            sys.exit(FINDINGS)

    def _one(self, slug: str) -> Iterable[Company]:
        company = Company.objects.filter(slug=slug).first()
        if company is None:
            self._refuse(_("There is no company “%(slug)s”.") % {"slug": slug})
        if Line.of(company) is None:
            self._refuse(_("“%(slug)s” has no key for Cal.com.") % {"slug": slug})
        return [company]

    def _all(self) -> Iterable[Company]:
        found = [company for company in with_calendar() if Line.of(company) is not None]
        if not found:
            self._refuse(_("No company with a calendar has a key for Cal.com."))
        return found

    def _instant(self, text: str | None) -> datetime | None:
        if text is None:
            return None
        try:
            moment = parse_datetime(text)
        except ValueError:
            moment = None
        if moment is None or moment.year not in YEARS:
            self._refuse(_("“%(text)s” is no instant. Write it like 2026-12-21T09:00:00Z.") % {"text": text})
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)

    def _refuse(self, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)
