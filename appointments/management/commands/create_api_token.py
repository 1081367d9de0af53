"""``create_api_token --company SLUG --name NAME``: admits another system to a company."""

import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.models import ApiToken, Company

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Makes a key for the REST API and prints it, this once: only a digest is stored. Exit status: "
        "0 done; 2 there is no such company, or the name is empty or too long."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", metavar="SLUG", required=True, help="What the key gives access to.")
        parser.add_argument("--name", metavar="NAME", required=True, help="Which system uses it.")

    def handle(self, *, company: str, name: str, **options: Any) -> None:
        found = Company.objects.filter(slug=company).first()
        if found is None:
            self._refuse(_("There is no company “%(slug)s”.") % {"slug": company})
        if not 0 < len(name.strip()) <= 100:
            self._refuse(_("The name must have 1 to 100 characters."))
        _token, key = ApiToken.objects.issue(company=found, name=name.strip(), now=timezone.now())
        self.stdout.write(key)

    def _refuse(self, line: str) -> NoReturn:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)
