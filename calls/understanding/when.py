"""`understand_when`: a wished day and time from whatever a caller or a model put into two arguments."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from calls.understanding.clock import opening_span
from calls.understanding.dates import DayFinding, ask, find_day
from calls.understanding.items import DAYS, Clock, Item, MonthDay, Shift, Span
from calls.understanding.promote import promote
from calls.understanding.repair import is_mark, repair
from calls.understanding.results import Field, OpeningHours, When
from calls.understanding.scan import scan
from calls.understanding.times import TimeFinding, as_time, find_time, leftover_numbers, unread_marks
from calls.understanding.tokens import Token, is_placeholder, tokenize

_DAY_BOUNDS = frozenset({"from", "until", "between"})


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a phrase is understood against."""

    now: dt.datetime
    hours: OpeningHours
    notice_minutes: int
    horizon_days: int

    @property
    def today(self) -> dt.date:
        return self.now.date()

    def instant(self, date: dt.date, minute: int) -> dt.datetime:
        return dt.datetime.combine(date, as_time(minute), tzinfo=self.now.tzinfo)


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
    frame = _Frame(now, hours, notice_minutes, horizon_days)
    tokens: list[Token] = []
    arguments: tuple[tuple[str | None, Field], ...] = ((datum, "datum"), (uhrzeit, "uhrzeit"))
    for text, field in arguments:
        if text is not None and not is_placeholder(text):
            tokens += [*tokenize(text, field), Token("break", "", field)]
    items = repair(promote(scan(tokens)))
    return _verdict(items, _offset_tokens(tokens), frame)


def _offset_tokens(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.kind == "iso" and token.mark and len(token.parts) >= 5]


def _verdict(items: list[Item], offsets: Sequence[Token], frame: _Frame) -> When:
    shifts = [item for item in items if isinstance(item, Shift)]
    if shifts:
        return _shifted_from_now(items, shifts, frame)
    day = _find_day(items, frame)
    opening = opening_span(
        frame.hours, day.date or (frame.today if day.or_today else None), today=frame.today
    )
    time = find_time(items, opening=opening)
    if day.or_today:
        day = _today_if_possible(day, time, frame)
        opening = opening_span(frame.hours, day.date, today=frame.today)
        time = find_time(items, opening=opening)
    time = _with_offset(time, day, offsets, frame)
    if time.is_settled or time.question is None:
        doubt = _doubt(items, day, time)
        if doubt:
            return replace(_asked(day, time, frame), question=doubt)
    return _combine(day, time, frame)


def _find_day(items: Sequence[Item], frame: _Frame) -> DayFinding:
    """The day of the whole phrase: alternatives, bounded days and references are questions."""
    today = frame.today
    if any(is_mark(item, "bad_date") for item in items):
        return DayFinding(question="invalid_date", invalid=True)
    groups = _day_groups(items)
    whole = [item for group in groups for item in group]
    if any(is_mark(item, "shifted_day") for item in items):
        return ask("refers_to_earlier", (), today=today)
    if not whole:
        return _no_day(items, today)
    if len(groups) > 1:
        return _alternatives(groups, today)
    if any(_is_bounded(items, i) for i, item in enumerate(items) if isinstance(item, (*DAYS, Span))):
        finding = find_day(whole, today=today)
        return ask("which_day", (), today=today) if not finding.invalid else finding
    return find_day(whole, today=today)


def _no_day(items: Sequence[Item], today: dt.date) -> DayFinding:
    if any(is_mark(item, "same_day") for item in items):
        return ask("refers_to_earlier", (), today=today)
    return DayFinding(question="which_day")


def _day_groups(items: Sequence[Item]) -> list[list[Item]]:
    """Day items by alternative: "oder", "sonst" and "und" between two days make two groups."""
    groups: list[list[Item]] = [[]]
    for item in items:
        if is_mark(item, "or", "else", "and", "until") and groups[-1]:
            groups.append([])
        elif isinstance(item, (*DAYS, Span)):
            groups[-1].append(item)
    groups = [group for group in groups if group]
    merged: list[list[Item]] = []
    for group in groups:
        # "nächste Woche und zwar Montag", "Montag um zehn oder elf, nächste Woche": one wish in pieces.
        if merged and (_only_spans(group) != _only_spans(merged[-1])):
            merged[-1] = merged[-1] + group
        else:
            merged.append(group)
    return merged


