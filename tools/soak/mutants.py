"""``python -m tools.soak.mutants``: plants each bug and counts the sequences until the machine notices it."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from tools.soak.surroundings import empty, surroundings  # isort: skip - before anything of Django's

from tools.soak.planted import PLANTED
from tools.soak.sequences import TALLY, Make, play


@dataclass(frozen=True)
class Found:
    """``sequences`` needed, or tried in vain; ``noticed``: the first invariant that was broken."""

    name: str
    sequences: int
    seconds: float
    noticed: str


def hunt(make: Make, name: str, *, seed: int, sequences: int) -> Found:
    begun, before = monotonic(), TALLY.sequences
    empty()
    with PLANTED[name]():
        failure = play(make, seed, sequences=sequences, shrinks=False)
    noticed = "" if failure is None else (str(failure.error).splitlines() or [repr(failure.error)])[0]
    # The failing sequence is played once more, to be sure of it.
    needed = TALLY.sequences - before - (failure is not None)
    return Found(name, needed, monotonic() - begun, noticed)


def table(found: list[Found]) -> Iterator[str]:
    yield "| planted | found after sequences | noticed by |"
    yield "|---|---|---|"
    for one in found:
        number = one.noticed.partition(":")[0] if one.noticed.startswith("I") else one.noticed[:60]
        yield f"| {one.name} | {one.sequences if one.noticed else f'not in {one.sequences}'} | {number} |"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.soak.mutants", description=__doc__)
    parser.add_argument(
        "--only", nargs="*", default=[""], help="plant those whose names contain one of these"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=90, help="keeps runs side by side apart (%(default)s)")
    parser.add_argument("--sequences", type=int, default=100, help="to be tried at most (%(default)s)")
    given = parser.parse_args()
    found: list[Found] = []
    with surroundings(given.number) as make:
        for name in PLANTED:
            if not any(part in name for part in given.only):
                continue
            found.append(hunt(make, name, seed=given.seed, sequences=given.sequences))
            one = found[-1]
            print(
                f"{one.sequences:4} {one.seconds:6.1f} s  {name}: {one.noticed[:200] or 'NOT FOUND'}",
                flush=True,
            )
    print("\n".join(["", *table(found)]))
    return 0 if all(one.noticed for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
