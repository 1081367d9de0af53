"""The judge of ``make chaos``: what it must call a lie, and what it must not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tools.chaos.journal import Act, Outcome, What
from tools.chaos.judging import (
    Letter,
    Place,
    Row,
    Standing,
    compare_calendar,
    compare_mail,
    judge,
)

TEN = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ELEVEN = TEN + HOUR


def act(what: What, outcome: Outcome, **facts: Any) -> Act:
    return Act(**{"actor": "phone", "what": what, "name": str(what), "outcome": outcome, **facts})


def booked(number: int = 1, **facts: Any) -> Act:
    return act(What.BOOK, Outcome.DONE, **{"key": "call_1", "appointment": number, "start": TEN, **facts})


def open_booking() -> Act:
    return act(What.BOOK, Outcome.UNANSWERED, key="call_1", start=TEN)


def refused_booking() -> Act:
    return act(What.BOOK, Outcome.REFUSED, key="call_1", start=TEN)


def row(number: int = 1, *, status: str = "booked", start: datetime = TEN, **facts: Any) -> Row:
    return Row(
        **{
            "id": number,
            "status": status,
            "blocking": status in {"booked", "confirmed", "provisional"},
            "start": start,
            "staff": "Emma",
            "source": "phone",
            "keys": frozenset({"call_1"}),
            "taken": ((start, start + HOUR),),
            **facts,
        }
    )


def moved(outcome: Outcome) -> Act:
    return act(What.MOVE, outcome, appointment=1, start=ELEVEN, began=2)


def cancelled(outcome: Outcome) -> Act:
    return act(What.CANCEL, outcome, appointment=1, began=3)


def test_what_was_booked_stands() -> None:
    assert judge([booked()], [row()]) == []
    assert judge([booked()], []) != []
    assert judge([booked()], [row(status="cancelled")]) != []
    assert judge([booked()], [row(start=ELEVEN)]) != []


def test_what_was_refused_has_left_nothing() -> None:
    assert judge([refused_booking()], []) == []
    assert judge([refused_booking()], [row(status="rejected")]) == []
    assert judge([refused_booking()], [row()]) == ["call_1: refused, but 1 booked stands"]


def test_what_was_not_answered_is_whole_or_nothing() -> None:
    assert judge([open_booking()], []) == []
    assert judge([open_booking()], [row()]) == []
    assert judge([open_booking()], [row(start=ELEVEN)]) != []
    assert judge([open_booking()], [row(status="conflict")]) != []


def test_a_repeated_request_has_made_one() -> None:
    twice = [row(1), row(2, start=ELEVEN)]

    assert judge([open_booking()], twice) != []
    assert judge([booked()], twice) == ["call_1: 2 rows of one wish (1 booked, 2 booked)"]


def test_a_change_counts_once_it_was_answered() -> None:
    assert judge([booked(), moved(Outcome.DONE)], [row(start=ELEVEN)]) == []
    assert judge([booked(), moved(Outcome.DONE)], [row()]) != []
    assert judge([booked(), moved(Outcome.REFUSED)], [row()]) == []
    assert judge([booked(), moved(Outcome.REFUSED)], [row(start=ELEVEN)]) != []
    assert judge([booked(), cancelled(Outcome.DONE)], [row(status="cancelled")]) == []
    assert judge([booked(), cancelled(Outcome.DONE)], [row()]) != []


def test_a_change_without_an_answer_leaves_one_of_two() -> None:
    acts = [booked(), moved(Outcome.UNANSWERED)]

    assert judge(acts, [row()]) == []
    assert judge(acts, [row(start=ELEVEN)]) == []
    assert judge(acts, [row(status="cancelled")]) != []
    assert judge([booked(), cancelled(Outcome.UNANSWERED)], [row(status="cancelled")]) == []


def test_what_nobody_asked_for_is_nobodys() -> None:
    assert judge([], [row(keys=frozenset(), source="api")]) != []
    assert judge([], [row(keys=frozenset(), source="calendar")]) == []


def test_an_answer_that_must_never_be() -> None:
    assert judge([act(What.BOOK, Outcome.BAD, status="unknown_number")], []) != []


def test_nobody_is_in_two_places() -> None:
    """I1, also where a long appointment lies over two short ones."""
    acts = [booked(number, key=f"call_{number}", start=TEN + number * HOUR) for number in range(3)]
    rows = [row(number, start=TEN + number * HOUR, keys=frozenset({f"call_{number}"})) for number in range(3)]
    assert judge(acts, rows) == []

    long = row(0, keys=frozenset({"call_0"}), taken=((TEN, TEN + 4 * HOUR),))

    assert len(judge(acts, [long, *rows[1:]])) == 2
    assert judge(acts, [row(0, keys=frozenset({"call_0"}), staff="Jonas"), *rows[1:]]) == []


PLACE = Place(101, TEN, ELEVEN)
OURS = Standing("ours", PLACE, ours=True)
STRANGERS = Standing("stranger", Place(101, TEN + HOUR / 2, ELEVEN), ours=False)


def calendar(
    standing: list[Standing], *, wanted: tuple[Place, ...] = (PLACE,), told: tuple[int, ...] = ()
) -> list[str]:
    known = {"stranger"} if told else set()
    return compare_calendar({1: wanted} if wanted else {}, standing, told=told, told_uids=known)


def test_the_calendar_has_what_we_have() -> None:
    assert calendar([OURS]) == []
    assert calendar([]) != []
    assert calendar([replace(OURS, stands=False)]) != []
    assert calendar([OURS, Standing("double", PLACE, ours=True)]) != []
    assert calendar([OURS], wanted=()) != []
    assert calendar([STRANGERS], wanted=()) != []


def test_a_case_excuses_only_what_a_stranger_takes() -> None:
    assert calendar([STRANGERS], told=(1,)) == []
    assert calendar([replace(STRANGERS, stands=False)], told=(1,)) != []
    assert calendar([], told=(1,)) != []


def test_nobody_is_written_to_twice() -> None:
    sent, waiting, unclear = Letter(1, "sent", 1), Letter(2, "waiting", 0), Letter(3, "unclear", 1)

    assert compare_mail([sent, waiting, unclear]) == []
    assert compare_mail([Letter(1, "sent", 2)]) == ["message 1 was sent 2 times"]
    assert compare_mail([Letter(1, "sent", 0)]) != []
    assert compare_mail([Letter(1, "waiting", 1)]) != []
