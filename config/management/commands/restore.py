"""``restore FILE``: brings a backup back and proves that it is all there."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments.integrity import sentence_of
from config.backups import BackupError, restore

FINDINGS, BAD_INPUT = 1, 2


class Command(BaseCommand):
    # What it restores into has no tables yet.
    requires_migrations_checks = False
    help = (
        "Restores a file that `backup` wrote into the database of DATABASE_URL, which has to be empty. Stop "
        "web and worker first. Checksum, rows, rules of the database and the integrity checks are verified; "
        "newer migrations are applied. Exit status: 0 it is all there and sound; 1 the checks found "
        "something; 2 it was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dump", type=Path, metavar="FILE")
        parser.add_argument(
            "--replace", action="store_true", help="Throw away what is in the database before."
        )

    def handle(self, *, dump: Path, replace: bool, **options: Any) -> None:
        try:
            found = restore(dump, now=timezone.now(), replaces=replace, tell=self.stdout.write)
        except BackupError as error:
            self.stderr.write(str(error))
            sys.exit(BAD_INPUT)
        for finding in found:
            self.stdout.write(sentence_of(finding))
        if found:
            sys.exit(FINDINGS)
        self.stdout.write("Restored: every row, every rule, and nothing is wrong with them.")
