"""Fields that only read: instants, days, telephone numbers, references within a company."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from appointments.models import Company
from appointments.phones import normalize_phone

# As the export. Beyond them time zones run out of calendar.
YEARS = range(1900, 2200)
LARGEST_ID = 2**63 - 1

TIME_ERRORS: dict[str, Any] = {
    "invalid": _("This is no time. Write it like 2026-12-21T10:00:00+01:00."),
    "timezone_missing": _("The time needs an offset, like 2026-12-21T10:00:00+01:00."),
    "out_of_range": _("This is too far away."),
}


@extend_schema_field(OpenApiTypes.DATETIME)
class InstantField(serializers.Field[datetime, str, str, Any]):
    """ISO 8601 with an offset. A time without one is refused, not guessed."""

    default_error_messages = TIME_ERRORS

    def to_internal_value(self, data: Any) -> datetime:
        try:
            moment = parse_datetime(data) if isinstance(data, str) else None
        except ValueError:
            moment = None
        if moment is None:
            self.fail("invalid")
        if moment.tzinfo is None:
            self.fail("timezone_missing")
        if moment.year not in YEARS:
            self.fail("out_of_range")
        return moment


@extend_schema_field({"oneOf": [{"type": "string", "format": fmt} for fmt in ("date", "date-time")]})
class MomentField(serializers.Field[date, str, str, Any]):
    """An instant, or a local day as ``YYYY-MM-DD``."""

    default_error_messages = TIME_ERRORS

    def to_internal_value(self, data: Any) -> date:
        try:
            day = parse_date(data) if isinstance(data, str) and len(data) == len("2026-12-21") else None
        except ValueError:
            day = None
        if day is None:
            return InstantField().to_internal_value(data)
        if day.year not in YEARS:
            self.fail("out_of_range")
        return day


class PhoneNumberField(serializers.CharField):
    """A telephone number in any spelling, as E.164; empty is None."""

    default_error_messages = {"invalid": _("This is no telephone number.")}

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        number = normalize_phone(text)
        if number is None and text:
            self.fail("invalid")
        return number


@extend_schema_field(
    {"oneOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST_ID}, {"type": "string", "minLength": 1}]}
)
class ReferenceField(serializers.Field[Any, Any, Any, Any]):
    """A row of the company by its id or its exact name: what was read can be written.

    Another company's row does not exist; the answer is the same as for an id that nobody has.
    """

    default_error_messages = {
        "invalid": _("Name it by its id or its exact name."),
        "does_not_exist": _("This does not exist."),
    }
    names = True

    def __init__(self, rows: Callable[[Company], QuerySet[Any]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def to_internal_value(self, data: Any) -> Any:
        found = self.rows(self.context["company"]).filter(**self._condition(data)).first()
        if found is None:
            self.fail("does_not_exist")
        return found

    def _condition(self, data: Any) -> dict[str, Any]:
        if isinstance(data, int) and not isinstance(data, bool):
            return self._by_id(data)
        if not isinstance(data, str) or not data or "\0" in data:
            self.fail("invalid")
        if data.isascii() and data.isdecimal() and len(data) < 20:
            return self._by_id(int(data))
        if not self.names:
            self.fail("invalid")
        return {"name": data}

    def _by_id(self, number: int) -> dict[str, Any]:
        if not 0 < number <= LARGEST_ID:
            self.fail("does_not_exist")
        return {"pk": number}


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class IdField(ReferenceField):
    """By id alone: names of customers are not unique."""

    names = False
    default_error_messages = {"invalid": _("Name it by its id.")}
