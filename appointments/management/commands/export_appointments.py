"""``export_appointments``: appointments for other systems, on standard output."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from appointments import export
from appointments.models import Appointment

BAD_INPUT = 2
YEARS = range(1900, 2200)
PROGRESS = 50_000


class Command(BaseCommand):
    help = (
        "Writes appointments to standard output, by start. Exit status: 0 done; 2 a date or company "
        "does not exist."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this company's.")
        parser.add_argument("--from", dest="first", metavar="YYYY-MM-DD", help="First local day.")
        parser.add_argument("--to", dest="last", metavar="YYYY-MM-DD", help="Last local day, included.")
        parser.add_argument("--format", choices=list(export.FORMATS), default="json")

    def handle(self, *, company: str, first: str | None, last: str | None, **options: Any) -> None:
        selection = export.Selection(company=company, first=self._day(first), last=self._day(last))
        if selection.first and selection.last and selection.last < selection.first:
            self._refuse(_("The last day lies before the first."))
        try:
            chunks = export.select(selection)
        except export.UnknownCompanyError:
            self._refuse(_("There is no company “%(slug)s”.") % {"slug": company})
        for piece in export.FORMATS[options["format"]](self._counted(chunks)):
            self.stdout.write(piece, ending="")

    def _counted(self, chunks: Iterable[list[Appointment]]) -> Iterator[list[Appointment]]:
        """A sign of life on standard error now and then; a million take minutes."""
        read, told = 0, 0
        for chunk in chunks:
            yield chunk
            read += len(chunk)
            if read - told >= PROGRESS:
                self.stderr.write(_("%(count)s appointments so far …") % {"count": read})
                told = read

    def _day(self, text: str | None) -> date | None:
        if text is None:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            self._refuse(_("“%(text)s” is no date. Write it like 2026-12-21.") % {"text": text})
        return day

    def _refuse(self, line: str) -> None:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)
