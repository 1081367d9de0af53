"""``report_held_data``: how much of what is held, since when, and for how long."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from appointments import privacy
from appointments.models import Company
from appointments.privacy.holdings import Held

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Says for each kind of data how many rows there are, how old the oldest is, and for how long it is "
        "kept. Exit status: 0 done; 2 there is no such company."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this company's.")
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *, company: str, **options: Any) -> None:
        found = Company.objects.filter(slug=company).first() if company else None
        if company and found is None:
            self.stderr.write(_("There is no company “%(slug)s”.") % {"slug": company})
            sys.exit(BAD_INPUT)
        lines = [_line(each) for each in privacy.held(found)]
        if options["format"] == "json":
            self.stdout.write(json.dumps(lines, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
            return
        for line in lines:
            oldest = line["oldest"].date().isoformat() if line["oldest"] else "–"
            self.stdout.write(
                f"{line['key']:22} {line['rows']:>9}  {oldest:10}  {line['kept']}  {line['title']}"
            )


def _line(each: Held) -> dict[str, Any]:
    holding = each.holding
    kept = _("%(days)s days") % {"days": each.days} if each.days else str(holding.until)
    return {
        "key": holding.key,
        "title": str(holding.title),
        "rows": each.count,
        "oldest": each.oldest,
        "days": each.days,
        "kept": kept or _("as each company says"),
    }