def _only_spans(group: Sequence[Item]) -> bool:
    return all(isinstance(item, Span) for item in group)


def _alternatives(groups: Sequence[Sequence[Item]], today: dt.date) -> DayFinding:
    """Days joined by "oder": ask with each. A period said once holds for all of them."""
    shared = [item for group in groups for item in group if isinstance(item, Span)]
    findings = []
    for group in groups:
        own = [item for item in group if isinstance(item, Span)]
        findings.append(find_day([*group, *([] if own else shared)], today=today))
    dates = {
        date for finding in findings for date in ([finding.date] if finding.date else finding.candidates)
    }
    if len(dates) == 1 and all(finding.date for finding in findings):
        return findings[0]
    return ask("which_day", dates, today=today)


def _is_bounded(items: Sequence[Item], i: int) -> bool:
    """Whether "ab", "bis", "vor", "zwischen" stands right before a day: then it is no day."""
    at = i - 1
    while at >= 0 and isinstance(items[at], (*DAYS, Span)):
        at -= 1
    return at >= 0 and is_mark(items[at], "about", *_DAY_BOUNDS)


def _today_if_possible(day: DayFinding, time: TimeFinding, frame: _Frame) -> DayFinding:
    """A weekday said on that weekday is today if a named time can still start, notice included."""
    in_a_week = frame.today + dt.timedelta(days=7)
    if not time.times or not time.is_settled:
        return replace(day, or_today=False)
    notice = dt.timedelta(minutes=frame.notice_minutes)
    if all(frame.instant(frame.today, minute) >= frame.now + notice for minute in time.times):
        return DayFinding(date=frame.today)
    return ask("which_week", [in_a_week], today=frame.today)


def _with_offset(time: TimeFinding, day: DayFinding, offsets: Sequence[Token], frame: _Frame) -> TimeFinding:
    """An ISO time with an offset that is not the salon's can be meant either way: ask (A22)."""
    if not offsets or not time.times or day.date is None:
        return time
    written = frame.instant(day.date, time.times[0])
    mark = "+00:00" if offsets[0].mark == "z" else offsets[0].mark
    instant = dt.datetime.fromisoformat(f"{written:%Y-%m-%dT%H:%M}{mark}")
    local = instant.astimezone(frame.now.tzinfo)
    if local.utcoffset() == instant.utcoffset():
        return time
    return TimeFinding(candidates=(time.times[0], local.hour * 60 + local.minute), question="which_time")


def _doubt(items: Sequence[Item], day: DayFinding, time: TimeFinding) -> str | None:
    """A second number or a "not" that nothing explains could change the meaning: ask."""
    if unread_marks(items):
        return "unclear_negation"
    if leftover_numbers(items):
        return "unclear_number"
    if day.date is None and any(is_mark(item, "unclear_day") for item in items):
        return "which_day"
    return None


def _shifted_from_now(items: Sequence[Item], shifts: Sequence[Shift], frame: _Frame) -> When:
    """ "in einer halben Stunde": about then, unless another day or time is said too."""
    if len(shifts) > 1 or any(
        isinstance(item, (Clock, MonthDay, Span)) or is_mark(item, "not") for item in items
    ):
        return When("ask", missing=("datum", "uhrzeit"), question="which_day_and_time")
    utc = frame.now.astimezone(dt.UTC) + dt.timedelta(minutes=min(shifts[0].minutes, 10**6))
    local = utc.astimezone(frame.now.tzinfo)
    minute = local.hour * 60 + local.minute + (1 if local.second or local.microsecond else 0)
    if minute == 24 * 60:
        return When("ask", missing=("datum", "uhrzeit"), question="which_day_and_time")
    return _combine(DayFinding(date=local.date()), TimeFinding(times=(minute,), approximate=True), frame)


