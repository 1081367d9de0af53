"""How far a piece of work came."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from integrations.models import CaseKind


class Outcome(StrEnum):
    """``AGREED``: both sides are as they should be. ``OUTSIDE``: Cal.com takes no bookings for that time
    at all, so nobody can take it there either. ``REFUSED``: Cal.com definitely said that it is taken, and
    nothing of ours is in its way. ``HALTED``: only a person can go on. ``PENDING``: not yet; try again.
    ``BUSY``: somebody else is at work, or there is nothing to do.
    """

    AGREED = "agreed"
    OUTSIDE = "outside"
    REFUSED = "refused"
    HALTED = "halted"
    PENDING = "pending"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Report:
    """``code`` and ``detail``: the last error. ``kind``, ``uid``, ``facts``: for the case.
    ``not_before``: when trying again can bring something new.
    """

    outcome: Outcome
    code: str = ""
    detail: str = ""
    kind: CaseKind | None = None
    uid: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None


AGREED = Report(Outcome.AGREED)
BUSY = Report(Outcome.BUSY)


class Stop(Exception):
    """Raised inside a piece of work that cannot go on."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.outcome)
        self.report = report
