"""`understand_when`: a wished day and time from whatever a caller or a model put into two arguments."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from calls.understanding.clock import opening_span
from calls.understanding.day_finding import DayFinding, ask
from calls.understanding.frame import Frame
from calls.understanding.items import Clock, Item, MonthDay, Number, Shift, Span
from calls.understanding.promote import promote
from calls.understanding.repair import is_mark, repair
from calls.understanding.results import Field, OpeningHours, When
from calls.understanding.scan import scan
from calls.understanding.times import TimeFinding, find_time
from calls.understanding.tokens import Token, is_placeholder, tokenize
from calls.understanding.verdict import combine, question_back
from calls.understanding.wanted_day import find_wanted_day

_MINUTES_OF_DAY = 24 * 60
_FARTHEST_SHIFT = 10**6


def understand_when(
    *,
    datum: str | None,
    uhrzeit: str | None,
    now: dt.datetime,
    hours: OpeningHours,
    notice_minutes: int = 0,
    horizon_days: int = 180,
) -> When:
    """The wish in two arguments that each may hold day and time in any mixture.

    `now` is aware, in the salon's zone; `hours(day)` are that day's opening periods
    in minutes. Nothing is refused for being closed or too soon: that is the check's
    answer. What is not certain is asked, with `candidates` where they are few.
    """
    frame = Frame(now, hours, notice_minutes, horizon_days)
    items, offset = _read(datum, uhrzeit)
    if any(isinstance(item, Shift) for item in items):
        return _shifted_from_now(items, frame)
    return _understood(items, offset, frame)


@lru_cache(maxsize=512)
def _read(datum: str | None, uhrzeit: str | None) -> tuple[tuple[Item, ...], str | None]:
    """The items of both arguments, and the offset of an ISO time; the same words whatever the moment."""
    tokens: list[Token] = []
    arguments: tuple[tuple[str | None, Field], ...] = ((datum, "datum"), (uhrzeit, "uhrzeit"))
    for text, field in arguments:
        if text is not None and not is_placeholder(text):
            tokens += [*tokenize(text, field), Token("break", "", field)]
    offset = next((token.mark for token in tokens if token.kind == "iso" and token.mark), None)
    return tuple(repair(promote(scan(tokens)))), offset


def _understood(items: Sequence[Item], offset: str | None, frame: Frame) -> When:
    day = find_wanted_day(items, today=frame.today)
    time = _find_time(items, day, frame)
    if day.or_today:
        day = _today_if_possible(day, time, frame)
        time = _find_time(items, day, frame)
    time = _with_offset(time, day, offset, frame)
    doubt = _doubt(items, day)
    if doubt and not time.invalid and (time.is_settled or time.question is None):
        time = TimeFinding(candidates=time.times, question=doubt)
    return combine(day, time, frame)


def _find_time(items: Sequence[Item], day: DayFinding, frame: Frame) -> TimeFinding:
    """The time on the day in question; for an unknown day by the coming week's hours."""
    date = frame.today if day.or_today else day.date
    return find_time(items, opening=opening_span(frame.hours, date, today=frame.today))


def _doubt(items: Sequence[Item], day: DayFinding | None = None) -> str | None:
    """A number or a "not" that nothing explains could be a second time or take one back: ask.

    Where the day is asked for anyway ("September 24") a number casts no doubt on the other argument's time.
    """
    if any(is_mark(item, "not") for item in items):
        return "unclear_negation"
    loose = {item.field for item in items if isinstance(item, Number)}
    if day is not None and day.date is None:
        loose -= {"datum"} - {item.field for item in items if isinstance(item, Clock)}
    return "unclear_number" if loose else None


def _today_if_possible(day: DayFinding, time: TimeFinding, frame: Frame) -> DayFinding:
    """A weekday said on that weekday is today if a named time can still start, notice included."""
    if not time.times or not time.is_settled:
        return replace(day, or_today=False)
    if frame.can_start(time.times):
        return DayFinding(date=frame.today)
    return ask("which_week", [frame.today + dt.timedelta(days=7)], today=frame.today)


def _with_offset(time: TimeFinding, day: DayFinding, offset: str | None, frame: Frame) -> TimeFinding:
    """An ISO time with an offset that is not the salon's can be meant either way: ask (A22)."""
    if offset is None or not time.times or day.date is None:
        return time
    written = frame.instant(day.date, time.times[0])
    try:
        instant = dt.datetime.fromisoformat(f"{written:%Y-%m-%dT%H:%M}{offset.upper()}")
    except ValueError:  # "+99:00"
        return TimeFinding(candidates=time.times, question="which_time")
    local = instant.astimezone(frame.now.tzinfo)
    if local.utcoffset() == instant.utcoffset():
        return time
    return TimeFinding(candidates=(time.times[0], local.hour * 60 + local.minute), question="which_time")


def _shifted_from_now(items: Sequence[Item], frame: Frame) -> When:
    """As in "in einer halben Stunde": about then, unless another day or time is said too."""
    shifts = [item for item in items if isinstance(item, Shift)]
    others = any(isinstance(item, (Clock, MonthDay, Span, Number)) for item in items) or _doubt(items)
    unclear = DayFinding(question="which_day"), TimeFinding()
    if len(shifts) > 1 or others:
        return question_back(*unclear, frame)
    utc = frame.now.astimezone(dt.UTC) + dt.timedelta(minutes=min(shifts[0].minutes, _FARTHEST_SHIFT))
    local = utc.astimezone(frame.now.tzinfo)
    started = 1 if local.second or local.microsecond else 0
    minute = local.hour * 60 + local.minute + started
    if minute == _MINUTES_OF_DAY:
        return question_back(*unclear, frame)
    return combine(DayFinding(date=local.date()), TimeFinding(times=(minute,), approximate=True), frame)
