"""``link_calls``: repairs old calls that know nothing of the appointments they were about."""

import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from appointments.models import Company
from calls.linking import CHUNK, Judged, Verdict, repair
from calls.linking.words import sentence_about

FINDINGS, BAD_INPUT = 1, 2


class Command(BaseCommand):
    help = (
        "Links calls that booked, asked for again, moved or cancelled an appointment with it, where that "
        "is missing: by the answers of their functions, else by customer and time. Repeating it changes "
        "nothing. Exit status: 0 done; 1 something was refused; 2 there is no such company."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", metavar="SLUG", default="", help="Only this company's calls.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, do nothing.")

    def handle(self, *, company: str, dry_run: bool, **options: Any) -> None:
        chosen = Company.objects.filter(slug=company).first() if company else None
        if company and chosen is None:
            self.stderr.write(_("There is no company “%(slug)s”.") % {"slug": company})
            sys.exit(BAD_INPUT)
        counts: Counter[Verdict] = Counter()
        for judged in repair(company=chosen, dry_run=dry_run, progress=self._progress):
            counts[judged.verdict] += 1
            self._tell(judged, dry_run=dry_run)
        refused = sum(count for verdict, count in counts.items() if verdict.is_finding)
        facts = {"linked": counts[Verdict.LINKED], "past": counts[Verdict.PAST], "refused": refused}
        if dry_run:
            text = _("%(linked)s links would be made, %(past)s were past, %(refused)s refused.")
        else:
            text = _("%(linked)s links made, %(past)s were past, %(refused)s refused.")
        self.stdout.write(text % facts)
        if refused:
            sys.exit(FINDINGS)

    def _tell(self, judged: Judged, *, dry_run: bool) -> None:
        self.stdout.write(sentence_about(judged, dry_run=dry_run))

    def _progress(self, done: int, total: int) -> None:
        if total > CHUNK:
            self.stderr.write(_("%(done)s of %(total)s function calls") % {"done": done, "total": total})
