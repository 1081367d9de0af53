"""Bringing calendar and appointments into agreement by hand, or as a process of its own."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from integrations.convergence.due import due, overdue, sync_due

PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Compares every appointment that is due with Cal.com and brings the two into agreement. Goes on "
        "until it is interrupted, unless --once is given. The worker does the same by itself. Exits with 1 "
        "if, with --once, something has been waiting for more than five minutes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one pass, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        if once:
            self._pass()
            late = overdue(timezone.now()).count()
            if late:
                self.stdout.write(f"{late} pending for more than five minutes.")
                raise SystemExit(1)
            return
        stop = threading.Event()
        self._stop_at_signals(stop)
        while not stop.is_set():
            if due(timezone.now()).exists():
                self._pass()
            stop.wait(PAUSE_SECONDS)

    def _pass(self) -> None:
        done = sync_due(now=timezone.now())
        self.stdout.write(f"{done} compared, {due(timezone.now()).count()} still due.")

    def _stop_at_signals(self, stop: threading.Event) -> None:
        def end(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
