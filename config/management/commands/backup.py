"""``backup``: a dump of everything, with what it has to contain."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from config.backups import BackupError, Manifest, backup, keep_only

BAD_INPUT = 2


class Command(BaseCommand):
    help = (
        "Writes everything that is in the database to a file that only you can read, with a manifest beside "
        "it: checksum, migrations, version and rows by table. It is not encrypted and holds personal data. "
        "Exit status: 0 done; 2 it could not be written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        default = settings.VAR_DIR / "backups"
        parser.add_argument("--to", type=Path, default=default, metavar="FOLDER", help=f"Default: {default}.")
        parser.add_argument("--keep", type=int, metavar="N", help="Then remove all but the newest N.")

    def handle(self, *, to: Path, keep: int | None, **options: Any) -> None:
        if keep is not None and keep < 1:
            self._refuse("--keep has to be 1 at least.")
        try:
            dump = backup(to, now=timezone.now())
        except BackupError as error:
            self._refuse(str(error))
        manifest = Manifest.read(dump)
        rows = sum(manifest.counts.values())
        self.stdout.write(f"{dump}: {rows} rows, {manifest.bytes / 1e6:.1f} MB, sha256 {manifest.sha256}.")
        for gone in keep_only(to, keep) if keep is not None else ():
            self.stdout.write(f"{gone} was removed.")

    def _refuse(self, line: str) -> None:
        self.stderr.write(line)
        sys.exit(BAD_INPUT)
