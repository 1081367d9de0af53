"""Times as the vendor reads and writes them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones


def parse(text: Any) -> datetime | None:
    """ISO 8601 to an instant in UTC; without an offset it is UTC. ``None`` if it is none."""
    if not isinstance(text, str) or len(text) < len("2026-12-10"):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def is_date_only(text: str) -> bool:
    return len(text) == len("2026-12-10")


def is_zone(name: Any) -> bool:
    return isinstance(name, str) and name in available_timezones()


def with_millis(moment: datetime) -> str:
    """As in nearly all answers: ``2026-12-10T09:00:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def with_seconds(moment: datetime) -> str:
    """``2026-12-10T09:00:00Z``: in webhooks."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def with_offset(moment: datetime) -> str:
    """``2026-12-10T09:00:00+00:00``: in the webhook of a cancellation."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def in_zone(moment: datetime, zone: ZoneInfo) -> str:
    """``2026-12-10T10:00:00.000+01:00``: in slots. UTC is written ``Z``."""
    return moment.astimezone(zone).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def millis(moment: datetime) -> datetime:
    """Databases of the vendor keep milliseconds: what it says it also compares with."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def local_days(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """Every local day that the period may touch, and one before: a shift can pass midnight."""
    first = start.astimezone(zone).date() - timedelta(days=1)
    last = end.astimezone(zone).date()
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
