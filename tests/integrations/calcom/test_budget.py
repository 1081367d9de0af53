"""The request budget: never more than a key may ask, whoever asks (incident F13)."""

from datetime import UTC, datetime, timedelta
from threading import Barrier
from unittest.mock import patch

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from integrations.calcom import budget
from integrations.calcom.budget import WINDOW_SECONDS, Priority
from integrations.calcom.errors import Unreachable
from integrations.calcom.types import Traffic
from integrations.models import RequestBudget
from tests.appointments.racing import race

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
KEY, OTHER = "a" * 64, "b" * 64


@pytest.fixture(autouse=True)
def ten_a_minute(settings: Settings) -> None:
    settings.CALENDAR_REQUESTS_PER_MINUTE = 10


def taken(number: int, *, priority: Priority = Priority.WRITE, now: datetime = NOW, key: str = KEY) -> bool:
    try:
        budget.charge(key, number, priority=priority, now=now)
    except Unreachable:
        return False
    return True


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.django_db
def test_what_is_taken_is_taken_whole_or_not_at_all() -> None:
    assert taken(7)
    assert not taken(4)
    assert taken(3)
    assert not taken(1)


@pytest.mark.django_db
def test_the_very_first_run_is_bounded_too() -> None:
    assert not taken(11)
    assert taken(10)


@pytest.mark.django_db
def test_keys_have_budgets_of_their_own() -> None:
    assert taken(10)
    assert taken(10, key=OTHER)


@pytest.mark.django_db
def test_no_stretch_of_a_minute_ever_holds_more_wherever_it_begins() -> None:
    """Asked twice a second for five minutes: the vendor's window may begin with any of the requests."""
    moments = [later(half / 2) for half in range(600)]
    sent = [moment for moment in moments if taken(1, now=moment)]
    worst = max(sum(begin <= moment < begin + timedelta(seconds=60) for moment in sent) for begin in sent)
    assert worst == 10
    assert len(sent) >= 40  # and what may be used is used


@pytest.mark.django_db
def test_negative_control_a_fixed_window_would_hold_twice_as_many() -> None:
    """The same ten a minute counted in windows of the clock: twenty within a minute of the vendor's."""
    sent = [later(59)] * 10 + [later(60)] * 10
    by_clock = [sum(moment.minute == minute for moment in sent) for minute in (0, 1)]
    assert max(by_clock) == 10
    assert sum(later(59) <= moment < later(59 + 60) for moment in sent) == 20
    assert [taken(10, now=sent[0]), taken(10, now=sent[-1])] == [True, False]


@pytest.mark.django_db
def test_it_is_as_full_as_before_when_the_window_has_passed() -> None:
    assert taken(10)
    assert not taken(1, now=later(WINDOW_SECONDS))
    assert taken(10, now=later(WINDOW_SECONDS + 1))
    assert len(RequestBudget.objects.get().spent) == 1  # what is over is forgotten


@pytest.mark.django_db
def test_courtesy_goes_first_when_it_runs_low() -> None:
    priorities = (Priority.WARMUP, Priority.COURTESY, Priority.LOOKUP, Priority.WRITE)
    used = []
    for priority in priorities:
        count = 0
        while taken(1, priority=priority):
            count += 1
        used.append(count)
    assert used == [3, 3, 3, 1]  # up to 30, 60, 90 and 100 %


@pytest.mark.django_db
def test_what_was_asked_beyond_is_counted_even_if_it_is_too_much() -> None:
    assert taken(9)
    budget.spend(KEY, 5, now=NOW)
    assert RequestBudget.objects.get().spent == {str(int(NOW.timestamp())): 14}
    assert not taken(1, now=later(30))


@pytest.mark.django_db
def test_after_a_refusal_nothing_is_asked_until_the_reset() -> None:
    assert taken(1)
    budget.heed(KEY, [Traffic(), Traffic(refused=True, reset_seconds=20.0)], now=NOW)
    assert not taken(1, now=later(20))
    assert taken(1, now=later(21))


@pytest.mark.django_db
def test_a_refusal_without_headers_means_a_minute() -> None:
    assert taken(1)
    budget.heed(KEY, [Traffic(refused=True)], now=NOW)
    assert not taken(1, now=later(60))
    assert taken(1, now=later(61))


