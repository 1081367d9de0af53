"""The command: a process of its own, its state, and the account from a salon file or the database."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from integrations.models import CalendarEventType, CalendarHost
from integrations.sandbox import Account, File, Memory, World, database_world, salon_world, serve
from tests.integrations.sandbox_fixtures import CUT, Asker, receiving, small_world, utc
from tests.salon_files import CONTRACT, changed
from tests.salons import make_salon

TODAY = date(2026, 11, 23)
EMMA_ID, CUT_ID, WRAP_ID, FIX_ID, WASH_ID = 101, 3001, 3002, 3003, 3004


def contract(text: str = CONTRACT) -> Account:
    return salon_world.account_of(text.encode(), today=TODAY)


@contextmanager
def process(*arguments: str) -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "calcom_sandbox", "--port", "0", *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        killer = threading.Timer(30, running.kill)
        killer.start()
        try:
            assert running.stdout is not None
            said = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
            assert said is not None
            yield said.group()
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(20) == 0
            killer.cancel()


@pytest.fixture
def salon_file(tmp_path: Path) -> Path:
    path = tmp_path / "salon.yaml"
    path.write_text(CONTRACT, encoding="utf-8")
    return path


def test_bookings_outlive_the_process_and_its_webhook_does_not(tmp_path: Path, salon_file: Path) -> None:
    arguments = ["--salon", str(salon_file), "--state", str(tmp_path / "state.sqlite3")]
    body = {
        "eventTypeId": CUT_ID,
        "start": "2030-12-10T09:00:00Z",
        "attendee": {"name": "Jana Probst", "email": "jana@salon.example", "timeZone": "Europe/Berlin"},
        "metadata": {"terminfest_id": "7:1:1"},
    }
    # 180 days ahead is as far as the branch books.
    salon_file.write_text(changed(("horizon_days: 180", "horizon_days: 1830")), encoding="utf-8")
    with receiving() as receiver:
        with process(
            *arguments, "--webhook", receiver.url, "--secret", "geheim", "--latency-ms", "20"
        ) as url:
            made = Asker(url)("POST", "/v2/bookings", body).json()["data"]
        assert len(receiver.raw) == 1
        with process(*arguments) as url:
            ask = Asker(url)
            assert ask("GET", f"/v2/bookings/{made['uid']}").json()["data"]["metadata"] == made["metadata"]
            ask("POST", f"/v2/bookings/{made['uid']}/cancel", {"cancellationReason": "krank"})
        assert len(receiver.raw) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--salon", "missing.yaml"], "missing.yaml cannot be read"),
        (["--salon", "manage.py"], "manage.py, "),
        (["--salon", "SALON", "--state", "manage.py"], "manage.py cannot be used"),
        (["--salon", "SALON", "--state", ":memory:", "--port", "65536"], "A port is a number"),
        (["--salon", "SALON", "--state", ":memory:", "--host", "192.0.2.1"], "cannot be listened on"),
    ],
)
def test_bad_input_is_a_line_and_status_2(
    salon_file: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    filled = [str(salon_file) if argument == "SALON" else argument for argument in arguments]
    with pytest.raises(SystemExit) as caught:
        call_command("calcom_sandbox", *filled)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_store_in_a_file_gives_back_what_was_put_in(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    world = small_world(store=File(path))
    with serve(world) as sandbox:
        ask = Asker(sandbox.url)
        sandbox.webhook("http://127.0.0.1:9/", "geheim", event_type=1)
        ask.book(CUT, "10:00", metadata={"a": "b"})
        ask.reserve(CUT, "11:00")
        released = ask.reserve(CUT, "12:00").json()["data"]["reservationUid"]
        ask("DELETE", f"/v2/slots/reservations/{released}", version="2024-09-04")
        kept = world.store
    again = File(path)
    assert isinstance(kept, Memory)
    assert (again.bookings, again.reservations, again.webhooks) == (
        kept.bookings,
        kept.reservations,
        kept.webhooks,
    )
    assert again.next_id() == 2
    again.close()


def test_the_account_of_a_salon_file() -> None:
    account = contract()
    (emma,) = account.hosts.values()
    assert (emma.id, emma.name, emma.email) == (EMMA_ID, "Emma Keller", "emma@morgenrot.example")
    assert emma.hours == ((0, 540, 1080), (1, 540, 1080), (3, 540, 1200))
    assert date(2026, 12, 25) in emma.closed
    assert {one.id: one.length for one in account.event_types.values()} == {
        CUT_ID: 55,
        WRAP_ID: 50,
        FIX_ID: 5,
        WASH_ID: 55,
    }
    cut = account.event_types[CUT_ID]
    assert (cut.hosts, cut.interval, cut.notice, cut.window_days) == ((EMMA_ID,), 5, 15, 180)
    assert account.event_types[WRAP_ID].title == "Dauerwelle: Haare wickeln"


def test_own_durations_hours_absences_and_buffers_count() -> None:
    account = contract(
        changed(
            ("    branch: Mitte\n", "    branch: Mitte\n    calcom_user_id: 102\n"),
            ("    services: [Herrenhaarschnitt] ", "    services: [Herrenhaarschnitt, Dauerwelle] "),
            (
                "staff: Emma Keller, service: Herrenhaarschnitt",
                "staff: Jonas Brandt, service: Herrenhaarschnitt",
            ),
            ("buffer_after_minutes: 0", "buffer_after_minutes: 10"),
        )
    )
    jonas = account.hosts[102]
    assert account.event_types[CUT_ID].length == 45
    assert jonas.hours == ((1, 600, 840), (1, 900, 1140), (5, 540, 840))
    assert jonas.working([date(2026, 12, 22)]) == []
    assert len(jonas.working([date(2026, 12, 15)])) == 2
    buffers = {number: account.event_types[number].buffer_after for number in (WRAP_ID, FIX_ID, WASH_ID)}
    assert buffers == {WRAP_ID: 0, FIX_ID: 0, WASH_ID: 10}


def test_an_event_type_of_somebody_who_is_not_there_has_no_hosts() -> None:
    account = contract(changed((", calcom_user_id: 101", "")))
    world = World(account)
    with serve(world) as sandbox:
        assert Asker(sandbox.url).create(CUT_ID, "10:00").status_code == 422


def test_the_account_of_the_database(db: None) -> None:
    salon = make_salon()
    CalendarHost.objects.create(company=salon.company, staff=salon.emma, calcom_user_id=EMMA_ID)
    for position, number in ((1, WRAP_ID), (3, FIX_ID), (5, WASH_ID)):
        CalendarEventType.objects.create(
            company=salon.company,
            staff=salon.emma,
            service=salon.perm,
            phase_position=position,
            event_type_id=number,
        )
    account = database_world.account(today=TODAY)
    assert account.hosts[EMMA_ID].name == "Emma Keller"
    assert {one.id: one.length for one in account.event_types.values()} == {
        WRAP_ID: 50,
        FIX_ID: 5,
        WASH_ID: 55,
    }
    with serve(World(account, clock=small_world().clock)) as sandbox:
        assert Asker(sandbox.url).slots(WRAP_ID, start=utc("08:00"), end=utc("09:00")) == [
            "08:00",
            "08:05",
            "08:10",
        ]
