"""Phrases invented before the rules met them; the `heldout_*.txt` files say how they are written."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from calls.understanding import match_service, understand_name
from tests.calls.understanding.salon import SALONS, STAFF, hear, means, short

HERE = Path(__file__).parent


def _lines(pattern: str) -> Iterator[str]:
    for file in sorted(HERE.glob(pattern)):
        lines = file.read_text(encoding="utf-8").splitlines()
        yield from (line for line in lines if line.strip() and not line.startswith("#"))


def _whens() -> Iterator[tuple[str, str, str, str]]:
    now = ""
    for line in _lines("heldout_when_*.txt"):
        if line.startswith("@"):
            now = line[1:].strip()
        else:
            datum, uhrzeit, expected = (column.strip() for column in line.split("|"))
            yield datum, uhrzeit, now, expected


def _columns(file: str) -> list[tuple[str, ...]]:
    return [tuple(column.strip() for column in line.split("|")) for line in _lines(file)]


@pytest.mark.parametrize(("datum", "uhrzeit", "now", "expected"), list(_whens()))
def test_when(datum: str, uhrzeit: str, now: str, expected: str) -> None:
    when = hear(datum, uhrzeit, now=now)
    assert means(when, expected), short(when)


@pytest.mark.parametrize(("salon", "heard", "expected"), _columns("heldout_services.txt"))
def test_service(salon: str, heard: str, expected: str) -> None:
    match = match_service(heard, services=SALONS[salon])
    got = f"= {match.name}" if match.name else f"{match.status} {', '.join(match.candidates)}".strip()
    assert any(answer in (got, match.status) for answer in expected.split(" or ")), got


@pytest.mark.parametrize(("said", "expected"), _columns("heldout_names.txt"))
def test_name(said: str, expected: str) -> None:
    name = understand_name(said, staff=STAFF)
    wish = f"staff {name.staff or '-'}" if name.status == "staff_wish" else name.status
    assert (f"= {name.name}" if name.name else wish) == expected
