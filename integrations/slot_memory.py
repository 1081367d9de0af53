"""Slots as Cal.com last told them: for offers, never for the verdict on an exact time.

Kept for seconds in the shared cache. Each host's day has a version in its entries' keys: whoever
hears of a change there gives it a new one, and no list of keys has to be guessed (incidents J1, J2).
The company is part of every key (incidents I1, I8).
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.core.cache import cache
from django.utils import timezone

from appointments.models import Company

# Longer than a minute, so that what is warmed every minute is there when it is asked for.
SECONDS = 75
VERSION_SECONDS = 86_400


class Day(NamedTuple):
    """One event type on one local day of its salon."""

    company_id: int
    host_id: int
    event_type_id: int
    day: date


class Remembered(NamedTuple):
    """``age`` in seconds."""

    slots: frozenset[datetime]
    age: float


def recall(days: Collection[Day]) -> Mapping[Day, Remembered]:
    """What is known of them; two look-ups in the cache however many they are."""
    versions = cache.get_many({_version_key(day) for day in days})
    keys = {_entry_key(day, versions.get(_version_key(day), "")): day for day in days}
    now = timezone.now()
    return {
        keys[key]: Remembered(frozenset(slots), (now - told_at).total_seconds())
        for key, (told_at, slots) in cache.get_many(keys).items()
        # What was told at a time that is yet to come is of unknown age: the clock was set back.
        if told_at <= now
    }


def remember(answers: Mapping[Day, Iterable[datetime]], *, versions: Mapping[str, str]) -> None:
    """``versions`` as :func:`versions_of` gave them *before* Cal.com was asked: what has changed since
    then is not covered up by an older answer.
    """
    now = timezone.now()
    entries = {
        _entry_key(day, versions.get(_version_key(day), "")): (now, sorted(slots))
        for day, slots in answers.items()
    }
    cache.set_many(entries, timeout=SECONDS)


def versions_of(days: Collection[Day]) -> Mapping[str, str]:
    return cache.get_many({_version_key(day) for day in days})


def forget(company: Company, places: Iterable[tuple[int | None, datetime]]) -> None:
    """Something has changed with these hosts at these instants: what was told of that day (the salon's)
    is no longer used.
    """
    keys = {
        f"slots:v:{company.pk}:{host_id}:{moment.astimezone(company.zone).date()}"
        for host_id, moment in places
    }
    cache.set_many({key: secrets.token_hex(8) for key in keys}, timeout=VERSION_SECONDS)


def _version_key(day: Day) -> str:
    return f"slots:v:{day.company_id}:{day.host_id}:{day.day}"


def _entry_key(day: Day, version: str) -> str:
    return f"slots:{day.company_id}:{day.event_type_id}:{day.day}:{version}"
