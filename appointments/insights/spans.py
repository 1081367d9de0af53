"""Which days somebody looks at: whole local days, also the two a year with 23 and 25 hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.rules.hours import DAY, days_between, midnight
from appointments.rules.periods import Period

OWN = "own"
# Choices of the page. Each but the own one is reckoned from today.
CHOICES = {
    "today": gettext_lazy("Today"),
    "yesterday": gettext_lazy("Yesterday"),
    "7": gettext_lazy("7 days"),
    "30": gettext_lazy("30 days"),
    "month": gettext_lazy("This month"),
    OWN: gettext_lazy("From … to"),
}
DEFAULT = "30"
LONGEST = 366
FIRST, LAST = date(2000, 1, 1), date(2999, 12, 31)
BETWEEN = ".."


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """``first`` to ``last``, both included, by the clock of ``zone``."""

    key: str
    first: date
    last: date
    zone: ZoneInfo

    @property
    def period(self) -> Period:
        """From local midnight to local midnight, in UTC."""
        return Period(midnight(self.first, self.zone), midnight(self.last + DAY, self.zone))

    @property
    def days(self) -> list[date]:
        return days_between(self.first, self.last)

    @property
    def parameter(self) -> str:
        """As the lists' filters take it."""
        return parameter_of(self.first, self.last)


def parameter_of(first: date, last: date) -> str:
    return f"{first}{BETWEEN}{last}"


def read_parameter(text: str) -> tuple[date, date] | None:
    """The days of ``2026-11-01..2026-11-30``; None for whatever is no such thing."""
    first, _separator, last = text.partition(BETWEEN)
    days = (_day(first), _day(last))
    if days[0] is None or days[1] is None or days[0] > days[1]:
        return None
    return days[0], days[1]


def words_of(first: date, last: date) -> str:
    """As ``24.11.2026 – 30.11.2026``, or one day."""
    shown = [date_format(day, "SHORT_DATE_FORMAT") for day in dict.fromkeys((first, last))]
    return " – ".join(shown)


def within(first: date, last: date, zone: ZoneInfo, *, field: str) -> dict[str, datetime]:
    """Lookups of what happened on these local days; half-open, so that the clock change loses nothing."""
    return {f"{field}__gte": midnight(first, zone), f"{field}__lt": midnight(last + DAY, zone)}


def read_span(query: Mapping[str, str], *, now: datetime, zone: ZoneInfo) -> tuple[Span, str]:
    """What an address asks for, and a sentence if that is nothing; then the last 30 days are shown."""
    today = now.astimezone(zone).date()
    key = query.get("period", "") or DEFAULT
    default = _reckoned(DEFAULT, today, zone)
    if key not in CHOICES:
        return default, _("There is no such period. The last 30 days are shown.")
    if key != OWN:
        return _reckoned(key, today, zone), ""
    first, last = _day(query.get("from", "")), _day(query.get("to", ""))
    if first is None or last is None:
        return default, _("Please give both days of the period. The last 30 days are shown.")
    if first > last:
        return default, _("The period ends before it begins. The last 30 days are shown.")
    if (last - first).days >= LONGEST:
        return default, _("A period is a year at most. The last 30 days are shown.")
    return Span(key=OWN, first=first, last=last, zone=zone), ""


def _reckoned(key: str, today: date, zone: ZoneInfo) -> Span:
    first, last = {
        "today": (today, today),
        "yesterday": (today - DAY, today - DAY),
        "7": (today - timedelta(days=6), today),
        "30": (today - timedelta(days=29), today),
        "month": (today.replace(day=1), (today.replace(day=28) + timedelta(days=4)).replace(day=1) - DAY),
    }[key]
    return Span(key=key, first=first, last=last, zone=zone)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST <= day <= LAST else None
