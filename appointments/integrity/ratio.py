"""How many of the appointments that belong in a calendar stand there. Whoever knows calendars says it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from appointments.models import Company


class Agreement(NamedTuple):
    """Appointments to come: how many should stand in a calendar, and how many were seen there."""

    expected: int
    verified: int

    @property
    def ratio(self) -> float | None:
        return self.verified / self.expected if self.expected else None


# Company id to its agreement; a company without such appointments may be absent.
Provider = Callable[[Company | None, datetime], Mapping[int, Agreement]]
_providers: list[Provider] = []


def provide_agreement(provider: Provider) -> Provider:
    """``provider`` answers for one company, or for all; companies, not calendars, are counted apart."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def agreements(company: Company | None, *, now: datetime) -> dict[int, Agreement]:
    """By company id."""
    summed: dict[int, Agreement] = {}
    for provider in _providers:
        for pk, found in provider(company, now).items():
            known = summed.get(pk, Agreement(0, 0))
            summed[pk] = Agreement(known.expected + found.expected, known.verified + found.verified)
    return summed


def consistency_ratio(company: Company | None, *, now: datetime | None = None) -> float | None:
    """Verified ÷ expected, 0 to 1; of all companies together for None. None if nothing is expected.

    The goal is 1, the alarm is raised below 0.999. ``now`` defaults to the clock, for callers at the edge.
    """
    found = agreements(company, now=now or timezone.now()).values()
    return Agreement(sum(one.expected for one in found), sum(one.verified for one in found)).ratio