def _combine(day: DayFinding, time: TimeFinding, frame: _Frame) -> When:
    if day.invalid or time.invalid:
        missing: tuple[Field, ...] = (
            *(("datum",) if day.invalid else ()),
            *(("uhrzeit",) if time.invalid else ()),
        )  # type: ignore[assignment]
        question = day.question if day.invalid else time.question
        return replace(
            _asked(day, time, frame), status="invalid", question=question, missing=missing, candidates=()
        )
    if day.date is None or not time.is_settled:
        if day.date is not None and (gone := _out_of_reach(day.date, frame)):
            return When(gone, date=day.date, question=gone)
        return _asked(day, time, frame)
    return _settled(day.date, time, frame)


def _out_of_reach(date: dt.date, frame: _Frame) -> str | None:  # type: ignore[return]
    if date < frame.today:
        return "past"
    return "too_far" if (date - frame.today).days > frame.horizon_days else None


def _settled(date: dt.date, time: TimeFinding, frame: _Frame) -> When:
    times = tuple(as_time(minute) for minute in time.times)
    result = When(
        "resolved",
        date,
        times[0] if times else None,
        time.window,
        time.approximate,
        times if len(times) > 1 else (),
    )
    gone = _out_of_reach(date, frame)
    if gone:
        return replace(result, status=gone, question=gone)  # type: ignore[arg-type]
    if any(_does_not_exist(frame.instant(date, minute)) for minute in time.times):
        return replace(
            result, status="invalid", time=None, preferences=(), missing=("uhrzeit",), question="invalid_time"
        )
    if date == frame.today:
        return _if_still_ahead(result, time, frame)
    return result


def _if_still_ahead(result: When, time: TimeFinding, frame: _Frame) -> When:
    """Today's times that are over: all of them is `past`, the first of several is a question."""
    today = frame.today
    if time.window:
        end = frame.now.hour * 60 + frame.now.minute
        return replace(result, status="past", question="past") if time.window[1] <= end else result
    ahead = [minute for minute in time.times if frame.instant(today, minute) >= frame.now]
    if not ahead:
        return replace(result, status="past", question="past")
    if len(ahead) < len(time.times):
        left = tuple(as_time(minute) for minute in ahead)
        return When("ask", today, candidates=left, missing=("uhrzeit",), question="time_is_over")
    return result


def _does_not_exist(instant: dt.datetime) -> bool:
    """Whether the clocks skip this wall time (the night of 29 March)."""
    return instant.astimezone(dt.UTC).astimezone(instant.tzinfo).replace(tzinfo=None) != instant.replace(
        tzinfo=None
    )


def _asked(day: DayFinding, time: TimeFinding, frame: _Frame) -> When:
    """The question about what is missing; what is certain is kept."""
    missing: list[Field] = []
    if day.date is None:
        missing.append("datum")
    if not time.is_settled:
        missing.append("uhrzeit")
    times = tuple(as_time(minute) for minute in time.times) if time.is_settled else ()
    candidates: tuple[dt.date | dt.time, ...] = day.candidates
    if not candidates and day.date is not None:
        candidates = tuple(as_time(minute) for minute in time.candidates if minute < 24 * 60)
    elif not candidates and day.question == "which_day" and times:
        candidates = _today_or_tomorrow(time, frame)
    return When(
        "ask",
        day.date,
        times[0] if times else None,
        time.window if time.is_settled else None,
        time.approximate,
        times if len(times) > 1 else (),
        candidates,
        tuple(missing),
        _question(day, time),
    )


def _question(day: DayFinding, time: TimeFinding) -> str:
    if day.date is None:
        nothing_said = day.question == "which_day" and not day.candidates
        unsaid_time = not time.is_settled and time.question is None
        return "which_day_and_time" if nothing_said and unsaid_time else day.question or "which_day"
    return time.question or "which_time"


def _today_or_tomorrow(time: TimeFinding, frame: _Frame) -> tuple[dt.date, ...]:
    """ "vierzehn Uhr" without a day: today if it can still start, and tomorrow."""
    today = frame.today
    notice = dt.timedelta(minutes=frame.notice_minutes)
    possible = all(frame.instant(today, minute) >= frame.now + notice for minute in time.times)
    return (*((today,) if possible else ()), today + dt.timedelta(days=1))
