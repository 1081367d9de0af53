"""Incidents 2, 3 and 4 with a calendar that misbehaves as it did then: the demo's salon, the sandbox and the
scripts that `make demo` plays too, over real HTTP.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.utils import timezone

from appointments import salon as salon_file
from appointments.models import Allocation, Appointment
from appointments.models.appointment import Status
from calls.simulator import Calendar, Player, Unplayable, read_script
from integrations.calcom import performing
from integrations.sandbox import Sandbox, World, salon_world, serve
from tests.calls.phone import nothing_blocks
from tests.integrations.calendar import clock_of
from tests.salons import BERLIN, NOW

SCRIPTS = Path(django_settings.BASE_DIR, "calls", "scripts")
SALON = Path(django_settings.BASE_DIR, "config", "demo", "salon.yaml")
SHIFTED = "calendar_2_shifted_booking.yaml"
REFUSED = "calendar_3_refused_booking.yaml"
PARALLEL = "calendar_4_parallel_segments.yaml"

Play = Callable[[str], Player]


@pytest.fixture
def sandbox(transactional_db: None, settings: Any) -> Iterator[Sandbox]:
    content = SALON.read_bytes()
    with time_machine.travel(NOW, tick=True):
        salon_file.apply(salon_file.read(content), now=timezone.now())
        with serve(World(salon_world.account_of(content, today=NOW.date()))) as running:
            settings.CALCOM_API_URL, settings.CALCOM_API_KEY = running.url, running.key
            settings.CALENDAR_CALL_BUDGET_MS = 5000
            yield running


@pytest.fixture
def play(sandbox: Sandbox, live_server: object) -> Play:
    def played(name: str) -> Player:
        player = player_of(name, str(live_server), Calendar(sandbox.url, sandbox.key, zone=BERLIN))
        player.play()
        return player

    return played


def player_of(name: str, url: str, calendar: Calendar | None) -> Player:
    return Player(
        read_script(SCRIPTS / name),
        url=url,
        key=django_settings.RETELL_API_KEYS[0],
        now=timezone.localtime,
        say=lambda _line: None,
        calendar=calendar,
    )


def standing(sandbox: Sandbox) -> list[tuple[int, str, str]]:
    rows = sandbox.world.bookings(standing=True)
    return [(row.event_type_id, clock_of(row.start), clock_of(row.end)) for row in rows]


def test_every_script_is_played_here() -> None:
    assert {path.name for path in SCRIPTS.glob("calendar_*.yaml")} == {SHIFTED, REFUSED, PARALLEL}


def test_2_a_shifted_booking_is_undone_and_refused(play: Play, sandbox: Sandbox) -> None:
    assert play(SHIFTED).failures == []

    assert standing(sandbox) == []
    assert nothing_blocks()
    assert Appointment.objects.get().status == Status.REJECTED
    (made,) = sandbox.world.bookings(standing=False)
    assert (clock_of(made.start), made.status) == ("11:30", "cancelled")


def test_3_a_refusal_leaves_neither_row_nor_booking(play: Play, sandbox: Sandbox) -> None:
    """What is left in the end is the one booking that was said to be one."""
    assert play(REFUSED).failures == []

    (booked,) = Appointment.objects.blocking()
    assert booked.attendee == "Lena Vogel"
    assert {one.status for one in Appointment.objects.exclude(pk=booked.pk)} == {Status.REJECTED}
    assert set(Allocation.objects.values_list("appointment", flat=True)) == {booked.pk}
    assert standing(sandbox) == [
        (3010, "10:00", "10:50"),
        (3011, "11:05", "11:10"),
        (3012, "11:20", "12:15"),
    ]


def test_4_the_parts_of_a_perm_are_booked_at_once(play: Play) -> None:
    assert play(PARALLEL).failures == []


@pytest.mark.parametrize("name", [SHIFTED, REFUSED])
def test_a_calendar_that_behaves_disappoints_the_script(
    name: str, play: Play, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: without the faults it does not come out as the script says."""
    monkeypatch.setattr(sandbox.faults, "add", lambda *_args, **_facts: None)

    assert play(name).failures != []


def test_one_after_the_other_disappoints_the_script(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: with the old system's order the parts take three times as long as the slowest."""
    monkeypatch.setattr(performing, "THREADS", 1)

    (failure,) = play(PARALLEL).failures

    assert failure.startswith("calendar: whole_by_slowest: expected")


def test_no_fault_is_left(play: Play, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the script comes to nothing."""
    monkeypatch.setattr(Player, "_play_all", lambda _player: sandbox.faults.add("refused", times=None))

    play(SHIFTED)

    assert sandbox.faults.waiting() == []


@pytest.mark.parametrize(
    "url", ["https://api.cal.com", "http://192.0.2.7:5555", "http://localhost.example", ""]
)
def test_nobodys_calendar_is_broken_on_purpose(url: str) -> None:
    """Refused before anything is asked: the tests' guard would fail at a connection to elsewhere."""
    with pytest.raises(
        Unplayable, match=r"^This script breaks the calendar on purpose, so it is not played with"
    ):
        player_of(SHIFTED, "http://127.0.0.1:1", Calendar(url, "cal_live_secret", zone=BERLIN)).play()


def test_without_a_calendar_it_is_not_played() -> None:
    with pytest.raises(Unplayable, match="CALCOM_API_URL"):
        player_of(SHIFTED, "http://127.0.0.1:1", None).play()


def test_what_answers_is_no_sandbox(live_server: object) -> None:
    with pytest.raises(Unplayable, match="is no sandbox"):
        player_of(SHIFTED, str(live_server), Calendar(str(live_server), "cal_x", zone=BERLIN)).play()
