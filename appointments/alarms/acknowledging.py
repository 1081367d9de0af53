"""Somebody has taken note of an alarm: nobody is reminded of it any more."""

from datetime import datetime
from typing import Any

from appointments.models.alarms import AlarmQuerySet


def acknowledge(alarms: AlarmQuerySet, *, user: Any, now: datetime) -> int:
    """How many of ``alarms`` it was the first for. They stay until what is wrong is over."""
    return alarms.open().update(acknowledged_at=now, acknowledged_by=user)
