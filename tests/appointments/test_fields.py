"""Form and model fields: times of day up to 24:00, and telephone numbers."""

import re

import pytest
from django.core.exceptions import ValidationError

from appointments.fields import (
    MinuteOfDayField,
    MinuteOfDayFormField,
    PhoneField,
    PhoneFormField,
    format_minute,
    parse_minute,
)

CLOCK = [("00:00", 0), ("00:05", 5), ("09:00", 540), ("23:59", 1439), ("24:00", 1440)]


@pytest.mark.parametrize(("text", "minute"), CLOCK)
def test_minute_is_written_and_read_as_a_time_of_day(text: str, minute: int) -> None:
    assert (format_minute(minute), parse_minute(text)) == (text, minute)


@pytest.mark.parametrize(("text", "minute"), [("9:00", 540), (" 09:00 ", 540)])
def test_minute_is_read_from_what_people_type(text: str, minute: int) -> None:
    assert parse_minute(text) == minute


@pytest.mark.parametrize("text", ["", "9", "9.00", "09:60", "24:01", "25:00", "-1:00", "09:00:00", "neun"])
def test_minute_that_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        parse_minute(text)


def test_minute_form_field_shows_and_reads_the_clock() -> None:
    field = MinuteOfDayFormField()
    assert (field.prepare_value(1440), field.clean("24:00")) == ("24:00", 1440)


def test_minute_form_field_shows_again_what_was_typed() -> None:
    assert MinuteOfDayFormField().prepare_value("neun") == "neun"


@pytest.mark.parametrize(("text", "code"), [("25:00", "invalid"), ("", "required")])
def test_minute_form_field_refuses_what_it_cannot_read(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MinuteOfDayFormField().clean(text)
    assert [error.code for error in refused.value.error_list] == [code]


def test_minute_form_field_may_be_empty_if_it_is_not_required() -> None:
    assert MinuteOfDayFormField(required=False).clean("") is None


@pytest.mark.parametrize(("typed", "changed"), [("09:00", False), ("9:00", False), ("10:00", True)])
def test_minute_form_field_knows_whether_it_was_changed(typed: str, *, changed: bool) -> None:
    """Otherwise every pair of hours on the page was saved again with any one of them."""
    assert MinuteOfDayFormField().has_changed(540, typed) is changed


def test_minute_field_of_a_model_is_edited_as_a_time_of_day() -> None:
    assert type(MinuteOfDayField().formfield()) is MinuteOfDayFormField


def test_phone_form_field_takes_any_spelling() -> None:
    assert PhoneFormField().clean("030 / 123 45 01") == "+49301234501"


@pytest.mark.parametrize(("text", "code"), [("anonymous", "invalid"), ("", "required")])
def test_phone_form_field_refuses_what_is_no_number(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PhoneFormField().clean(text)
    assert [error.code for error in refused.value.error_list] == [code]


def test_phone_form_field_left_empty_is_null() -> None:
    """Incident H4: a second customer with an empty string violated the unique constraint."""
    assert PhoneFormField(required=False).clean("") is None


def test_phone_field_of_a_model_leaves_room_for_spaces_when_typed() -> None:
    field = PhoneField().formfield()
    assert (type(field), field.clean("+49 (0) 30 / 123 45 - 01")) == (PhoneFormField, "+49301234501")


@pytest.mark.parametrize(
    "number",
    [
        "030 1234501",
        "49301234501",
        "+0301234501",
        "+49 30 1234501",
        "+4930x",
        "+123",
        "+1234567890123456",
        "+49301234501\n",
        "+4930١٢٣٤٥٠١",
    ],
)
def test_phone_field_stores_e164_only(number: str) -> None:
    with pytest.raises(ValidationError):
        PhoneField().run_validators(number)


def test_phone_field_accepts_e164() -> None:
    PhoneField().run_validators("+49301234501")
