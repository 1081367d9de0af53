"""A day and a time put together: resolved, out of reach, or a question that keeps what is certain."""

import datetime as dt
from dataclasses import replace
from typing import Literal

from calls.understanding.day_finding import DayFinding
from calls.understanding.frame import Frame, as_time
from calls.understanding.results import Field, When
from calls.understanding.times import TimeFinding

_MINUTES_OF_DAY = 24 * 60


def combine(day: DayFinding, time: TimeFinding, frame: Frame) -> When:
    """The answer. Impossible and past values are said before anything is asked (A9)."""
    if day.invalid or time.invalid:
        return _invalid(day, time, frame)
    if day.date is not None and (gone := _out_of_reach(day.date, frame)):
        settled = time.is_settled and time.times
        return When(gone, day.date, as_time(time.times[0]) if settled else None, time.window, question=gone)
    if day.date is None or not time.is_settled:
        return question_back(day, time, frame)
    return _settled(day.date, time, frame)


def _invalid(day: DayFinding, time: TimeFinding, frame: Frame) -> When:
    asked = question_back(day, time, frame)
    missing: list[Field] = [*(["datum"] if day.invalid else []), *(["uhrzeit"] if time.invalid else [])]  # type: ignore[list-item]
    question = day.question if day.invalid else time.question
    return replace(asked, status="invalid", question=question, missing=tuple(missing), candidates=())


def _out_of_reach(date: dt.date, frame: Frame) -> Literal["past", "too_far"] | None:
    if date < frame.today:
        return "past"
    return "too_far" if (date - frame.today).days > frame.horizon_days else None


def _settled(date: dt.date, time: TimeFinding, frame: Frame) -> When:
    times = tuple(as_time(minute) for minute in time.times)
    wishes = times if len(times) > 1 else ()
    result = When("resolved", date, times[0] if times else None, time.window, time.approximate, wishes)
    if any(_does_not_exist(frame.instant(date, minute)) for minute in time.times):
        return When("invalid", date, missing=("uhrzeit",), question="invalid_time")
    return _if_ahead(result, time, frame) if date == frame.today else result


def _if_ahead(result: When, time: TimeFinding, frame: Frame) -> When:
    """Today's times that are over: all of them is `past`, one of several is a question."""
    if time.window:
        is_over = time.window[1] <= frame.now.hour * 60 + frame.now.minute
        return replace(result, status="past", question="past") if is_over else result
    ahead = frame.ahead(time.times)
    if not ahead:
        return replace(result, status="past", question="past")
    if len(ahead) == len(time.times):
        return result
    left = tuple(as_time(minute) for minute in ahead)
    return When("ask", frame.today, candidates=left, missing=("uhrzeit",), question="time_is_over")


def _does_not_exist(instant: dt.datetime) -> bool:
    """Whether the clocks skip this wall time, as in the night of 29 March 2026."""
    there_and_back = instant.astimezone(dt.UTC).astimezone(instant.tzinfo)
    return there_and_back.replace(tzinfo=None) != instant.replace(tzinfo=None)


def question_back(day: DayFinding, time: TimeFinding, frame: Frame) -> When:
    """The question about what is missing; what is certain is kept."""
    missing: list[Field] = [
        *(["datum"] if day.date is None else []),  # type: ignore[list-item]
        *(["uhrzeit"] if not time.is_settled else []),  # type: ignore[list-item]
    ]
    times = tuple(as_time(minute) for minute in time.times) if time.is_settled else ()
    return When(
        "ask",
        day.date,
        times[0] if times else None,
        time.window if time.is_settled else None,
        time.approximate,
        times if len(times) > 1 else (),
        _candidates(day, time, frame),
        tuple(missing),
        _question(day, time),
    )


def _candidates(day: DayFinding, time: TimeFinding, frame: Frame) -> tuple[dt.date | dt.time, ...]:
    """Days first: the time is asked once the day is known."""
    if day.date is not None:
        return tuple(as_time(minute) for minute in time.candidates if minute < _MINUTES_OF_DAY)
    if day.unsaid and time.is_settled and time.times:
        # "vierzehn Uhr" without a day: today if it can still start, and tomorrow.
        today = (frame.today,) if frame.can_start(time.times) else ()
        return (*today, frame.today + dt.timedelta(days=1))
    return day.candidates


def _question(day: DayFinding, time: TimeFinding) -> str:
    if day.date is not None:
        return time.question or "which_time"
    is_plain = day.question == "which_day" and not day.candidates
    if is_plain and not time.is_settled and time.question is None:
        return "which_day_and_time"
    return day.question or "which_day"
