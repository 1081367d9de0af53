"""``make nights`` takes half an hour and may be silent only if nothing is wrong: here its judge is tried."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tools.nights.clock import Clock
from tools.nights.judging import Reminder, Report, Seen, Sweep, judge
from tools.nights.plan import NIGHTS, Night

SPRING, AUTUMN, _NEW_YEAR, SET_BACK, _LEAP_DAY = NIGHTS
MINUTE = timedelta(minutes=1)


def sweeps(*passed: float) -> list[Sweep]:
    return [Sweep(seconds, AUTUMN.report_due) for seconds in passed]


def calm(night: Night = AUTUMN) -> Seen:
    """All is as it has to be."""
    due = night.windows[0].begins + 5 * MINUTE
    return Seen(
        night=night,
        speed=10,
        calls=20,
        booked=9,
        lives=[112.0, 171.0],
        sweeps=sweeps(0, 60, 125),
        ended=sweeps(190)[0],
        due={1: due},
        quiet=[2],
        reminders=[Reminder(1, due + MINUTE, "sent")],
        companies=frozenset({"Nachtigall"}),
        reports=[Report("Nachtigall", night.report_due + MINUTE, finished=True)],
        jobs={"forget": [night.job_due + MINUTE]},
        own=[night.windows[0].begins],
    )


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_a_calm_night_is_not_complained_of(night: Night) -> None:
    assert judge(calm(night)) == []


def test_two_oclock_is_three_in_spring_and_the_first_of_two_in_autumn() -> None:
    assert SPRING.report_due.astimezone(UTC) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert AUTUMN.report_due.astimezone(UTC) == datetime(2026, 10, 25, 0, tzinfo=UTC)


GOOD = calm()
DUE = GOOD.due[1]
REMINDER, REPORT, JOB = GOOD.reminders[0], GOOD.reports[0], GOOD.jobs["forget"][0]
HOUR = 60 * MINUTE


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"booked": 0}, "nobody booked"),
        ({"lives": []}, "no hold ended"),
        ({"due": {}}, "no reminder was due"),
        ({"lives": [112.0, 84.0]}, "ended early"),
        ({"lives": [112.0, 310.0]}, "lived for 310 seconds"),
        ({"sweeps": sweeps(0, 200), "ended": sweeps(210)[0]}, "nothing was swept for 200"),
        ({"ended": sweeps(400)[0]}, "nothing was swept for 275"),
        ({"reminders": []}, "0 reminders"),
        ({"reminders": [REMINDER, REMINDER]}, "2 reminders"),
        ({"reminders": [REMINDER._replace(state="waiting")]}, "is waiting"),
        ({"reminders": [REMINDER._replace(written=DUE - MINUTE)]}, "early"),
        ({"reminders": [REMINDER._replace(written=DUE + HOUR)]}, "late"),
        ({"reminders": [REMINDER, Reminder(2, DUE, "sent")]}, "quiet hours"),
        ({"reports": []}, "0 reports"),
        ({"reports": [REPORT, REPORT]}, "2 reports"),
        ({"reports": [REPORT._replace(finished=False)]}, "not finished"),
        ({"reports": [REPORT._replace(started=REPORT.started - HOUR)]}, "came at 01:01"),
        ({"reports": [REPORT._replace(started=REPORT.started.astimezone(UTC) + HOUR)]}, "came at 02:01"),
        ({"jobs": {"forget": []}}, "0 times: never"),
        ({"jobs": {"forget": [JOB, JOB + HOUR]}}, "2 times"),
        ({"jobs": {"forget": [JOB - 2 * MINUTE]}}, "ran at 03:29"),
        ({"own": []}, "own schedule ran 0 times"),
        ({"wrong": ["“booked” was said, but 7 is not there"]}, "7 is not there"),
    ],
)
def test_what_must_not_be_is_said(facts: dict[str, Any], sentence: str) -> None:
    (said,) = judge(replace(GOOD, **facts))
    assert sentence in said


def test_after_a_step_back_a_hold_may_last_longer_but_not_shorter() -> None:
    assert judge(replace(calm(SET_BACK), lives=[400.0])) == []
    assert judge(replace(calm(SET_BACK), lives=[60.0])) == ["a hold ended early, after 60 seconds"]


def test_the_clock_of_a_process_is_moved_from_where_the_process_has_put_it(tmp_path: Any) -> None:
    """Each puts right by how much it started late; a step must not undo that."""
    clock = Clock(AUTUMN.noon_before, tmp_path, tmp_path / "libfaketime", speed=10)
    command = clock.wrapped(["python", "-V"])
    (file,) = tmp_path.iterdir()
    assert f"FAKETIME_TIMESTAMP_FILE={file}" in command
    file.write_text("+100.500 x10\n")
    clock.move(-HOUR)
    assert file.read_text() == "-3499.500 x10\n"
    assert timedelta(0) <= clock.now() - (AUTUMN.noon_before - HOUR) < 5 * MINUTE
