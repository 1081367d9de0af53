"""Which half of the day a clock time means, under one rule for times and window ends."""

import datetime as dt
from dataclasses import dataclass

from calls.understanding.items import Clock
from calls.understanding.results import OpeningHours

HOUR = 60
HALF_DAY = 12 * HOUR
DAY = 24 * HOUR

# What a speaker can still call so; wider than the windows searched (german.md, day parts).
_SAID_SO = {
    "morning": ((3 * HOUR, 12 * HOUR),),
    "forenoon": ((6 * HOUR, 12 * HOUR + 1),),
    "midday": ((11 * HOUR, 15 * HOUR),),
    "afternoon": ((12 * HOUR, 19 * HOUR),),
    "evening": ((17 * HOUR, DAY),),
    "night": ((20 * HOUR, DAY), (0, 6 * HOUR)),
}
_DAYS_LOOKED_AT = 7


@dataclass(frozen=True, slots=True)
class Minute:
    """A settled minute of the day, or the question and the minutes it can be."""

    minute: int | None = None
    candidates: tuple[int, ...] = ()
    question: str | None = None


def opening_span(hours: OpeningHours, date: dt.date | None, *, today: dt.date) -> tuple[int, int]:
    """First opening and last closing of a day, in minutes.

    For a closed or unknown day: the earliest and latest of the week from that day
    (from today) on; a salon without hours counts as always open.
    """
    first = date or today
    if date is not None and (periods := hours(date)):
        return min(opens for opens, _ in periods), max(closes for _, closes in periods)
    week = [period for n in range(_DAYS_LOOKED_AT) for period in hours(first + dt.timedelta(days=n))]
    return (min(opens for opens, _ in week), max(closes for _, closes in week)) if week else (0, DAY)


def allows(part: str, minute: int) -> bool:
    """Whether a speaker can call this minute by that part of the day."""
    return any(start <= minute < end for start, end in _SAID_SO[part])


def halves(clock: Clock) -> tuple[int, ...]:
    """The minutes a clock time can mean: both halves of the day, unless it says which."""
    if clock.fixed or clock.machine:
        return (clock.minute,)
    return clock.minute % HALF_DAY, clock.minute % HALF_DAY + HALF_DAY


def settle(clock: Clock, part: str | None, *, opens: int) -> Minute:
    """The minute of the day a spoken clock time means.

    A day part decides the half of the day. Without one, 00:30 to 07:59 mean the
    afternoon, unless the salon opens early enough for both; a machine's "0H:MM"
    before opening is asked back.
    """
    if clock.doubtful:
        return Minute(candidates=clock.doubtful, question="which_time")
    if clock.quarter:
        settled = _half_of_day(clock.minute, part, opens)
        candidates = (settled.minute,) if settled.minute is not None else settled.candidates
        return Minute(candidates=candidates, question="quarter_past_or_before")
    if clock.exact or (clock.fixed and (part is None or allows(part, clock.minute))):
        return Minute(minute=clock.minute)
    if clock.fixed:
        return Minute(candidates=(clock.minute,), question="day_part_contradicts_time")
    if clock.machine:
        return _machine(clock.minute, part, opens)
    return _half_of_day(clock.minute, part, opens)


def _machine(minute: int, part: str | None, opens: int) -> Minute:
    if part:
        if allows(part, minute):
            return Minute(minute=minute)
        return Minute(candidates=(minute, minute + HALF_DAY), question="day_part_contradicts_time")
    if minute < opens:
        return Minute(candidates=(minute, minute + HALF_DAY), question="which_half_of_day")
    return Minute(minute=minute)


def _half_of_day(minute: int, part: str | None, opens: int) -> Minute:
    early, late = minute % HALF_DAY, minute % HALF_DAY + HALF_DAY
    plain = _without_part(minute, early, late, opens)
    if part is None:
        return plain
    fitting = [m for m in (early, late) if allows(part, m)]
    if len(fitting) == 1 and fitting[0]:  # midnight belongs to two days
        return Minute(minute=fitting[0])
    candidates = plain.candidates or ((plain.minute,) if plain.minute is not None else ())
    return Minute(candidates=candidates, question="day_part_contradicts_time")


def _without_part(minute: int, early: int, late: int, opens: int) -> Minute:
    if early >= 8 * HOUR:
        return Minute(minute=early)
    if minute >= HALF_DAY or early < HOUR // 2:
        return Minute(minute=late)  # "zwölf Uhr fünfzehn"; midnight's is said with "null"
    if opens <= early:
        return Minute(candidates=(early, late), question="which_half_of_day")
    return Minute(minute=late)
