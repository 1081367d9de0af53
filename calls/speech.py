"""How dates, times and lists are spoken. The one presenter of times for callers (incident A22)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# From here on a date is only clear with its year.
YEAR_NEEDED_AFTER_DAYS = 330


def on_day(day: date, today: date) -> str:
    """Gives "am Montag, dem 24. November", or "heute", "morgen". The backend says the weekday (A3)."""
    distance = (day - today).days
    if distance in (0, 1):
        return _("today") if distance == 0 else _("tomorrow")
    if abs(distance) > YEAR_NEEDED_AFTER_DAYS:
        return _("on %(weekday)s, %(day)s %(month)s %(year)s") % _parts(day)
    return _("on %(weekday)s, %(day)s %(month)s") % _parts(day)


def on_day_within(day: date, today: date) -> str:
    """Gives the day for the middle of a sentence: the date after the weekday is set off by commas."""
    spoken = on_day(day, today)
    return f"{spoken}," if "," in spoken else spoken


def weekday_name(day: date) -> str:
    """Gives "Montag"."""
    return str(WEEKDAYS[day.weekday()])


def this_day(day: date) -> str:
    """Gives "Montag, der 24. November": after "Heute ist"."""
    return _("%(weekday)s, the %(day)s %(month)s") % _parts(day)


def until(moment: datetime, today: date) -> str:
    """Gives "heute um 15 Uhr", "Montag, den 24. November, um 9 Uhr": after "bis"; ``moment`` in the
    branch's zone.
    """
    distance = (moment.date() - today).days
    if distance in (0, 1):
        day = _("today") if distance == 0 else _("tomorrow")
        return _("%(day)s at %(time)s") % {"day": day, "time": at_time(moment)}
    return _("%(day)s, at %(time)s") % {"day": named_day(moment.date()), "time": at_time(moment)}


def money(amount: Decimal, currency: str) -> str:
    """Gives "12 Euro 50", and "12,50 CHF" for what is not spoken that way."""
    whole, cents = int(amount), int(amount * 100) % 100
    if currency != "EUR":
        return f"{number_format(amount, 2)} {currency}"
    if cents:
        return _("%(euros)s euros %(cents)s") % {"euros": whole, "cents": cents}
    return ngettext("one euro", "%(euros)s euros", whole) % {"euros": whole}


def named_day(day: date) -> str:
    """Gives "Montag, den 24. November": after "Meinen Sie"."""
    return _("%(weekday)s, %(day)s %(month)s") % _parts(day)


def _parts(day: date) -> dict[str, object]:
    return {
        "weekday": WEEKDAYS[day.weekday()],
        "day": day.day,
        "month": MONTHS[day.month],
        "year": day.year,
    }


def clock(hour: int, minute: int) -> str:
    """Gives "14 Uhr 30", never "halb drei": it must not be misheard."""
    if minute:
        return _("%(minute)s minutes past %(hour)s o'clock") % {"hour": hour, "minute": minute}
    return _("%(hour)s o'clock") % {"hour": hour}


def at_time(moment: datetime) -> str:
    """``moment`` in the branch's zone."""
    return clock(moment.hour, moment.minute)


def on_day_at(moment: datetime, today: date) -> str:
    """Gives "am Montag, dem 24. November, um 14 Uhr 30"; ``moment`` in the branch's zone."""
    day = on_day(moment.date(), today)
    pattern = _("%(day)s, at %(time)s") if "," in day else _("%(day)s at %(time)s")
    return pattern % {"day": day, "time": at_time(moment)}


def either(items: Sequence[str]) -> str:
    """Gives "A, B oder C"."""
    return _join(items, _("%(first)s or %(last)s"))


def both(items: Sequence[str]) -> str:
    """Gives "A, B und C"."""
    return _join(items, _("%(first)s and %(last)s"))


def _join(items: Sequence[str], pattern: str) -> str:
    if len(items) < 2:
        return "".join(items)
    return pattern % {"first": ", ".join(items[:-1]), "last": items[-1]}


def spoken_times(moments: Sequence[datetime], today: date) -> str:
    """Some starts (branch's zone), each day named once: no time loses its date (incident A13)."""
    by_day: dict[date, list[datetime]] = {}
    for moment in moments:
        by_day.setdefault(moment.date(), []).append(moment)
    spoken = []
    for day, same_day in by_day.items():
        times = either([_("at %(time)s") % {"time": at_time(moment)} for moment in same_day])
        named = on_day(day, today)
        pattern = _("%(day)s, %(times)s") if "," in named else _("%(day)s %(times)s")
        spoken.append(pattern % {"day": named, "times": times})
    return either(spoken)
