"""``python -m tools.soak --minutes 10``: plays sequences until the time is over or something breaks.

The parent asks nothing of Django: it starts the processes, adds up what they have counted, and stops all of
them at the first failure. Status 0: nothing broke; 1: something did, and where its script lies is said.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path("var/soak")
PATIENCE_SECONDS = 0.5
STOP_SECONDS = 20


def main() -> int:
    given = _arguments()
    FOLDER.mkdir(parents=True, exist_ok=True)
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"Seed {seed}, {given.processes} processes, {given.minutes:g} minutes.", flush=True)
    begun = time.monotonic()
    players = [_start(number, seed, given.minutes) for number in range(given.processes)]
    try:
        failed = _wait(players)
    finally:
        _stop(players)
    reports = [_report(number) for number in range(given.processes)]
    _say(reports, minutes=(time.monotonic() - begun) / 60)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long (%(default)s)")
    parser.add_argument("--seed", type=int, help="of a run that is to be repeated; default: any")
    parser.add_argument("--processes", type=int, default=2, help="side by side (%(default)s)")
    return parser.parse_args()


def _start(number: int, seed: int, minutes: float) -> "subprocess.Popen[bytes]":
    (FOLDER / f"report-{number}.json").unlink(missing_ok=True)
    facts = [str(number), str(seed), str(minutes), str(FOLDER)]
    return subprocess.Popen([sys.executable, "-m", "tools.soak.player", *facts])


def _wait(players: Sequence["subprocess.Popen[bytes]"]) -> bool:
    """Until all have ended, or one has found something."""
    while True:
        ended = [player.poll() for player in players]
        if any(ended):
            return True
        if all(status is not None for status in ended):
            return False
        time.sleep(PATIENCE_SECONDS)


def _stop(players: Sequence["subprocess.Popen[bytes]"]) -> None:
    for player in players:
        if player.poll() is None:
            player.terminate()
    for player in players:
        try:
            player.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            player.kill()


def _report(number: int) -> Mapping[str, Any]:
    path = FOLDER / f"report-{number}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _say(reports: Sequence[Mapping[str, Any]], *, minutes: float) -> None:
    counted: dict[str, Counter[str]] = {name: Counter() for name in ("rules", "faults", "answers")}
    for report in reports:
        for name, counter in counted.items():
            counter.update(report.get(name, {}))
    sequences, steps = (sum(report.get(name, 0) for report in reports) for name in ("sequences", "steps"))
    print(f"\n{sequences} sequences, {steps} steps in {minutes:.1f} minutes.")
    for name, title in (("rules", "Steps"), ("faults", "Faults that struck"), ("answers", "Answers heard")):
        print(f"\n{title}: {counted[name].total()}")
        for key, count in sorted(counted[name].items(), key=lambda item: (-item[1], item[0])):
            print(f"  {count:7}  {key}")
    for report in reports:
        print(f"\nSeeds {report.get('first_seed')} to {report.get('last_seed')}: {report.get('outcome')}")


if __name__ == "__main__":
    sys.exit(main())
