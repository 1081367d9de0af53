"""Bodies and parameters: read strictly, so that a misspelt name is an answer and no silence."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn, TypeVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from appointments.models import Company

Input = TypeVar("Input", bound="StrictSerializer")
# Of a body full of nonsense so many names are given back.
MOST_UNKNOWN = 20


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it: no NaN, no lone surrogates, no deeper than Python reads."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body: bytes = (parser_context or {})["request"].body  # bounded, unlike the stream
        try:
            data = json.loads(body, parse_constant=_refuse_constant)
            if b"\\u" in body:
                json.dumps(data, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        return data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses names it does not know. ``context["company"]``: whose rows can be referred to.

    ``ignored``: names that mean something to others (the company, the page).
    """

    ignored: frozenset[str] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields) - self.ignored)[:MOST_UNKNOWN]
        if unknown:
            message = _("There is no field of this name.")
            raise ValidationError(dict.fromkeys(unknown, message), code="unknown_field")
        return values


class QuerySerializer(StrictSerializer):
    """The parameters of an address."""

    ignored = frozenset({"company"})


def parse_body(serializer: type[Input], request: Request, company: Company, **kwargs: Any) -> dict[str, Any]:
    """The validated body. Raises ``ValidationError`` or ``ParseError``."""
    return _parse(serializer, request.data, company, **kwargs)


def parse_query(serializer: type[Input], request: Request, company: Company) -> dict[str, Any]:
    """The validated parameters; of one given twice the last counts, an empty one is none."""
    given = {name: value for name, value in request.query_params.dict().items() if value}
    return _parse(serializer, given, company)


def _parse(serializer: type[Input], data: Any, company: Company, **kwargs: Any) -> dict[str, Any]:
    read = serializer(data=data, context={"company": company}, **kwargs)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)
