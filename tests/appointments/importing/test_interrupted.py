"""Never a half import: killed on the way, twice at once, beside somebody who books."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import connection

from appointments import booking
from appointments.importing import running
from appointments.models import Allocation, Appointment, Import, ImportedRow
from tests.appointments.importing.files import counts, import_csv, import_file
from tests.appointments.racing import overlaps, promises_without_time, race
from tests.calls.race.servers import environment
from tests.salons import MONDAY, NOW, Salon, at

HEADER = "Datum;Uhrzeit;Mitarbeiter;Leistung;Kunde\n"
ROWS = "".join(
    f"{MONDAY + timedelta(days=day):%d.%m.%Y};{hour:02d}:00;Emma Keller;Herrenhaarschnitt;Kunde {day}\n"
    for day in range(10)
    for hour in (9, 10, 11)
)
MAPPING = "create_missing: [customers]"

# The command in a process of its own, which says when its second batch has been written but not committed.
CHILD = """
import sys
import django, time_machine
django.setup()
time_machine.travel(sys.argv[3], tick=False).start()
from django.core.management import call_command
from appointments.importing import running
running.BATCH = 10
do = running._Work._do
batches = 0
def stop(self, rows):
    global batches
    batches += 1
    do(self, rows)
    if batches == 2:
        print("written", flush=True)
        sys.stdin.read()
running._Work._do = stop
call_command("import_appointments", sys.argv[1], company="morgenrot", mapping=sys.argv[2])
"""


@pytest.fixture
def small_batches() -> Iterator[None]:
    with patch.object(running, "BATCH", 10), time_machine.travel(NOW, tick=False):
        yield


def kill_in_the_second_batch(file: Path) -> None:
    mapping = file.with_suffix(".yaml")
    mapping.write_text(MAPPING, encoding="utf-8")
    command = [sys.executable, "-c", CHILD, str(file), str(mapping), NOW.isoformat()]
    with subprocess.Popen(
        command,
        env=environment(connection.settings_dict["NAME"]),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"written\n"
        child.send_signal(signal.SIGKILL)


def test_killed_import_says_how_far_it_came_and_goes_on(
    committed: Salon, small_batches: None, tmp_path: Path
) -> None:
    file = tmp_path / "termine.csv"
    file.write_text(HEADER + ROWS, encoding="utf-8")
    kill_in_the_second_batch(file)
    run = Import.objects.get()
    assert (run.state, run.rows_total, run.rows_done, run.imported) == ("running", 30, 10, 10)
    assert (Appointment.objects.count(), Allocation.objects.count()) == (10, 10), (
        "the second batch left nothing"
    )
    result = import_file(file, mapping=MAPPING)
    assert counts(result) == (30, 0, 0, 0), "as if nothing had happened"
    assert (Appointment.objects.count(), ImportedRow.objects.count()) == (30, 30)
    assert Import.objects.get().state == "done"
    assert (overlaps(), promises_without_time()) == (0, 0)


def test_the_same_file_twice_at_once(committed: Salon, small_batches: None, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    results = race(
        [lambda folder=folder: import_csv(folder, HEADER + ROWS, mapping=MAPPING) for folder in folders]
    )
    assert sorted(counts(result) for result in results) == [(0, 0, 30, 0), (30, 0, 0, 0)]
    assert (Appointment.objects.count(), overlaps()) == (30, 0)


class Meanwhile:
    """``action`` in another thread, once, right after the import has read what is taken."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self.action, self.done, self.outcome = action, Event(), None

    def run(self) -> None:
        try:
            self.outcome = self.action()
        except booking.BookingError as error:
            self.outcome = error
        finally:
            connection.close()
            self.done.set()


def test_whoever_books_beside_an_import_waits_for_its_batch(
    committed: Salon, small_batches: None, tmp_path: Path
) -> None:
    """The import holds the stylist's lock for as long as a batch takes; the booking then finds her taken."""
    from appointments.booking import importing  # noqa: PLC0415 - its inside is what is stopped

    other = Meanwhile(lambda: committed.book(committed.cut, committed.emma, MONDAY, "09:30"))
    read = importing._read
    with ThreadPoolExecutor(1) as threads:

        def stop(*args: Any, **kwargs: Any) -> Any:
            result = read(*args, **kwargs)
            if not other.done.is_set() and other.outcome is None and not threads._work_queue.qsize():
                threads.submit(other.run)
                assert not other.done.wait(0.15), "it must wait for the lock"
            return result

        with patch.object(importing, "_read", stop):
            result = import_csv(tmp_path, HEADER + ROWS.splitlines(keepends=True)[0], mapping=MAPPING)
    assert counts(result) == (1, 0, 0, 0)
    assert isinstance(other.outcome, booking.SlotTaken)
    assert overlaps() == 0


def test_row_of_somebody_who_took_no_locks_is_found_at_the_second_attempt(
    committed: Salon, small_batches: None, tmp_path: Path
) -> None:
    """The constraint has the last word; the batch is read again and the row goes to quarantine."""
    from appointments.booking import importing  # noqa: PLC0415 - its inside is what is stopped

    read, stopped = importing._read, []

    def without_locks() -> Appointment:
        with patch("appointments.booking.slots.lock_staff", lambda *_ids: None):
            return committed.book(committed.cut, committed.emma, MONDAY, "09:30")

    def stop(*args: Any, **kwargs: Any) -> Any:
        result = read(*args, **kwargs)
        if not stopped:
            stopped.append(race([without_locks]))
        return result

    with patch.object(importing, "_read", stop):
        result = import_csv(tmp_path, HEADER + ROWS.splitlines(keepends=True)[0], mapping=MAPPING)
    assert counts(result) == (0, 1, 0, 0)
    assert Appointment.objects.get(status="booked").starts_at == at(MONDAY, "09:30")
    assert overlaps() == 0
