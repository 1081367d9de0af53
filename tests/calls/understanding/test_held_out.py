"""Phrases invented before the rules met them; `heldout_when_*.txt` say how they are written."""

from pathlib import Path

import pytest

from tests.calls.understanding.salon import hear, means, short

FILES = sorted(Path(__file__).parent.glob("heldout_when_*.txt"))


def _phrases() -> list[tuple[str, str, str, str]]:
    phrases, now = [], ""
    for file in FILES:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("@"):
                now = line[1:].strip()
            elif line.strip() and not line.startswith("#"):
                datum, uhrzeit, expected = (column.strip() for column in line.split("|"))
                phrases.append((datum, uhrzeit, now, expected))
    return phrases


@pytest.mark.parametrize(("datum", "uhrzeit", "now", "expected"), _phrases())
def test_phrase(datum: str, uhrzeit: str, now: str, expected: str) -> None:
    when = hear(datum, uhrzeit, now=now)
    assert means(when, expected), short(when)