@pytest.mark.django_db
def test_the_refusal_says_when_to_come_back() -> None:
    assert taken(10)
    with pytest.raises(Unreachable) as caught:
        budget.charge(KEY, 1, priority=Priority.WRITE, now=later(10))
    assert caught.value.retry_after == WINDOW_SECONDS + 1 - 10
    budget.heed(KEY, [Traffic(refused=True, reset_seconds=100.0)], now=later(10))
    with pytest.raises(Unreachable) as caught:
        budget.charge(KEY, 1, priority=Priority.WRITE, now=later(11))
    assert caught.value.retry_after == 100.0


@pytest.mark.django_db
def test_what_others_use_of_the_key_counts() -> None:
    """Cal.com says that two are left, though we have asked once only."""
    assert taken(1)
    budget.heed(KEY, [Traffic(limit=120, remaining=2, reset_seconds=30.0)], now=NOW)
    assert not taken(1, priority=Priority.COURTESY)
    assert taken(2)
    assert not taken(1)
    assert taken(1, now=later(32))


@pytest.mark.django_db
def test_a_limit_set_far_too_high_leaves_more_than_writes(settings: Settings) -> None:
    """Found by `make nights`: of 6,000 a tenth was to be left, and Cal.com's count never is that high."""
    settings.CALENDAR_REQUESTS_PER_MINUTE = 6000
    budget.charge(KEY, 1, priority=Priority.WRITE, now=NOW)
    budget.heed(KEY, [Traffic(limit=120, remaining=119, reset_seconds=30.0)], now=NOW)
    budget.charge(KEY, 1, priority=Priority.WARMUP, now=NOW)


@pytest.mark.django_db
def test_an_answer_that_was_overtaken_gives_nothing_back() -> None:
    assert taken(1)
    budget.heed(KEY, [Traffic(remaining=5, reset_seconds=30.0)], now=NOW)
    assert taken(4)
    budget.heed(
        KEY, [Traffic(remaining=4, reset_seconds=30.0), Traffic(remaining=5, reset_seconds=30.0)], now=NOW
    )
    assert taken(1)
    assert not taken(1)


@pytest.mark.django_db
def test_people_can_see_how_a_key_stands() -> None:
    assert budget.usage_of(KEY, now=NOW) == budget.Usage(used=0, limit=10, blocked_until=None)
    assert taken(3)
    assert taken(2, now=later(40))
    assert budget.usage_of(KEY, now=later(66)) == budget.Usage(used=2, limit=10, blocked_until=None)
    budget.heed(KEY, [Traffic(refused=True)], now=NOW)
    assert budget.usage_of(KEY, now=later(1)).blocked_until == later(61)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_take_more_than_there_is() -> None:
    outcomes = race([lambda: taken(3)] * 8)
    assert sorted(outcomes) == [False] * 5 + [True] * 3
    assert sum(RequestBudget.objects.get().spent.values()) == 9


@pytest.mark.django_db(transaction=True)
def test_negative_control_looking_first_and_taking_then_lets_more_through() -> None:
    """The same condition, asked in a statement of its own, is passed by all who look at once."""

    def look_then_take() -> bool:
        used = sum(RequestBudget.objects.get(pk=KEY).spent.values())
        everybody_has_looked.wait(10)
        if used + 3 > Priority.WRITE.ceiling():
            return False
        budget.spend(KEY, 3, now=NOW)
        return True

    everybody_has_looked = Barrier(8)
    RequestBudget.objects.create(key_digest=KEY)
    assert race([look_then_take] * 8) == [True] * 8
    assert sum(RequestBudget.objects.get().spent.values()) == 24


@pytest.mark.django_db
def test_taking_is_one_statement() -> None:
    statements: list[str] = []

    def note(execute: object, sql: str, *rest: object) -> object:
        statements.append(sql)
        return execute(sql, *rest)  # type: ignore[operator]

    with (
        connection.execute_wrapper(note),
        patch.object(budget, "seconds_to_wait", side_effect=AssertionError),
    ):
        budget.charge(KEY, 3, priority=Priority.WRITE, now=NOW)
    assert statements == [budget.CHARGE]
