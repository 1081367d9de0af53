"""Fields for times of day that may be 24:00."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

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

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class MinuteOfDayField(models.PositiveSmallIntegerField):
    """Minutes since midnight on the wall clock, 0 to 1440: a ``TimeField`` has no 24:00."""

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        kwargs.pop("min_value", None)
        kwargs.pop("max_value", None)
        return models.Field.formfield(self, form_class=MinuteOfDayFormField, **kwargs)
