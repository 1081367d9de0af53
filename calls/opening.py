"""When a branch is open on a day, holidays included."""

from dataclasses import dataclass
from datetime import date

from appointments.models import Branch, OpeningHours
from appointments.rules.holidays import holiday_name


@dataclass(frozen=True, slots=True)
class OpenDay:
    """``periods``: pairs of minutes of the day, none where it is closed; ``holiday`` is its name."""

    periods: tuple[tuple[int, int], ...]
    holiday: str | None


def open_day(branch: Branch, day: date) -> OpenDay:
    """``day`` is a date in the branch's zone. One query, none on a public holiday."""
    holiday = holiday_name(day, branch.company.holidays)
    if holiday:
        return OpenDay((), holiday)
    hours = OpeningHours.objects.filter(branch=branch, weekday=day.weekday()).order_by("start_minute")
    return OpenDay(tuple(hours.values_list("start_minute", "end_minute")), None)
