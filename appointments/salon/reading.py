"""From the bytes of a salon file to a checked document."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from appointments.salon import meaning
from appointments.salon.problems import Path, Problem, SalonFileError
from appointments.salon.schema import SalonFile
from appointments.salon.source import Source, load

M = TypeVar("M", bound=BaseModel)

# What pydantic finds, in our words. What is missing here keeps pydantic's.
SENTENCES: dict[str, Promise] = {
    "missing": gettext_lazy("“%(key)s” is missing."),
    "extra_forbidden": gettext_lazy("The key “%(key)s” is not known here."),
    "string_type": gettext_lazy("“%(key)s” must be text; put numbers in quotes."),
    "string_too_short": gettext_lazy("“%(key)s” must not be empty."),
    "string_too_long": gettext_lazy("“%(key)s” is too long: %(max_length)s characters at most."),
    "string_pattern_mismatch": gettext_lazy("“%(key)s” is not written as it should be."),
    "int_type": gettext_lazy("“%(key)s” must be a whole number, without quotes."),
    "bool_type": gettext_lazy("“%(key)s” must be true or false."),
    "greater_than_equal": gettext_lazy("“%(key)s” must be %(ge)s or more."),
    "less_than_equal": gettext_lazy("“%(key)s” must be %(le)s or less."),
    "literal_error": gettext_lazy("“%(key)s” must be one of %(expected)s."),
    "list_type": gettext_lazy("“%(key)s” must be a list."),
    "too_short": gettext_lazy("“%(key)s” needs at least one entry."),
    "model_type": gettext_lazy("“%(key)s” must consist of keys and values."),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A file that has the right shape and makes sense. What only the database knows is still open."""

    file: SalonFile
    source: Source

    def problem(self, path: Path, message: str) -> Problem:
        """For whoever stores a part of the file and finds that it cannot be."""
        return Problem(self.source.line(path), message)


def read(content: bytes) -> Document:
    """Raises ``SalonFileError`` with every problem of the first step that finds any."""
    document = Document(*parse(content, SalonFile))
    file = document.file
    problems = [document.problem(path, message) for path, message in meaning.problems(file)]
    if problems:
        raise SalonFileError(problems)
    return document


def parse(content: bytes, shape: type[M]) -> tuple[M, Source]:
    """YAML of a known shape; raises ``SalonFileError`` with lines for whatever does not fit."""
    source = load(content)
    try:
        return shape.model_validate(source.data), source
    except ValidationError as error:
        raise SalonFileError(_problem(source, details) for details in error.errors()) from error


def _problem(source: Source, details: ErrorDetails) -> Problem:
    path: Path = details["loc"]
    if not path:
        return Problem(1, _("The file must consist of keys and values."))
    sentence = SENTENCES.get(details["type"])
    if sentence is None:
        return Problem(source.line(path), details["msg"])
    facts: dict[str, Any] = {**details.get("ctx", {}), "key": _key(path)}
    return Problem(source.line(path), str(sentence) % facts)


def _key(path: Path) -> str:
    """The nearest key: items of a list have none of their own."""
    return [step for step in path if isinstance(step, str)][-1]
