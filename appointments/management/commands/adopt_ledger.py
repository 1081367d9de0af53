"""``adopt_ledger [--dry-run]``: makes a database with old overlaps safe, and proves that it is."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.audit import Channel, acting
from appointments.integrity import Sentence, sentence_of
from appointments.integrity.adopting import adopt, foretold, refuses_overlaps, remaining

FINDINGS = 1


class Command(BaseCommand):
    help = (
        "For a database whose rows were stored before or past the rules: lists what overlaps or is "
        "incomplete, keeps of each overlap whoever was promised first, sets the other aside as a conflict, "
        "adds the missing constraints and tries whether an overlap is refused. Exit status: 0 the database "
        "is safe; 1 it is not yet, or, with --dry-run, there is something to do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Say what would be done, do nothing.")

    def handle(self, *, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        if dry_run:
            self._foretell()
            return
        with acting(Channel.SYSTEM, "adopt_ledger"):
            for finding, made in adopt(now=now):
                self._tell(sentence_of(finding), [Sentence.from_json(each) for each in made.sentences])
        left = remaining(now=now)
        for finding in left:
            self.stdout.write(sentence_of(finding))
        proof = refuses_overlaps()
        if left or proof is False:
            self.stderr.write(_("The database does not refuse overlaps yet."))
            sys.exit(FINDINGS)
        self.stdout.write(_("The database is safe: every rule is there, and an overlap is refused."))

    def _foretell(self) -> None:
        found = list(foretold(now=timezone.now()))
        for finding, outcome in found:
            self._tell(sentence_of(finding), outcome.sentences if outcome else ())
        if found:
            sys.exit(FINDINGS)
        self.stdout.write(_("Nothing to do."))

    def _tell(self, what: str, sentences: Any) -> None:
        self.stdout.write(what)
        for sentence in sentences:
            self.stdout.write(f"  {sentence}")
