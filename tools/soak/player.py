"""One process of the soak: plays round after round, each with a seed of its own, and reports."""

import json
import sys
import time
from pathlib import Path

from tools.soak.surroundings import empty, surroundings  # isort: skip - before anything of Django's

from tools.soak.exporting import event_types_of, export
from tools.soak.sequences import TALLY, Failure, play

# The salon in which its script can be played.
DEMO = Path("config/demo/salon.yaml")
# Short rounds: the clock is looked at, and the database emptied, between two of them.
SEQUENCES = 25
# Further apart than rounds can be played in a day.
BETWEEN_PROCESSES = 10**6


def main(number: int, seed: int, minutes: float, folder: Path) -> int:
    first = current = seed + number * BETWEEN_PROCESSES
    until = time.monotonic() + minutes * 60
    failure = None
    with surroundings(number) as make:
        empty()
        while failure is None and time.monotonic() < until:
            failure = play(make, current, sequences=SEQUENCES)
            outcome = "nothing broke" if failure is None else _keep(failure, folder)
            facts = {"first_seed": first, "last_seed": current, "outcome": outcome, **TALLY.as_json()}
            (folder / f"report-{number}.json").write_text(json.dumps(facts), encoding="utf-8")
            current += 1
            empty()
    return 0 if failure is None else 1


def _keep(failure: Failure, folder: Path) -> str:
    """Writes down what is left of it; where."""
    said = folder / f"failure-{failure.seed}.txt"
    said.write_text(f"{failure.error!r}\n\n{failure.said}\n", encoding="utf-8")
    if failure.journal is None:
        return f"seed {failure.seed} broke something: {said}"
    script = said.with_suffix(".yaml")
    text = export(failure.journal, str(failure.error).splitlines(), event_types=event_types_of(DEMO))
    script.write_text(text, encoding="utf-8")
    return f"seed {failure.seed} broke something: {said}, and to be played again {script}"


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])))
