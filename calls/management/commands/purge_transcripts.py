"""``purge_transcripts``: forgets what was said in old calls."""

import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from calls.purging import forget_transcripts, old_transcripts

BAD_INPUT = 2
DAYS, MOST_DAYS = 90, 36_500


class Command(BaseCommand):
    help = (
        "Empties the transcripts and summaries of calls that are older than --days. The calls, what their "
        "functions answered and what became of them stay. Exit status: 0 done; 2 bad input."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days", default=str(DAYS), metavar="N", help=f"Older than this; default {DAYS}."
        )
        parser.add_argument("--dry-run", action="store_true", help="Say how many, forget nothing.")

    def handle(self, *, days: str, dry_run: bool, **options: Any) -> None:
        if not days.isdecimal() or int(days) > MOST_DAYS:
            self.stderr.write(_("--days must be a whole number of days, not “%(text)s”.") % {"text": days})
            sys.exit(BAD_INPUT)
        now = timezone.now()
        if dry_run:
            count = old_transcripts(before=now - timedelta(days=int(days))).count()
            self.stdout.write(_("%(count)s transcripts would be forgotten.") % {"count": count})
            return
        count = forget_transcripts(days=int(days), now=now)
        self.stdout.write(_("%(count)s transcripts forgotten.") % {"count": count})
