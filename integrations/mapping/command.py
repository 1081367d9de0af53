"""What the commands about the mapping have in common."""

import sys
from collections.abc import Sequence
from typing import NoReturn

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from appointments.models import Company
from appointments.models.company import CalendarMode
from integrations.calcom.line import Line

FINDINGS = 1
BAD_INPUT = 2


class MappingCommand(BaseCommand):
    def company(self, slug: str) -> Company:
        found = Company.objects.filter(slug=slug).first()
        if found is None:
            self.refuse(_("There is no company “%(slug)s”.") % {"slug": slug})
        return found

    def companies(self, slug: str) -> list[Company]:
        """The named one, or all active ones of which a branch uses the calendar."""
        if slug:
            return [self.company(slug)]
        using = Company.objects.filter(active=True, branches__active=True).exclude(
            branches__calendar=CalendarMode.OFF
        )
        return list(using.distinct().order_by("slug"))

    def line(self, company: Company) -> Line | None:
        """None is said on standard error."""
        line = Line.of(company)
        if line is None:
            facts = {"company": company.name}
            self.stderr.write(_("%(company)s has no key with which Cal.com could be asked.") % facts)
        return line

    def table(self, rows: Sequence[Sequence[object]]) -> None:
        """Columns as wide as their widest entry; the last one is left as it is."""
        texts = [[str(entry) for entry in row] for row in rows]
        if not texts:
            return
        widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
        for row in texts:
            padded = [entry.ljust(width) for entry, width in zip(row[:-1], widths, strict=False)]
            self.stdout.write("  ".join([*padded, row[-1]]).rstrip())

    def end(self, *, finished: bool) -> None:
        if not finished:
            sys.exit(FINDINGS)

    def refuse(self, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)
