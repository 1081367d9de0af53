"""The caller's own name (H5, H7, H9, H10)."""

import pytest

from calls.understanding import Name, same_name, understand_name
from tests.calls.understanding.salon import STAFF


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Jana Probst", "Jana Probst"),
        ("ich bin die Jana Probst", "Jana Probst"),
        ("Guten Tag, mein Name ist Probst, Jana Probst", "Jana Probst"),
        ("Tom Keller am Apparat", "Tom Keller"),
        ("Schmidt mit dt", "Schmidt"),
        ("Meyer, M wie Martha, E, Y", "Meyer"),
        ("P R O B S T", "Probst"),
        ("Schulze, nein, Schulz", "Schulz"),
        ("anna-lena von der heide", "Anna-Lena von der Heide"),
        ("Freitag", "Freitag"),
        ("Herr März", "März"),
        ("Frau Sommer", "Sommer"),
        ("Peter Oktober", "Peter Oktober"),
        ("Emma Keller", "Emma Keller"),
    ],
)
def test_a_name_without_what_is_said_around_it(said: str, expected: str) -> None:
    assert understand_name(said, staff=STAFF) == Name("ok", expected)


@pytest.mark.parametrize(
    "said",
    ["Acht Uhr", "Vierzehn", "8:00", "um 14 Uhr", "halb", "morgen", "nächste Woche", "Montag um zehn",
     "vormittags", "Unbekannt", "anonymous", "Gast", "ja", "0171 1234567", "Herrenhaarschnitt"],
)  # fmt: skip
def test_times_fillers_and_placeholders_are_no_names(said: str) -> None:
    assert understand_name(said, staff=STAFF) == Name("not_a_name")


@pytest.mark.parametrize("said", [None, "", "{{name}}", "None", "null", "not specified"])
def test_nothing_said(said: str | None) -> None:
    assert understand_name(said, staff=STAFF) == Name("missing")


@pytest.mark.parametrize(
    ("said", "staff"),
    [("bei Frau Keller", "Emma Keller"), ("zu Jonas", "Jonas Brandt"), ("mit Emma", "Emma Keller"),
     ("bei Herrn Brandt", None), ("bei Sophie", None)],
)  # fmt: skip
def test_a_wished_stylist_is_not_the_callers_name(said: str, staff: str | None) -> None:
    assert understand_name(said, staff=STAFF) == Name("staff_wish", staff=staff)


def test_a_name_and_a_wished_stylist() -> None:
    assert understand_name("Jana Probst bei Emma", staff=STAFF) == Name("ok", "Jana Probst", "Emma Keller")


ALIKE = [("Schmidt", "Schmitt"), ("Meyer", "Maier"), ("Sputer", "Sputa"), ("Jana Probst", "Probst")]


@pytest.mark.parametrize(("a", "b"), ALIKE)
def test_names_that_sound_alike(a: str, b: str) -> None:
    """H5: tolerance from 0.65 on, where the number is proven."""
    assert same_name(a, b) > 0.65
    assert same_name(a, b) == same_name(b, a)


def test_names_that_do_not() -> None:
    assert same_name("Probst", "Keller") < 0.4
    assert same_name("Jana Probst", "probst JANA") == 1
    assert same_name("", "Probst") == 0
