"""``apply_salon FILE.yaml [--check]``: makes a company what its salon file says."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import salon

FINDINGS, BAD_INPUT = 1, 2


class Command(BaseCommand):
    help = (
        "Creates or updates a company from a salon file; applying a file twice changes nothing. "
        "What is no longer in the file is deactivated. Future appointments that no longer fit hours, "
        "absences or skills are listed, never moved. Exit status: 0 done; 1 done, but appointments are "
        "affected; 2 the file is wrong, nothing was changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.yaml", type=Path)
        parser.add_argument("--check", action="store_true", help="Say what would change, change nothing.")

    def handle(self, *, file: Path, check: bool, verbosity: int, **options: Any) -> None:
        try:
            document = salon.read(file.read_bytes())
            report = salon.apply(document, now=timezone.now(), dry_run=check)
        except OSError as error:
            self._refuse(_("%(file)s cannot be read: %(reason)s.") % {"file": file, "reason": error.strerror})
        except salon.SalonFileError as error:
            self._refuse(*error.problems)
        if verbosity:
            self._tell(report, check=check)
        if report.affected:
            sys.exit(FINDINGS)

    def _refuse(self, *lines: object) -> None:
        for line in lines:
            self.stderr.write(str(line))
        sys.exit(BAD_INPUT)

    def _tell(self, report: salon.Report, *, check: bool) -> None:
        for change in report.changes:
            self.stdout.write(str(change))
        count = len(report.changes)
        if not count:
            self.stdout.write(_("Nothing to change."))
        elif check:
            text = ngettext("%(count)s change would be made.", "%(count)s changes would be made.", count)
            self.stdout.write(text % {"count": count})
        else:
            self.stdout.write(
                ngettext("%(count)s change made.", "%(count)s changes made.", count) % {"count": count}
            )
        if report.affected:
            self.stdout.write(
                _("These appointments no longer fit. None was moved; please call the customers:")
            )
        for affected in report.affected:
            self.stdout.write(f"  {affected}")
