"""Which stylist is wished (B13, H10)."""

import pytest

from calls.understanding import match_staff, staff_as_json
from tests.calls.understanding.salon import STAFF


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Emma", "Emma Keller"),
        ("bei Frau Keller", "Emma Keller"),
        ("zu Jonas", "Jonas Brandt"),
        ("zum Jonas bitte", "Jonas Brandt"),
        ("am liebsten bei der Lena", "Lena Brandt"),
        ("Joni", "Jonas Brandt"),
        ("JONAS BRANDT", "Jonas Brandt"),
        ("Jonass", "Jonas Brandt"),
        ("Frau Kehler", "Emma Keller"),
        ("Emma, nein, Jonas", "Jonas Brandt"),
        ("nicht Jonas, lieber Lena", "Lena Brandt"),
        ("egal", "anyone"),
        ("das ist mir egal", "anyone"),
        ("irgendwer", "anyone"),
        ("wer gerade frei ist", "anyone"),
        ("keine bestimmte Person", "anyone"),
        ("wer halt Zeit hat", "anyone"),
        ("Herr Brandt", "ask: Jonas Brandt, Lena Brandt"),
        ("Emma oder Mira", "ask: Emma Keller, Mira Sommer"),
        ("nicht bei Jonas", "ask: Emma Keller, Lena Brandt, Mira Sommer"),
        ("wie immer", "ask: "),
        ("die Chefin", "ask: "),
        ("Udo", "unknown"),
        ("bei Angelika", "unknown"),
        ("3f2c9a1e", "unknown"),
        ("", "missing"),
        (None, "missing"),
        ("{{staff}}", "missing"),
        ("bei", "missing"),
    ],
)
def test_staff(said: str | None, expected: str) -> None:
    match = match_staff(said, staff=STAFF)
    asked = f"ask: {', '.join(match.candidates)}"
    assert (match.name or (asked if match.status == "ask" else match.status)) == expected


def test_as_json() -> None:
    match = match_staff("Brandt", staff=STAFF)
    assert staff_as_json(match) == {
        "status": "ask",
        "name": None,
        "candidates": ["Jonas Brandt", "Lena Brandt"],
    }
