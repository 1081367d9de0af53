"""Results as the dicts the `understand` command prints (contract §5)."""

import datetime as dt
from typing import Any

from calls.understanding.results import Email, Name, ServiceMatch, StaffMatch, When


def when_as_json(when: When) -> dict[str, Any]:
    """`time`, `preferences` and `window` as HH:MM (a window may end at 24:00), dates as ISO days."""
    return {
        "status": when.status,
        "date": when.date.isoformat() if when.date else None,
        "time": _clock(when.time) if when.time else None,
        "window": [_minute(minute) for minute in when.window] if when.window else None,
        "approximate": when.approximate,
        "preferences": [_clock(time) for time in when.preferences],
        "candidates": [_candidate(candidate) for candidate in when.candidates],
        "missing": list(when.missing),
        "question": when.question,
    }


def service_as_json(match: ServiceMatch) -> dict[str, Any]:
    """Names only: ids are the database's."""
    return {"status": match.status, "name": match.name, "candidates": list(match.candidates)}


def staff_as_json(match: StaffMatch) -> dict[str, Any]:
    """Full names."""
    return {"status": match.status, "name": match.name, "candidates": list(match.candidates)}


def name_as_json(name: Name) -> dict[str, Any]:
    """`staff` is the full name of a wished stylist."""
    return {"status": name.status, "name": name.name, "staff": name.staff}


def email_as_json(email: Email) -> dict[str, Any]:
    """The address or null."""
    return {"status": email.status, "email": email.email}


def _candidate(candidate: dt.date | dt.time) -> str:
    return _clock(candidate) if isinstance(candidate, dt.time) else candidate.isoformat()


def _clock(time: dt.time) -> str:
    return f"{time:%H:%M}"


def _minute(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
