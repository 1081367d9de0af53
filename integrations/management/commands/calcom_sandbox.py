"""``calcom_sandbox``: a local stand-in for Cal.com API v2."""

import signal
import sqlite3
import sys
import threading
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from appointments.salon.problems import SalonFileError
from integrations.sandbox import Account, File, Memory, World, database_world, listen, salon_world
from integrations.sandbox.server import Server
from integrations.sandbox.store import Store
from integrations.sandbox.webhooks import subscribe

IN_MEMORY = ":memory:"
BAD_INPUT = 2
LAST_PORT = 65_535
WEBHOOK_NUMBER = "00000000-0000-4000-8000-000000000001"


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise ArgumentTypeError(f"a rate is a number from 0 to 1, not {text}")
    return rate


def _count(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"a whole number, not {text}")
    return int(text)


class Command(BaseCommand):
    help = (
        "Serves a local stand-in for Cal.com API v2 until it is stopped: real HTTP, its conflicts, its "
        "reservations that are no locks, its signed webhooks. Event types, hosts and hours come from the "
        "salon file, without one from the database. Any bearer key beginning with cal_ is accepted. Beside "
        "the vendor's paths it has /sandbox/…, see integrations/sandbox/__init__.py."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
        parser.add_argument(
            "--port", type=_count, default=5555, help="port, 0 for a free one (default: 5555)"
        )
        parser.add_argument(
            "--salon", type=Path, metavar="FILE.yaml", help="salon file to take the account from"
        )
        parser.add_argument("--webhook", metavar="URL", help="where to send what happens to bookings")
        parser.add_argument(
            "--secret",
            default=settings.CALCOM_WEBHOOK_SECRET,
            help="what the webhooks are signed with (default: CALCOM_WEBHOOK_SECRET)",
        )
        parser.add_argument(
            "--latency-ms",
            type=_count,
            default=0,
            help="added to every answer; half of a write's before its effect",
        )
        parser.add_argument(
            "--fail-rate", type=_rate, default=0.0, help="share of requests that fail in some way, 0 to 1"
        )
        parser.add_argument(
            "--rate-limit",
            type=_count,
            help="requests a minute for each key, then blocked for a minute (default: off)",
        )
        parser.add_argument(
            "--state",
            metavar="FILE",
            help=f"keeps the bookings (default: calcom-sandbox.sqlite3 in VAR_DIR; {IN_MEMORY}: none)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        world = World(
            self._account(options["salon"]),
            self._store(options["state"]),
            latency_ms=options["latency_ms"],
            fail_rate=options["fail_rate"],
            rate_limit=options["rate_limit"] or None,
        )
        _set_webhook(world, options["webhook"], options["secret"])
        if options["port"] > LAST_PORT:
            self._refuse(f"A port is a number up to {LAST_PORT}, not {options['port']}.")
        try:
            server = listen(world, host=options["host"], port=options["port"])
        except OSError as error:
            self._refuse(f"{options['host']}:{options['port']} cannot be listened on: {error.strerror}.")
        facts = f"{len(world.account.hosts)} hosts, {len(world.account.event_types)} event types"
        self.stdout.write(f"Cal.com sandbox at {world.url} ({facts}).")
        self.stdout.flush()
        _run(server)

    def _account(self, salon: Path | None) -> Account:
        today = timezone.localdate()
        if salon is None:
            return database_world.account(today=today)
        try:
            return salon_world.account_of(salon.read_bytes(), today=today)
        except OSError as error:
            self._refuse(f"{salon} cannot be read: {error.strerror}.")
        except SalonFileError as error:
            self._refuse(f"{salon}, {error.problems[0]}")

    def _store(self, state: str | None) -> Store:
        if state == IN_MEMORY:
            return Memory()
        path = Path(state) if state else settings.VAR_DIR / "calcom-sandbox.sqlite3"
        try:
            return File(path)
        except (sqlite3.Error, OSError) as error:
            self._refuse(f"{path} cannot be used: {error}.")

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(BAD_INPUT)


def _set_webhook(world: World, url: str | None, secret: str | None) -> None:
    """The state remembers the one of the last start, whose receiver may have another port now."""
    last = world.store.webhooks.get(WEBHOOK_NUMBER)
    if last is not None:
        world.store.remove(last)
    if url:
        subscribe(world, url, secret, number=WEBHOOK_NUMBER)


def _run(server: Server) -> None:
    """Until SIGINT or SIGTERM."""
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    thread = threading.Thread(target=server.serve_forever, name="calcom-sandbox", daemon=True)
    thread.start()
    stopping.wait()
    server.world.stopping.set()
    server.shutdown()
    thread.join()
    server.close()
    server.world.store.close()
