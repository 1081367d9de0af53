"""What is wrong with a salon file, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

# Keys and positions from the top of the file: ``("staff", 0, "working_hours", "tue", 1)``.
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """``line`` counts from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return _("line %(line)s: %(message)s") % {"line": self.line, "message": self.message}


class SalonFileError(Exception):
    """The file cannot be applied; nothing was. ``problems`` has at least one, in order of lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
