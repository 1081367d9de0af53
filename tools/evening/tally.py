"""What is counted during the evening."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Tally:
    """``told_free``: by *available*, each with a hold. ``lost_and_told``: the agent heard of it after the
    last *valid*. ``dishonest``: a line for each answer that was not so. ``booked``: what was promised,
    by appointment, and its start. ``rejected``: appointments of refused bookings.
    """

    calls: int = 0
    checks: int = 0
    told_free: int = 0
    unverified: int = 0
    revalidations: int = 0
    lost_at_revalidation: int = 0
    lost_and_told: int = 0
    attempts: int = 0
    refused_at_booking: int = 0
    offers_gone: int = 0
    without_alternatives: int = 0
    gave_up: int = 0
    longest_answer: float = 0.0
    checks_by_status: Counter[str] = field(default_factory=Counter)
    calendar_words: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    booked: dict[int, datetime] = field(default_factory=dict)
    rejected: set[int] = field(default_factory=set)
    dishonest: list[str] = field(default_factory=list)

    @property
    def races(self) -> int:
        """Told for the last time that it is free, then not had: refused when it was to be booked, or the
        agent heard of it in the seconds before.
        """
        return self.refused_at_booking + self.lost_and_told

    @property
    def race_share(self) -> float:
        """Of all who were told for the last time that it is free."""
        told = self.attempts + self.lost_and_told
        return self.races / told if told else 0.0

    @property
    def loss_share(self) -> float:
        """Told free and not had, however early the caller heard of it, of all that was told free."""
        return (self.races + self.lost_at_revalidation) / self.told_free if self.told_free else 0.0
