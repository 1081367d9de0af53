"""The kinds of values in a salon file. Each says in one sentence what it expects."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, Field, PlainValidator, StringConstraints
from pydantic_core import PydanticCustomError

from appointments.fields import MINUTES_PER_DAY, parse_minute
from appointments.models.company import validate_region, validate_timezone
from appointments.phones import normalize_phone

MAX_AMOUNT = Decimal("99999999.99")
YEARS = range(2000, 2100)

T = TypeVar("T")


def wrong(message: Promise | str) -> PydanticCustomError:
    """A value that is not what it should be; ``message`` is a whole sentence."""
    # In braces pydantic would look for placeholders; the sentence is finished.
    return PydanticCustomError("salon_file", "{sentence}", {"sentence": str(message)})


def _checked(check: Callable[[T], object], message: Promise) -> AfterValidator:
    """A check of Django's, said in the file's words."""

    def validate(value: T) -> T:
        try:
            check(value)
        except ValidationError:
            raise wrong(message) from None
        return value

    return AfterValidator(validate)


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Slug = Annotated[
    str,
    StringConstraints(max_length=50),
    _checked(validate_slug, _("Only letters, digits, hyphens and underscores are allowed here.")),
]
Email = Annotated[
    str,
    StringConstraints(max_length=254),
    _checked(validate_email, _("This is no e-mail address.")),
]
TimeZoneName = Annotated[str, _checked(validate_timezone, _("This time zone does not exist."))]
Region = Annotated[
    str, _checked(validate_region, _("There are no public holidays for this region. Write it like DE-BE."))
]


class Hours(NamedTuple):
    """A pair of hours in minutes since midnight, ``end`` up to 1440."""

    start: int
    end: int


def _hours(value: Any) -> Hours:
    if isinstance(value, Hours):
        return value
    try:
        start, end = (parse_minute(part) for part in str(value).split("-"))
    except ValueError:
        raise wrong(_("Write hours like “09:00-18:00”; 24:00 is the latest end.")) from None
    if start >= end:
        raise wrong(_("These hours do not end after they start."))
    return Hours(start, end)


def _phone(value: Any) -> str:
    number = normalize_phone(value) if isinstance(value, str) and value.strip().startswith("+") else None
    if number is None:
        raise wrong(_("This is no telephone number. Write it in quotes and like “+49301234501”."))
    return number


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
        fits = amount.is_finite() and 0 <= amount <= MAX_AMOUNT and amount == round(amount, 2)
    except InvalidOperation:  # "True" is none either
        fits = False
    if not fits:
        raise wrong(_("This is no amount of money. Write it like “30.00”."))
    return round(amount, 2)


def _day_or_time(value: Any) -> date | datetime:
    if isinstance(value, str):
        try:
            is_day = len(value.strip()) <= len("2026-12-21")
            value = (date if is_day else datetime).fromisoformat(value.strip())
        except ValueError:
            value = None
    if not isinstance(value, date) or value.year not in YEARS:
        raise wrong(_("Write a date like 2026-12-21, or with a time like “2026-12-21 14:00”."))
    return value


HoursPair = Annotated[Hours, PlainValidator(_hours)]
PhoneNumber = Annotated[str, PlainValidator(_phone)]
Amount = Annotated[Decimal, PlainValidator(_amount)]
DayOrTime = Annotated[date | datetime, PlainValidator(_day_or_time)]
PhaseMinutes = Annotated[int, Field(ge=1, le=MINUTES_PER_DAY)]
Minutes = Annotated[int, Field(ge=0, le=MINUTES_PER_DAY)]
CalendarId = Annotated[int, Field(ge=1, le=2**63 - 1)]
