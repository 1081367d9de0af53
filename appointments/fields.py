"""Fields for times of day that may be 24:00, and for telephone numbers."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.phones import normalize_phone

if TYPE_CHECKING:  # generic for mypy only
    _SmallInteger = models.PositiveSmallIntegerField[int, int]
    _Char = models.CharField[str | None, str | None]
else:
    _SmallInteger = models.PositiveSmallIntegerField
    _Char = models.CharField

MINUTES_PER_DAY = 24 * 60


def format_minute(minute: int) -> str:
    """``540`` is ``"09:00"``; ``1440`` is ``"24:00"``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse_minute(text: str) -> int:
    """``"09:00"`` is ``540``.

    Raises ``ValueError`` for anything that is no time of day between 00:00 and 24:00.
    """
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", text.strip())
    minute = int(match[1]) * 60 + int(match[2]) if match else MINUTES_PER_DAY + 1
    if minute > MINUTES_PER_DAY:
        raise ValueError(text)
    return minute


class MinuteOfDayFormField(forms.CharField):
    """Shows and reads a minute of the day as ``HH:MM``."""

    def prepare_value(self, value: Any) -> Any:
        return format_minute(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return parse_minute(str(value))
        except ValueError:
            raise ValidationError(_("Enter a time as HH:MM, 24:00 at the latest."), code="invalid") from None


class MinuteOfDayField(_SmallInteger):
    """Minutes since midnight on the wall clock, 0 to 1440: a ``TimeField`` has no 24:00."""

    def formfield(self, **kwargs: Any) -> Any:
        kwargs.pop("min_value", None)
        kwargs.pop("max_value", None)
        return models.Field.formfield(self, form_class=MinuteOfDayFormField, **kwargs)


class PhoneFormField(forms.CharField):
    """Takes a number in any spelling."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        number = normalize_phone(text)
        if number is None:
            raise ValidationError(_("This is no telephone number."), code="invalid")
        return number


class PhoneField(_Char):
    """E.164, or NULL where the column allows it; never an empty string (incident H4)."""

    default_validators = [RegexValidator(r"^\+[1-9][0-9]{4,14}\Z", _("This is no telephone number."))]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 16, **kwargs})

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": PhoneFormField, "max_length": 30, **kwargs})
