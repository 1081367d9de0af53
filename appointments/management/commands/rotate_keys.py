"""``rotate_keys``: stored secrets under the present key, while everything goes on."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from appointments import encryption

FINDINGS = 1


class Command(BaseCommand):
    help = (
        "Encrypts stored secrets (Cal.com keys, webhook secrets, addresses of alarms, second steps of "
        "logins) under the first of ENCRYPTION_KEYS, SECRET_KEY, SECRET_KEY_FALLBACKS. Web and worker go on "
        "meanwhile. Exit status: 0 everything is under the present key; 1 something is not (--check), or "
        "cannot be read."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Count only, change nothing.")

    def handle(self, *, check: bool, **options: Any) -> None:
        found = encryption.rotate(changes=not check)
        for each in found:
            facts = {
                "column": each.column,
                "current": each.current,
                "former": each.former,
                "unreadable": each.unreadable,
            }
            if check:
                line = _(
                    "%(column)s: present key %(current)s, former key %(former)s, unreadable %(unreadable)s."
                )
            else:
                line = _(
                    "%(column)s: encrypted anew %(former)s, as before %(current)s, unreadable %(unreadable)s."
                )
            self.stdout.write(line % facts)
        if any(each.unreadable for each in found):
            self.stderr.write(str(encryption.SecretUnreadable()))
        if any(each.unreadable or (check and each.former) for each in found):
            sys.exit(FINDINGS)
