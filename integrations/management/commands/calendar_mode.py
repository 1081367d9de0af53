"""``calendar_mode``: a branch's calendar is switched, or put back, after a look at what that does."""

import sys
from argparse import ArgumentParser
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from appointments.audit import acting_command
from appointments.calendar_modes import former, switch, switches
from appointments.models import Branch
from appointments.models.company import CalendarMode
from appointments.salon.naming import NoSuchBranch, branch_named
from integrations.switching import preview


class Command(BaseCommand):
    help = (
        "Shows a branch's calendar mode and its past; with --to or --back what would change, with --apply as "
        "well it is done. Calls that are running go on. Status 0: done or shown; 2: cannot be done."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "branch", metavar="SALON/BRANCH", help="the salon's short name, the branch's name"
        )
        target = parser.add_mutually_exclusive_group()
        target.add_argument("--to", choices=CalendarMode.values, help="the mode it shall have")
        target.add_argument("--back", action="store_true", help="the mode it had before")
        parser.add_argument("--apply", action="store_true", help="do it")

    def handle(self, **options: Any) -> None:
        try:
            branch = branch_named(options["branch"])
        except NoSuchBranch as error:
            self._refuse(str(error))
        if not (options["to"] or options["back"]):
            self._show(branch)
            return
        mode = former(branch) if options["back"] else CalendarMode(options["to"])
        if mode is None:
            self._refuse(f"{options['branch']} has never had another mode than {branch.calendar}.")
        self.stdout.write(f"{options['branch']}: {branch.calendar} -> {mode.value}")
        with translation.override(settings.LANGUAGE_CODE):
            for sentence in preview(branch, mode, now=timezone.now()):
                self.stdout.write(f"  {sentence}")
        if options["apply"]:
            with acting_command("calendar_mode"):
                switch(branch, mode)
            self.stdout.write("Done.")

    def _show(self, branch: Branch) -> None:
        for each in switches(branch):
            self.stdout.write(
                f"{each.since.astimezone(branch.zone):%Y-%m-%d %H:%M}  {each.mode.value}  {each.by}"
            )

    def _refuse(self, message: str) -> NoReturn:
        self.stderr.write(message)
        sys.exit(2)
