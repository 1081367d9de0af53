"""One application of a salon file: what it is given, and what it has made so far."""

from dataclasses import dataclass, field
from datetime import datetime

from appointments.models import Branch, Company, Service, Staff
from appointments.salon.changelog import ChangeLog
from appointments.salon.problems import Path, Problem
from appointments.salon.reading import Document
from appointments.salon.schema import SalonFile


@dataclass
class Application:
    """``branches``, ``services`` and ``staff`` hold what the file names, by its name.

    ``log`` takes what changes, for the person who applies the file.
    """

    document: Document
    company: Company
    now: datetime
    log: ChangeLog = field(default_factory=ChangeLog)
    branches: dict[str, Branch] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def file(self) -> SalonFile:
        return self.document.file

    def refuse(self, path: Path, message: str) -> None:
        """What stands at ``path`` cannot be: nothing of the file will be applied.

        The rest is still looked at, so that all problems are told at once; do not store this value.
        """
        self.problems.append(self.document.problem(path, message))
