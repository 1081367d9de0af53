"""Checks of bodies and queries, and the two ways in which the vendor says what is wrong."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import validate_email
from phonenumbers import NumberParseException, is_possible_number
from phonenumbers import parse as parse_phone

from integrations.sandbox import times
from integrations.sandbox.errors import NestError, ValidationError

Check = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Field:
    """``constraint`` and ``message`` as the vendor calls the check; ``message`` without the name."""

    name: str
    check: Check
    constraint: str
    message: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    property: str
    constraint: str = ""
    message: str = ""
    target: Mapping[str, Any] = field(default_factory=dict)
    children: tuple["Problem", ...] = ()

    def as_text(self) -> str:
        inner = ", ".join(child.as_text() for child in self.children)
        return f"{self.property} property is wrong,{self.message} {inner}"

    def as_error(self) -> dict[str, Any]:
        error: dict[str, Any] = {"target": dict(self.target)}
        if self.property in self.target:
            error["value"] = self.target[self.property]
        error["property"] = self.property
        error["children"] = [child.as_error() for child in self.children]
        if self.constraint:
            error["constraints"] = {self.constraint: self.message}
        return error


def problems_of(values: Mapping[str, Any], fields: Iterable[Field], *, whole: bool = False) -> list[Problem]:
    """``whole``: what is not among ``fields`` is a problem too."""
    known = {one.name: one for one in fields}
    found = []
    if whole:
        found += [
            Problem(name, "whitelistValidation", f"property {name} should not exist", values)
            for name in values
            if name not in known
        ]
    for one in known.values():
        value = values.get(one.name)
        if value is None and not one.required:
            continue
        if not one.check(value):
            found.append(Problem(one.name, one.constraint, f"{one.name} {one.message}", values))
    return found


def refuse_in_words(problems: list[Problem]) -> None:
    """As the inputs of bookings and slots say it."""
    if problems:
        raise NestError(400, ", ".join(problem.as_text() for problem in problems))


def refuse_in_details(problems: list[Problem]) -> None:
    """As everything else says it."""
    if problems:
        raise ValidationError([problem.as_error() for problem in problems])


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_whole_number(value: Any) -> bool:
    """Queries bring numbers as text."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and value.isdecimal()
    )


def is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_time(value: Any) -> bool:
    return times.parse(value) is not None


def is_email(value: Any) -> bool:
    try:
        validate_email(value)
    except DjangoValidationError:
        return False
    return isinstance(value, str)


def is_phone(value: Any) -> bool:
    if not isinstance(value, str) or not value.startswith("+"):
        return False
    try:
        return is_possible_number(parse_phone(value))
    except NumberParseException:
        return False


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def time_field(name: str, *, required: bool = False) -> Field:
    return Field(name, is_time, "isDateString", "must be a valid ISO 8601 date string", required)


def integer_field(name: str, *, required: bool = False) -> Field:
    return Field(name, is_integer, "isInt", "must be an integer number", required)


def text_field(name: str, *, required: bool = False) -> Field:
    return Field(name, is_text, "isString", "must be a string", required)


def object_field(name: str, *, required: bool = False) -> Field:
    return Field(name, is_object, "isObject", "must be an object", required)
