"""Playing sequences by a seed, and keeping what is left of the one that broke something."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, seed
from hypothesis import settings as how
from hypothesis.reporting import with_reporter
from hypothesis.stateful import run_state_machine_as_test

from tests.whole.journal import TALLY, Journal
from tests.whole.machine import WholeMachine

STEPS = 40
Make = Callable[[], WholeMachine]


@dataclass(frozen=True)
class Failure:
    """``said``: hypothesis's own words, with every step. ``journal``: what happened in the shortest one."""

    seed: int
    error: BaseException
    said: str
    journal: Journal | None


class Factory:
    """Makes a machine for each sequence, and remembers the last."""

    def __init__(self, make: Make) -> None:
        self.make = make
        self.last: WholeMachine | None = None

    def __call__(self) -> WholeMachine:
        self.last = self.make()
        return self.last


def play(
    make: Make, number: int, *, sequences: int, steps: int = STEPS, shrinks: bool = True
) -> Failure | None:
    """``sequences`` of those that the seed ``number`` makes; None if nothing broke."""
    factory = Factory(make)
    said: list[str] = []
    phases = [Phase.generate, Phase.shrink] if shrinks else [Phase.generate]
    run: Callable[..., Any] = run_state_machine_as_test
    try:
        with with_reporter(said.append):
            run(
                seed(number)(factory),
                settings=how(
                    max_examples=sequences,
                    stateful_step_count=steps,
                    deadline=None,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                    phases=phases,
                    print_blob=True,
                ),
            )
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        journal = factory.last.stage.journal if factory.last and hasattr(factory.last, "stage") else None
        notes = getattr(error, "__notes__", [])
        return Failure(number, error, "\n".join([*said, *notes]), journal)
    return None


__all__ = ["STEPS", "TALLY", "Failure", "Make", "play"]
