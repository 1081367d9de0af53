"""Public holidays differ from state to state."""

from datetime import date

import pytest

from appointments.rules.holidays import holiday_name, is_region, split_region

WOMENS_DAY = date(2026, 3, 8)  # Berlin and Mecklenburg-Vorpommern
CORPUS_CHRISTI = date(2026, 6, 4)  # Bavaria, not Berlin


@pytest.mark.parametrize(
    ("day", "region", "name"),
    [
        (date(2026, 12, 25), "DE-BE", "Erster Weihnachtstag"),
        (date(2026, 12, 25), "DE", "Erster Weihnachtstag"),
        (WOMENS_DAY, "DE-BE", "Frauentag"),
        (WOMENS_DAY, "DE-BY", None),
        (WOMENS_DAY, "DE", None),
        (CORPUS_CHRISTI, "DE-BY", "Fronleichnam"),
        (CORPUS_CHRISTI, "DE-BE", None),
        (date(2026, 12, 28), "DE-BE", None),
        (date(2026, 12, 25), "", None),
    ],
)
def test_holiday_name_is_that_of_the_state(day: date, region: str, name: str | None) -> None:
    assert holiday_name(day, region) == name


def test_holiday_name_does_not_follow_the_machines_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr")
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert holiday_name(date(2031, 1, 1), "DE-HH") == "Neujahr"


@pytest.mark.parametrize("region", ["DE", "DE-BE", "AT", "AT-9", "CH-ZH"])
def test_region_is_known(region: str) -> None:
    assert is_region(region) is True


@pytest.mark.parametrize("region", ["", "XX", "DE-XX", "HH", "Deutschland"])
def test_region_is_unknown(region: str) -> None:
    assert is_region(region) is False


@pytest.mark.parametrize(
    ("region", "parts"), [("DE-BE", ("DE", "BE")), ("DE", ("DE", None)), ("", ("", None))]
)
def test_region_splits_into_country_and_state(region: str, parts: tuple[str, str | None]) -> None:
    assert split_region(region) == parts
