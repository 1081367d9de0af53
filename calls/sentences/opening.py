"""When the salon is open."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from calls import speech


def open_on(day: date, periods: Sequence[tuple[int, int]], today: date) -> str:
    """``periods``: minutes of the day."""
    times = speech.both([_period(opens, closes) for opens, closes in periods])
    return _("We are open %(day)s %(times)s.") % {"day": speech.on_day_within(day, today), "times": times}


def closed_on(day: date, holiday: str | None, today: date) -> str:
    facts = {"day": speech.on_day_within(day, today), "holiday": holiday}
    if holiday:
        return _("We are closed %(day)s, because of the public holiday %(holiday)s.") % facts
    return _("We are closed %(day)s.") % facts


def open_in_the_week(week: Mapping[int, Sequence[tuple[int, int]]]) -> str:
    """``week``: periods by weekday (Monday is 0), open days only. Days that are alike are said at once."""
    if not week:
        return _("At the moment we have no regular opening hours.")
    spoken = [
        _("%(days)s %(times)s")
        % {
            "days": _days(first, last),
            "times": speech.both([_period(opens, closes) for opens, closes in week[first]]),
        }
        for first, last in _alike(week)
    ]
    return _("Our opening hours: %(days)s.") % {"days": ", ".join(spoken)}


def _alike(week: Mapping[int, Sequence[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Runs of neighbouring weekdays with the same hours, as first and last weekday."""
    runs: list[tuple[int, int]] = []
    for weekday in sorted(week):
        if runs and runs[-1][1] == weekday - 1 and week[runs[-1][0]] == week[weekday]:
            runs[-1] = (runs[-1][0], weekday)
        else:
            runs.append((weekday, weekday))
    return runs


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def _period(opens: int, closes: int) -> str:
    return _("from %(opens)s to %(closes)s") % {
        "opens": speech.clock(*divmod(opens, 60)),
        "closes": speech.clock(*divmod(closes, 60)),
    }
