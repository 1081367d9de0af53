"""A hundred callers at once, over HTTP, against several server processes (invariants I1, I4).

The last test is the negative control: the same rush without our guards is noticed.
"""

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

import pytest
from django.db import connection
from psycopg import sql

from tests.calls.race.callers import Answer, rush
from tests.calls.race.judge import complaints
from tests.calls.race.servers import connect, copy_of, manage, serving
from tests.salons import BERLIN

# Has the tests' own database made, of which the servers get copies.
pytestmark = pytest.mark.django_db

CALLERS = 100
FEW_CALLERS = 32  # enough to keep every thread of every process busy
NUMBER = "+49301234502"
SALON = "config/demo/replay.yaml"
GUARDS = (
    "ALTER TABLE appointments_allocation DROP CONSTRAINT allocation_one_place_at_a_time",
    "DROP TRIGGER allocation_ledger ON appointments_allocation",
    "DROP TRIGGER appointment_ledger ON appointments_appointment",
)
EMPTY = ("calls_call", "appointments_reservation", "appointments_appointment", "appointments_customer")


def next_monday() -> str:
    """Real processes have the real time: the day is always more than a week away."""
    today = datetime.now(tz=BERLIN).date()
    return (today + timedelta(days=14 - today.weekday())).isoformat()


def wish(service: str, clock_time: str) -> dict[str, str]:
    return {
        "datum": next_monday(),
        "uhrzeit": clock_time,
        "dienstleistung": service,
        "mitarbeiter": "Emma Keller",
    }


ONE_SLOT = [("Herrenhaarschnitt", "10:00")]
OVERLAPPING = [
    ("Damenhaarschnitt", "08:45"),
    ("Herrenhaarschnitt", "10:00"),
    ("Dauerwelle", "09:30"),
    ("Damenhaarschnitt", "10:30"),
    ("Dauerwelle", "10:10"),
    ("Herrenhaarschnitt", "10:55"),
    ("Damenhaarschnitt", "11:05"),
    ("Dauerwelle", "11:30"),
    ("Damenhaarschnitt", "12:00"),
]


def callers_for(slots: list[tuple[str, str]], count: int = CALLERS) -> list[dict[str, str]]:
    return [wish(*slot) for slot in islice(cycle(slots), count)]


@pytest.fixture(scope="module")
def salon_database(django_db_setup: None) -> Iterator[str]:
    with copy_of(connection.settings_dict["NAME"], f"test_race_{os.getpid()}") as name:
        manage(name, "apply_salon", SALON)
        yield name


@pytest.fixture(scope="module")
def unguarded_database(salon_database: str) -> Iterator[str]:
    """Copied before anybody uses the original."""
    with copy_of(salon_database, f"{salon_database}_unguarded") as name:
        with connect(name) as own:
            for guard in GUARDS:
                own.execute(sql.SQL(guard))
        yield name


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("race") / "server.log"


@pytest.fixture(scope="module")
def url(salon_database: str, unguarded_database: str, log: Path) -> Iterator[str]:
    with serving("tests.calls.race.unhurried", salon_database, log) as address:
        yield address


@pytest.fixture(autouse=True)
def empty(salon_database: str) -> None:
    with connect(salon_database) as own:
        own.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(map(sql.Identifier, EMPTY))))


def heard(calls: list[tuple[Answer, Answer]]) -> Counter[tuple[str, str]]:
    return Counter((check.status, booking.status) for check, booking in calls)


def test_of_a_hundred_callers_for_one_slot_one_has_it(url: str, salon_database: str, log: Path) -> None:
    calls = rush(url, NUMBER, callers_for(ONE_SLOT))

    assert heard(calls) == {("available", "booked"): 1, ("unavailable", "slot_taken"): CALLERS - 1}
    with connect(salon_database) as own:
        assert complaints(calls, own) == []
    assert log.read_text() == ""


def test_overlapping_wishes_of_different_length_never_overlap(
    url: str, salon_database: str, log: Path
) -> None:
    calls = rush(url, NUMBER, callers_for(OVERLAPPING))

    with connect(salon_database) as own:
        assert complaints(calls, own) == []
    # Nothing overlaps the first, and whatever came first of the others, at least one of them fits.
    assert heard(calls)["available", "booked"] >= 2
    assert log.read_text() == ""


def test_without_the_guards_the_race_would_be_noticed(unguarded_database: str, tmp_path: Path) -> None:
    with serving("tests.calls.race.unguarded", unguarded_database, tmp_path / "server.log") as url:
        calls = rush(url, NUMBER, callers_for(ONE_SLOT, count=FEW_CALLERS))

    with connect(unguarded_database) as own:
        found = complaints(calls, own)
    assert [line for line in found if line.startswith("the ledger overlaps")] != []
