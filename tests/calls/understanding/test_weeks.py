"""Weekdays and weeks on every day of a leap year and across both of its ends (A3, A5, A6, A31)."""

import datetime as dt

import pytest

from calls.understanding import When, understand_when
from tests.calls.understanding.salon import BERLIN, hours

FIRST = dt.date(2027, 12, 20)  # 2028 is a leap year
DAYS = [FIRST + dt.timedelta(days=n) for n in range(366 + 24)]
NAMES = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
WEEK = dt.timedelta(days=7)


def say(phrase: str, today: dt.date) -> When:
    now = dt.datetime.combine(today, dt.time(12), tzinfo=BERLIN)
    return understand_when(datum=phrase, uhrzeit="zehn Uhr", now=now, hours=hours)


def of_iso_week(today: dt.date, weekday: int, ahead: int) -> dt.date:
    year, week, _ = (today + ahead * WEEK).isocalendar()
    return dt.date.fromisocalendar(year, week, weekday + 1)


@pytest.mark.parametrize("weekday", range(7), ids=NAMES)
def test_a_weekday_of_a_named_week_is_that_of_the_iso_week(weekday: int) -> None:
    name = NAMES[weekday]
    for today in DAYS:
        for phrase, ahead in (
            (f"nächste Woche {name}", 1),
            (f"{name} kommende Woche", 1),
            (f"übernächste Woche am {name}", 2),
        ):
            assert say(phrase, today).date == of_iso_week(today, weekday, ahead), (phrase, today)


@pytest.mark.parametrize("weekday", range(7), ids=NAMES)
def test_a_weekday_of_this_week_is_asked_once_it_is_over(weekday: int) -> None:
    for today in DAYS:
        meant, when = of_iso_week(today, weekday, 0), say(f"diese Woche {NAMES[weekday]}", today)
        if meant < today:
            assert (when.status, when.date, when.candidates) == ("ask", None, (meant + WEEK,))
        else:
            assert (when.status, when.date) == ("past" if meant == today else "resolved", meant)


@pytest.mark.parametrize("weekday", range(7), ids=NAMES)
def test_a_bare_weekday_is_the_next_one(weekday: int) -> None:
    for today in DAYS:
        when = say(NAMES[weekday], today)
        if today.weekday() == weekday:
            assert (when.status, when.candidates) == ("ask", (today + WEEK,)), "ten o'clock is over at noon"
        else:
            assert (when.status, when.date) == (
                "resolved",
                next(d for d in upcoming(today) if d.weekday() == weekday),
            )


@pytest.mark.parametrize("weekday", range(7), ids=NAMES)
def test_dieser_kommender_and_naechster(weekday: int) -> None:
    name = NAMES[weekday]
    for today in DAYS:
        after = next(d for d in upcoming(today)[1:] if d.weekday() == weekday)
        first = today if today.weekday() == weekday else after
        assert say(f"diesen {name}", today).date == first
        assert say(f"kommenden {name}", today).date == after
        naechster = say(f"nächsten {name}", today)
        if after.isocalendar()[:2] == today.isocalendar()[:2]:
            assert (naechster.status, naechster.candidates) == ("ask", (after, after + WEEK))
        else:
            assert (naechster.status, naechster.date) == ("resolved", after)


@pytest.mark.parametrize("weekday", range(7), ids=NAMES)
def test_a_weekday_in_n_weeks_is_asked_where_both_readings_differ(weekday: int) -> None:
    for today in DAYS[::3]:
        nth_week = of_iso_week(today, weekday, 2)
        after_next = next(d for d in upcoming(today)[1:] if d.weekday() == weekday) + 2 * WEEK
        for phrase in (f"{NAMES[weekday]} in zwei Wochen", f"in zwei Wochen am {NAMES[weekday]}"):
            when = say(phrase, today)
            if nth_week == after_next:
                assert (when.status, when.date) == ("resolved", nth_week)
            else:
                assert (when.status, when.candidates) == ("ask", (nth_week, after_next))


@pytest.mark.parametrize("ahead", [0, 28, 59])
def test_a_day_and_month_mean_their_next_occurrence_however_written(ahead: int) -> None:
    ways = ("{0.day}.{0.month}.", "{0:%d.%m.%Y}", "{1}, den {0.day}.{0.month}.")
    for n, today in enumerate(DAYS):
        meant = today + dt.timedelta(days=ahead)
        phrase = ways[n % 3].format(meant, NAMES[meant.weekday()])
        assert say(phrase, today).date == meant, (phrase, today)


def test_a_day_without_month_skips_months_that_lack_it() -> None:
    for today in DAYS:
        for day in (1, 29, 31):
            expected = next(d for d in upcoming(today) if d.day == day)
            assert say(f"am {day}.", today).date == expected, (day, today)


def upcoming(today: dt.date) -> list[dt.date]:
    return [today + dt.timedelta(days=n) for n in range(70)]
