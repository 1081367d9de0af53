"""What became of an observation."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """``ECHO``: as we knew, or our own doing. ``LATER``: not to be decided before ``not_before``."""

    ECHO = "echo"
    TAKEN_OVER = "taken_over"
    CASE = "case"
    IGNORED = "ignored"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Observed:
    verdict: Verdict
    not_before: datetime | None = None


ECHO = Observed(Verdict.ECHO)
TAKEN_OVER = Observed(Verdict.TAKEN_OVER)
CASE = Observed(Verdict.CASE)
IGNORED = Observed(Verdict.IGNORED)


def later(not_before: datetime) -> Observed:
    return Observed(Verdict.LATER, not_before)


class Overtaken(Exception):
    """Somebody else has just written what was about to be decided: look again."""
