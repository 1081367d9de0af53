"""Telephone numbers are E.164 or nothing, however they were typed or transmitted."""

import pytest

from appointments.phones import display_phone, normalize_phone


@pytest.mark.parametrize(
    "text",
    [
        "+49301234501",
        "+49 30 1234501",
        "0049 30 1234501",
        "030 1234501",
        "030/123 45-01",
        "(030) 1234501",
        " 030 1234501 ",
        "+49 (0)30 1234501",
    ],
)
def test_normalize_phone_gives_every_spelling_the_same_form(text: str) -> None:
    assert normalize_phone(text) == "+49301234501"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0151 00000001", "+4915100000001"),
        ("+43 1 2345678", "+4312345678"),
        ("+1 202 555 0123", "+12025550123"),
    ],
)
def test_normalize_phone_knows_mobile_and_foreign_numbers(text: str, number: str) -> None:
    assert normalize_phone(text) == number


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "anonymous", "unknown", "None", "+", "110", "1234", "+49 30 12", "030 1" + "2" * 20],
)
def test_normalize_phone_refuses_what_cannot_be_a_number(text: str | None) -> None:
    """Hidden numbers and placeholders never reach a look-up (G7, H3)."""
    assert normalize_phone(text) is None


def test_normalize_phone_does_not_confuse_countries() -> None:
    """Incident H18: compared by the last eight digits, these two were one."""
    assert normalize_phone("+49 30 1234501") != normalize_phone("+43 30 1234501")


def test_normalize_phone_of_its_own_result_changes_nothing() -> None:
    assert normalize_phone(normalize_phone("030 1234501")) == "+49301234501"


@pytest.mark.parametrize(("number", "shown"), [("+49301234501", "+49 30 1234501"), (None, ""), ("", "")])
def test_display_phone_shows_a_number_as_people_write_it(number: str | None, shown: str) -> None:
    assert display_phone(number) == shown
