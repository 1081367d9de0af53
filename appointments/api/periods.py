"""``from`` and ``to`` of a query: instants as they are, days by the company's wall clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from appointments.rules.hours import midnight

DAY = timedelta(days=1)


def beginning(moment: date | None, zone: ZoneInfo) -> datetime | None:
    """The instant from which on is meant; None is unbounded."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return midnight(moment, zone)


def ending(moment: date | None, zone: ZoneInfo) -> datetime | None:
    """The instant before which is meant: the end of a day."""
    if moment is None or isinstance(moment, datetime):
        return moment
    return midnight(moment + DAY, zone)
