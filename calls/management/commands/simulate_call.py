"""Play a call script against a running server, or type a call."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments.models import BranchPhoneNumber
from calls.simulator import BadScript, Calendar, Player, Unplayable, Unreachable, read_script
from calls.simulator.agent import new_test_call
from calls.simulator.line import HttpLine
from calls.simulator.terminal import converse


class Command(BaseCommand):
    help = (
        "Plays a call script (YAML) over HTTP with signed requests, prints the dialogue and compares the "
        "answers with what the script expects. Status 0: all as expected; 1: not; 2: cannot be played. "
        "With --interactive you type as a caller would, one line at a time; an empty line hangs up."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("script", type=Path, nargs="*", help="call scripts, see calls/scripts/")
        parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the server listens")
        parser.add_argument(
            "--in-time", action="store_true", help="wait between steps as long as the script says"
        )
        parser.add_argument("--interactive", action="store_true", help="type a call instead of playing one")
        parser.add_argument("--number", help="the salon's number; default: the first branch's")
        parser.add_argument("--caller", default="", help="the caller's number; default: hidden")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not settings.RETELL_API_KEYS:
            self._fail("RETELL_API_KEYS is not set: without a key no call can be signed.")
        if options["interactive"]:
            self._type(options)
            return
        if not options["script"]:
            self._fail("Name a call script, or say --interactive.")
        failures: list[str] = []
        for path in options["script"]:
            try:
                failures += self._play(path, options["url"], in_time=options["in_time"])
            except (BadScript, Unplayable, Unreachable) as error:
                self._fail(str(error))
        if failures:
            self.stderr.write(f"{len(failures)} answers were not as expected.")
            sys.exit(1)
        self.stdout.write("\nAll answers were as expected.")

    def _type(self, options: dict[str, Any]) -> None:
        number = (
            options["number"]
            or BranchPhoneNumber.objects.order_by("pk").values_list("number", flat=True).first()
        )
        if not number:
            self._fail("No branch has a telephone number; name one by --number.")
        line = HttpLine(options["url"], key=settings.RETELL_API_KEYS[0], now=timezone.localtime)
        call = new_test_call(line, number=str(number), caller=options["caller"])
        try:
            converse(call, sys.stdin, say=self.stdout.write)
        except Unreachable as error:
            self._fail(str(error))
        finally:
            line.close()

    def _play(self, path: Path, url: str, *, in_time: bool) -> list[str]:
        began = monotonic()

        def wait_until(second: float) -> None:
            if in_time:
                sleep(max(began + second - monotonic(), 0))

        return Player(
            read_script(path),
            url=url,
            key=settings.RETELL_API_KEYS[0],
            now=timezone.localtime,
            say=self.stdout.write,
            calendar=_calendar(),
            wait_until=wait_until,
        ).play()

    def _fail(self, message: str) -> None:
        self.stderr.write(message)
        sys.exit(2)


def _calendar() -> Calendar | None:
    if not settings.CALCOM_API_KEY:
        return None
    zone = timezone.get_default_timezone()
    return Calendar(settings.CALCOM_API_URL, settings.CALCOM_API_KEY, zone=zone)
