"""Public holidays by federal state, from the ``holidays`` package."""

from datetime import date
from functools import lru_cache

import holidays as calendar


def split_region(region: str) -> tuple[str, str | None]:
    """``"DE-BE"`` is ``("DE", "BE")``; ``"DE"`` has no state."""
    country, _dash, state = region.partition("-")
    return country, state or None


def is_region(region: str) -> bool:
    """Whether the package knows this ISO 3166-2 code."""
    country, state = split_region(region)
    known = calendar.list_supported_countries()
    return country in known and (state is None or state in known[country])


@lru_cache(maxsize=512)
def _holidays(region: str, year: int) -> dict[date, str]:
    country, state = split_region(region)
    # Without a language the package takes the one of the machine's locale.
    language = getattr(calendar, country).default_language
    return dict(calendar.country_holidays(country, subdiv=state, years=year, language=language))


def holiday_name(day: date, region: str) -> str | None:
    """The name of the public holiday in the region's language, or ``None``. No region: no holidays."""
    return _holidays(region, day.year).get(day) if region else None
