"""``purge_transcripts``: forgets what was said in old calls."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.purging import Forgotten, forget_due, forget_transcripts

BAD_INPUT = 2
MOST_DAYS = 36_500


class Command(BaseCommand):
    help = (
        "Forgets what was said in old calls, as the worker does every night: transcripts and summaries, and "
        "the details of what functions were asked, each for as long as the company keeps them (Companies in "
        "the admin). With --days: transcripts and summaries of all companies that are older than that. The "
        "calls and what became of them stay. Exit status: 0 done; 2 bad input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", metavar="N", help="Older than this, whatever the companies say.")
        parser.add_argument("--dry-run", action="store_true", help="Say how many, forget nothing.")

    def handle(self, *, days: str | None, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        if days is None:
            self._tell(forget_due(now=now, dry_run=dry_run), dry_run=dry_run)
        elif not days.isdecimal() or int(days) > MOST_DAYS:
            self.stderr.write(_("--days must be a whole number of days, not “%(text)s”.") % {"text": days})
            sys.exit(BAD_INPUT)
        else:
            found = forget_transcripts(days=int(days), now=now, dry_run=dry_run)
            self._tell(found, dry_run=dry_run)

    def _tell(self, found: Forgotten, *, dry_run: bool) -> None:
        transcripts, details = {"count": found.transcripts}, {"count": found.details}
        if dry_run:
            self.stdout.write(_("%(count)s transcripts would be forgotten.") % transcripts)
        else:
            self.stdout.write(_("%(count)s transcripts forgotten.") % transcripts)
        if not found.details:
            return
        if dry_run:
            self.stdout.write(_("Details of %(count)s function calls would be forgotten.") % details)
        else:
            self.stdout.write(_("Details of %(count)s function calls forgotten.") % details)
