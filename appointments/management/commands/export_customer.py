"""``export_customer``: everything that is held about a person, as a file to hand over."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import privacy
from appointments.privacy.exporting import as_json, as_page

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Writes everything that is held about a customer: master data, numbers, notes, appointments, calls "
        "with transcripts, messages, histories. A ZIP of a page to read (German) and a file for programmes. "
        "That it was given out is noted. Exit status: 0 done; 2 nobody is meant, or the file cannot be "
        "written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("customer", metavar="CUSTOMER", help="Number of the record, or telephone number.")
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this company's.")
        parser.add_argument("--format", choices=["zip", "json", "html"], default="zip")
        parser.add_argument("--to", type=Path, metavar="FILE", help="Default: auskunft-CUSTOMER.FORMAT here.")

    def handle(self, *, customer: str, company: str, to: Path | None, **options: Any) -> None:
        now = timezone.now()
        try:
            found = privacy.find(customer, company=company)
        except privacy.NobodyError as error:
            self._refuse(str(error))
        filled = privacy.everything_about(found, now=now)
        makers: dict[str, Callable[..., str | bytes]] = {
            "zip": privacy.archive,
            "json": as_json,
            "html": as_page,
        }
        made = makers[options["format"]](found, filled, now=now)
        path = to or Path(f"auskunft-{found.pk}.{options['format']}")
        try:
            handle = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(made if isinstance(made, bytes) else made.encode())
        except OSError as error:
            self._refuse(
                _("%(path)s cannot be written: %(error)s.") % {"path": path, "error": error.strerror}
            )
        rows = sum(len(each.rows) for each in filled)
        self.stdout.write(_("%(path)s: %(rows)s rows.") % {"path": path, "rows": rows})

    def _refuse(self, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)
