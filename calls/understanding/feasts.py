"""Feasts as callers name them: their dates in a year, and the words for them."""

import datetime as dt
from collections.abc import Callable

Dates = tuple[dt.date, ...]


def easter_sunday(year: int) -> dt.date:
    """Gregorian computus (Butcher, Nature 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return dt.date(year, month, day + 1)


def _fixed(month: int, *days: int) -> Callable[[int], Dates]:
    return lambda year: tuple(dt.date(year, month, day) for day in days)


def _easter(*offsets: int) -> Callable[[int], Dates]:
    return lambda year: tuple(easter_sunday(year) + dt.timedelta(days=offset) for offset in offsets)


def _advent(days_after_first: int) -> Callable[[int], Dates]:
    """The first Advent is the fourth Sunday before 25 December."""

    def dates(year: int) -> Dates:
        christmas = dt.date(year, 12, 25)
        first = christmas - dt.timedelta(days=(christmas.weekday() + 1) % 7 or 7, weeks=3)
        return (first + dt.timedelta(days=days_after_first),)

    return dates


def _no_day(year: int) -> Dates:
    return ()


def _sunday(month: int, nth: int) -> Callable[[int], Dates]:
    def dates(year: int) -> Dates:
        first = dt.date(year, month, 1)
        return (first + dt.timedelta(days=(6 - first.weekday()) % 7, weeks=nth - 1),)

    return dates


FEASTS: dict[str, Callable[[int], Dates]] = {
    "new_year": _fixed(1, 1), "epiphany": _fixed(1, 6), "valentine": _fixed(2, 14),
    "womens_day": _fixed(3, 8), "labour_day": _fixed(5, 1), "assumption": _fixed(8, 15),
    "unity_day": _fixed(10, 3), "reformation": _fixed(10, 31), "all_saints": _fixed(11, 1),
    "martin": _fixed(11, 11), "all_souls": _fixed(11, 2), "nicholas": _fixed(12, 6),
    "christmas_eve": _fixed(12, 24), "christmas_1": _fixed(12, 25), "christmas_2": _fixed(12, 26),
    "new_years_eve": _fixed(12, 31), "childrens_day": _fixed(9, 20), "christmas": _fixed(12, 24, 25, 26),
    "between_years": _fixed(12, 27, 28, 29, 30), "walpurgis": _fixed(4, 30),
    "womens_carnival": _easter(-52), "rose_monday": _easter(-48), "shrove_tuesday": _easter(-47),
    "ash_wednesday": _easter(-46), "palm_sunday": _easter(-7), "maundy_thursday": _easter(-3),
    "good_friday": _easter(-2), "holy_saturday": _easter(-1), "easter_sunday": _easter(0),
    "easter_monday": _easter(1), "easter": _easter(-2, -1, 0, 1), "ascension": _easter(39),
    "pentecost_sunday": _easter(49), "pentecost_monday": _easter(50), "pentecost": _easter(49, 50),
    "corpus_christi": _easter(60), "carnival": _easter(-52, -48, -47), "holy_week": _easter(-6, -5, -4),
    "mothers_day": _sunday(5, 2), "harvest": _sunday(10, 1), "advent_1": _advent(0), "advent_2": _advent(7),
    "advent_3": _advent(14), "advent_4": _advent(21), "sunday_of_dead": _advent(-7),
    "mourning": _advent(-14), "repentance": _advent(-11), "holidays": _no_day, "advent": _no_day,
}  # fmt: skip
"""Key → its dates in a year; more than one date, or none, is not a day."""

_WORDS: dict[str, str] = {
    "new_year": "neujahr|neujahrstag",
    "epiphany": "heilige drei koenige|heiligen drei koenige|dreikoenig|dreikoenigstag",
    "valentine": "valentinstag|valentin",
    "womens_day": "frauentag|weltfrauentag|internationaler frauentag",
    "labour_day": "tag der arbeit|maifeiertag|erster mai feiertag",
    "assumption": "mariae himmelfahrt|maria himmelfahrt",
    "unity_day": "tag der deutschen einheit|tag der einheit|nationalfeiertag",
    "walpurgis": "walpurgisnacht",
    "reformation": "reformationstag|halloween",
    "all_saints": "allerheiligen",
    "all_souls": "allerseelen",
    "martin": "martinstag|sankt martin|st martin",
    "nicholas": "nikolaus|nikolaustag|sankt nikolaus",
    "christmas_eve": ("heiligabend|heilig abend|heiliger abend|heiligen abend|heiligabends|weihnachtsabend"),
    "christmas_1": (
        "erster weihnachtstag|ersten weihnachtstag|erster weihnachtsfeiertag"
        "|ersten weihnachtsfeiertag|1. weihnachtstag|1. weihnachtsfeiertag|1. feiertag"
        "|ersten feiertag|christtag"
    ),
    "christmas_2": (
        "zweiter weihnachtstag|zweiten weihnachtstag|zweiter weihnachtsfeiertag|stefanitag"
        "|zweiten weihnachtsfeiertag|2. weihnachtstag|2. weihnachtsfeiertag|2. feiertag"
        "|zweiten feiertag"
    ),
    "new_years_eve": "silvester|sylvester|silvestertag|silvesterabend",
    "childrens_day": "weltkindertag|kindertag",
    "christmas": (
        "weihnachten|weihnacht|weihnachtszeit|weihnachtstage|weihnachtstagen"
        "|weihnachtsfeiertage|weihnachtsfeiertagen|weihnachts|weihnachtswoche"
        "|weihnachtsferien|fest"
    ),
    "between_years": "zwischen den jahren|zwischen den feiertagen|zwischen den tagen",
    "womens_carnival": ("weiberfastnacht|altweiber|altweiberfastnacht|weiberfasching|schmutziger donnerstag"),
    "rose_monday": "rosenmontag",
    "shrove_tuesday": "faschingsdienstag|fastnachtsdienstag|veilchendienstag|faschingdienstag",
    "ash_wednesday": "aschermittwoch",
    "palm_sunday": "palmsonntag",
    "maundy_thursday": "gruendonnerstag",
    "good_friday": "karfreitag",
    "holy_saturday": "karsamstag|ostersamstag",
    "easter_sunday": "ostersonntag",
    "easter_monday": "ostermontag",
    "easter": "ostern|osterfest|osterfeiertage|osterfeiertagen|osterwochenende|osterferien",
    "ascension": "christi himmelfahrt|himmelfahrt|vatertag|himmelfahrtstag|herrentag|maennertag",
    "pentecost_sunday": "pfingstsonntag",
    "pentecost_monday": "pfingstmontag",
    "pentecost": "pfingsten|pfingstwochenende|pfingstfeiertage|pfingstferien",
    "corpus_christi": "fronleichnam",
    "carnival": "fasching|karneval|fastnacht|fasnacht|fasnet|faschingsferien",
    "holy_week": "karwoche|osterwoche",
    "mothers_day": "muttertag",
    "harvest": "erntedank|erntedankfest|erntedanktag",
    "advent_1": (
        "erster advent|ersten advent|1. advent|erster adventssonntag|ersten adventssonntag|1. adventssonntag"
    ),
    "advent_2": ("zweiter advent|zweiten advent|2. advent|zweiter adventssonntag|zweiten adventssonntag"),
    "advent_3": ("dritter advent|dritten advent|3. advent|dritter adventssonntag|dritten adventssonntag"),
    "advent_4": ("vierter advent|vierten advent|4. advent|vierter adventssonntag|vierten adventssonntag"),
    "sunday_of_dead": "totensonntag|ewigkeitssonntag",
    "mourning": "volkstrauertag",
    "repentance": "buss und bettag|bussbettag|busstag|buss - und bettag",
    "holidays": (
        "feiertag|feiertage|feiertagen|ferien|sommerferien|herbstferien|winterferien|festtage"
        "|festtagen|feiertags|urlaub"
    ),
    "advent": "advent|adventszeit|adventssonntag|adventswochenende",
}

FEAST_PHRASES: dict[tuple[str, ...], str] = {
    tuple(phrase.split()): key for key, text in _WORDS.items() for phrase in text.split("|")
}
"""Words → key of `FEASTS`."""
LONGEST_FEAST = max(len(words) for words in FEAST_PHRASES)
