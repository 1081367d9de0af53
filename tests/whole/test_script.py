"""A sequence that broke something, written down so that ``simulate_call`` plays it again."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from django.conf import settings
from django.core.management import call_command

from calls.simulator import read_script
from tests.salons import NOW, Salon, make_salon
from tests.whole.dying import STATEMENT
from tests.whole.machine import WholeMachine
from tests.whole.stage import PLACES
from tools.soak.exporting import event_types_of, export
from tools.soak.planted import PLANTED

CUT = {"is_perm": False, "staff": True}
OVERLAP, REPLAY = "booked without asking again, no constraint", "replayed by the tool call's id alone"


def two_want_the_same(machine: WholeMachine) -> None:
    machine.caller_checks(line=1, start=PLACES[0], **CUT)
    machine.caller_books(line=1, start=PLACES[0], **CUT)
    machine.staff_books(is_perm=False, is_emma=True, start=PLACES[0])
    machine.nothing_is_broken()


def another_question_under_the_same_id(machine: WholeMachine) -> None:
    machine.caller_checks(line=0, start=PLACES[0], **CUT)
    machine.caller_borrows_tool(line=0, start=PLACES[7], **CUT)


def the_counter_moves_it(machine: WholeMachine) -> None:
    machine.staff_books(is_perm=True, is_emma=True, start=PLACES[0])
    machine.staff_moves(number=0, is_emma=False, start=PLACES[7])
    machine.process_will_die(where=STATEMENT, count=60)
    machine.caller_moves(line=0, number=0, start=PLACES[1], says_which=True)
    machine.caller_cancels(line=0, number=0, says_which=True)
    machine.staff_cancels(number=0)


def written_down(machine: WholeMachine, day: Callable[[WholeMachine], None], number: str) -> str:
    """The day as a script, with what was broken by it."""
    machine.open_salon(strict=False)
    wrong: list[str] = []
    try:
        day(machine)
    except AssertionError as error:
        wrong = str(error).splitlines()
    finally:
        machine.stage.is_sound = False  # nobody waits for it to come to rest
        machine.teardown()
    return export(machine.stage.journal, wrong, number=number)


@pytest.fixture
def simulate(transactional_db: None, live_server: Any, tmp_path: Path) -> Callable[[str], int]:
    """The exit status of ``simulate_call``, at the moment of the sequence."""

    def played(script: str) -> int:
        path = tmp_path / "script.yaml"
        path.write_text(script, encoding="utf-8")
        try:
            with time_machine.travel(NOW, tick=True):
                call_command(
                    "simulate_call", path, url=str(live_server), stdout=StringIO(), stderr=StringIO()
                )
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return played


@pytest.fixture
def salon(transactional_db: None) -> Salon:
    with time_machine.travel(NOW):
        return make_salon()


@pytest.mark.parametrize(
    ("bug", "day", "number"),
    [(OVERLAP, two_want_the_same, "I1"), (REPLAY, another_question_under_the_same_id, "I10")],
)
def test_played_again_it_breaks_what_it_broke(
    machine: Callable[[], WholeMachine],
    simulate: Callable[[str], int],
    bug: str,
    day: Callable[[WholeMachine], None],
    number: str,
) -> None:
    with PLANTED[bug]():
        salon = make_salon()
        script = written_down(machine(), day, salon.number)
        assert f"# {number}: " in script
        assert simulate(script) == 1


@pytest.mark.parametrize(
    ("bug", "day"), [(OVERLAP, two_want_the_same), (REPLAY, another_question_under_the_same_id)]
)
def test_where_nothing_is_broken_it_is_played_to_its_end(
    machine: Callable[[], WholeMachine],
    simulate: Callable[[str], int],
    salon: Salon,
    bug: str,
    day: Callable[[WholeMachine], None],
) -> None:
    with PLANTED[bug]():
        number = salon.number
        script = written_down(machine(), day, number)
    if bug == OVERLAP:  # its database was emptied when its guards were put back
        script = script.replace(number, make_salon("abendrot").number)

    assert simulate(script) == 0


def test_the_counter_and_what_cannot_be_played(
    machine: Callable[[], WholeMachine], simulate: Callable[[str], int], salon: Salon
) -> None:
    script = written_down(machine(), the_counter_moves_it, salon.number)

    does = [step["counter"]["does"] for step in yaml.safe_load(script)["steps"] if "counter" in step]
    assert does == ["books", "moves", "cancels"]
    assert "the process will die statement 60" in script
    assert simulate(script) == 0


def test_for_the_demo(machine: Callable[[], WholeMachine], tmp_path: Path) -> None:
    """Cal.com's event types have other numbers there."""
    one = machine()
    one.open_salon(strict=False)
    one.guest_books(event_type=3003, start=PLACES[0])
    one.something_will_fail(fault="refused", operation="create", times=2)
    one.stage.is_sound = False
    one.teardown()
    salon_file = Path(settings.BASE_DIR, "config", "demo", "salon.yaml")
    path = tmp_path / "script.yaml"

    path.write_text(export(one.stage.journal, [], event_types=event_types_of(salon_file)), encoding="utf-8")

    stranger, fault, *_end = (step.model_dump(exclude_defaults=True) for step in read_script(path).steps)
    assert stranger["sandbox"]["stranger"]["event_type"] == 3011
    assert fault["sandbox"]["faults"] == [{"fault": "refused", "operation": "create", "times": 2}]
