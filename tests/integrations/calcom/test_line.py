"""A company's line: at once, in time, within the budget, and not at all while Cal.com is down."""

import time
from datetime import datetime, timedelta
from threading import Barrier, current_thread
from typing import Any

import pytest
import time_machine
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from appointments.models import Company
from integrations.calcom import performing
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import (
    CalendarError,
    NoAnswer,
    RateLimited,
    Trouble,
    UnknownOutcome,
    Unreachable,
)
from integrations.calcom.keys import digest_of
from integrations.calcom.line import Line
from integrations.models import Breaker, CalendarConnection, RequestBudget
from tests.appointments.racing import race
from tests.integrations.calcom import shapes
from tests.integrations.calcom.conftest import KEY
from tests.integrations.calcom.test_silence import NINE, ORDER, SLACK
from tests.integrations.calcom.vendor import Reply, Vendor, closed_port, silent

OTHER_KEY = "cal_another_key"


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.create(name="Salon Morgenrot", slug="morgenrot")


@pytest.fixture
def line(company: Company, vendor: Vendor, settings: Settings) -> Line:
    settings.CALCOM_API_URL, settings.CALCOM_API_KEY = vendor.url, KEY
    line = Line.of(company)
    assert line
    return line


def get(client: Client) -> Any:
    return client.get("uid71")


def create(client: Client) -> Any:
    return client.create(ORDER)


def trouble_of(line: Line, operation: Any = get, **how: Any) -> Trouble | None:
    (result,) = line.run(operation, **{"priority": Priority.WRITE, **how})
    return result.trouble if isinstance(result, NoAnswer) else None


def state(line: Line) -> Breaker:
    return CalendarConnection.objects.get(pk=line.connection.pk).breaker(now=timezone.now())


def spent() -> int:
    return sum(sum(row.spent.values()) for row in RequestBudget.objects.all())


# Who has a line


def test_without_a_key_there_is_no_line(company: Company, settings: Settings) -> None:
    settings.CALCOM_API_KEY = ""
    assert Line.of(company) is None
    CalendarConnection.objects.create(company=company)
    assert Line.of(company) is None


def test_the_own_key_is_the_one_that_is_sent(line: Line, company: Company, vendor: Vendor) -> None:
    vendor.says(shapes.booking())
    line.call(get, priority=Priority.LOOKUP)
    line.connection.api_key = OTHER_KEY
    line.connection.save()
    own = Line.of(company)
    assert own
    own.call(get, priority=Priority.LOOKUP)
    assert [seen.headers["authorization"] for seen in vendor.seen] == [f"Bearer {KEY}", f"Bearer {OTHER_KEY}"]
    assert set(RequestBudget.objects.values_list("pk", flat=True)) == {digest_of(KEY), digest_of(OTHER_KEY)}
    assert KEY not in repr(own)
    assert OTHER_KEY not in repr(own)


def test_an_unreadable_key_asks_nobody_and_says_so(line: Line, vendor: Vendor) -> None:
    line.connection.api_key_encrypted = "nonsense"
    (result,) = line.run(create, priority=Priority.WRITE)
    assert isinstance(result, CalendarError)
    assert (result.code, result.is_definite, vendor.seen) == ("key_unreadable", True, [])
    assert CalendarConnection.objects.get().last_error_code == "key_unreadable"


# Transactions


def test_inside_a_transaction_it_refuses_to_run(line: Line, vendor: Vendor) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        line.run(get, priority=Priority.LOOKUP)
    assert vendor.seen == []


@pytest.mark.django_db(transaction=True)
def test_inside_a_real_transaction_as_well(line: Line) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction"):
        line.run(get, priority=Priority.LOOKUP)


# At once, and in time


def test_operations_run_at_once_in_threads_and_answer_in_their_order(line: Line) -> None:
    together = Barrier(3, timeout=10)

    def one(number: int) -> Any:
        def operation(_client: Client) -> tuple[int, str]:
            together.wait()
            return number, current_thread().name.split("_")[0]

        return operation

    assert line.run(*(one(number) for number in range(3)), priority=Priority.WRITE) == [
        (number, "calcom") for number in range(3)
    ]


def test_nothing_to_do_asks_for_nothing(line: Line) -> None:
    assert line.run(priority=Priority.WRITE) == []
    assert spent() == 0


def test_the_threads_touch_no_database(line: Line, vendor: Vendor) -> None:
    vendor.says(shapes.booking())
    with database.execute_wrapper(_only_in(current_thread().name)):
        line.run(get, get, get, priority=Priority.WRITE)


def _only_in(name: str) -> Any:
    def check(execute: Any, *rest: Any) -> Any:
        assert current_thread().name == name
        return execute(*rest)

    return check


def test_one_answer_fails_and_the_others_do_not(line: Line, vendor: Vendor) -> None:
    vendor.will(
        Reply(200, {"status": "success", "data": shapes.booking()}),
        Reply(404, shapes.framework("gone", "N", 404)),
    )
    codes = [getattr(line.run(get, priority=Priority.WRITE)[0], "code", "ok") for _time in range(2)]
    assert codes == ["ok", "not_found"]


def test_call_raises(line: Line, vendor: Vendor) -> None:
    vendor.will(Reply(409, shapes.core("booking_conflict_error", 409)))
    with pytest.raises(CalendarError) as caught:
        line.call(create, priority=Priority.WRITE)
    assert caught.value.code == "taken"


def test_a_mistake_of_our_own_is_not_hidden(line: Line) -> None:
    with pytest.raises(ZeroDivisionError):
        line.run(lambda _client: 1 // 0, priority=Priority.WRITE)


def test_the_deadline_holds_for_all_together(line: Line, vendor: Vendor) -> None:
    vendor.will(silent)
    begun = time.monotonic()
    results = line.run(create, get, priority=Priority.WRITE, deadline=begun + 0.3)
    assert time.monotonic() - begun < 0.3 + SLACK
    assert [type(result) for result in results] == [UnknownOutcome, Unreachable]


def test_a_passed_deadline_costs_nothing(line: Line, vendor: Vendor) -> None:
    assert trouble_of(line, create, deadline=time.monotonic() - 1) is Trouble.DEADLINE
    assert (spent(), vendor.seen) == (0, [])


def test_a_thread_that_hangs_elsewhere_is_left_behind(
    line: Line, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as in the search for the server's address, which nothing can cut."""
    monkeypatch.setattr(performing, "GRACE_SECONDS", 0.05)

    def lost(_client: Client) -> None:
        vendor.enough.wait(20)

    begun = time.monotonic()
    assert trouble_of(line, lost, deadline=begun + 0.1) is Trouble.TIMEOUT
    assert time.monotonic() - begun < 0.15 + SLACK
    vendor.enough.set()


# The budget


def test_each_operation_is_charged_and_what_it_asks_beyond_as_well(line: Line, vendor: Vendor) -> None:
    vendor.says(shapes.booking())
    line.run(get, get, priority=Priority.WRITE)
    assert spent() == 2
    line.run(lambda client: [client.get("a"), client.get("b"), client.get("c")], priority=Priority.WRITE)
    assert (spent(), len(vendor.seen)) == (5, 5)


def test_nothing_is_sent_beyond_the_budget(line: Line, vendor: Vendor, settings: Settings) -> None:
    settings.CALENDAR_REQUESTS_PER_MINUTE = 10
    vendor.says(shapes.booking())
    for _time in range(7):
        line.run(get, priority=Priority.COURTESY)
    assert len(vendor.seen) == 6
    assert trouble_of(line, priority=Priority.COURTESY) is Trouble.BUDGET
    assert trouble_of(line, priority=Priority.WRITE) is None
    assert state(line) is Breaker.CLOSED  # our own restraint is no failure of theirs


def test_a_429_silences_everybody_with_this_key(line: Line, vendor: Vendor) -> None:
    vendor.will(Reply(429, shapes.framework("Too many requests."), {"X-RateLimit-Reset-Default": "30"}))
    (result,) = line.run(get, priority=Priority.WRITE)
    assert isinstance(result, RateLimited)
    other = Line.of(Company.objects.create(name="Abendrot", slug="abendrot"))
    assert other
    assert trouble_of(other) is Trouble.BUDGET
    assert len(vendor.seen) == 1
    assert CalendarConnection.objects.get(pk=line.connection.pk).last_error_code == "rate_limited"


def test_lists_ask_the_budget_before_each_page(line: Line, vendor: Vendor, settings: Settings) -> None:
    settings.CALENDAR_REQUESTS_PER_MINUTE = 2
    vendor.will(
        Reply(200, shapes.page(shapes.booking(uid="a"), more=True)),
        Reply(200, shapes.page(shapes.booking(uid="b"), more=True)),
        Reply(200, shapes.page(shapes.booking(uid="c"))),
    )
    with pytest.raises(Unreachable):
        line.bookings(priority=Priority.WRITE, after_start=NINE)
    assert len(vendor.seen) == 2
    settings.CALENDAR_REQUESTS_PER_MINUTE = 110
    found = line.bookings(priority=Priority.WRITE, after_start=NINE)
    assert [booking.uid for booking in found] == ["c"]


# The breaker


def opened(line: Line, vendor: Vendor) -> None:
    vendor.will(Reply(503, b"down"))
    for _time in range(5):
        assert trouble_of(line) is Trouble.SERVER_ERROR
    assert state(line) is Breaker.OPEN


def after(seconds: float) -> Any:
    """Only the clock on the wall moves: deadlines are counted by another one."""
    return time_machine.travel(datetime.now().astimezone() + timedelta(seconds=seconds))


def test_it_opens_after_five_failures_in_a_row_and_then_nobody_is_asked(line: Line, vendor: Vendor) -> None:
    opened(line, vendor)
    before = len(vendor.seen), spent()
    assert trouble_of(line, create) is Trouble.BREAKER_OPEN
    assert (len(vendor.seen), spent()) == before
    row = CalendarConnection.objects.get()
    assert (row.failures, row.last_error_code, row.last_success_at) == (5, "server_error", None)
    assert row.opened_at
    assert row.last_error_at


def test_a_clock_that_is_set_back_prolongs_no_rest(line: Line, vendor: Vendor) -> None:
    opened(line, vendor)
    vendor.will(Reply(404, shapes.framework("x", "N", 404)))
    with after(-3600):
        line.run(get, priority=Priority.WRITE)
    assert state(line) is Breaker.CLOSED


def test_an_answer_in_between_begins_the_count_again_and_a_refusal_is_one(line: Line, vendor: Vendor) -> None:
    for step in (
        [Reply(503, b"down")] * 4 + [Reply(404, shapes.framework("x", "N", 404))] + [Reply(503, b"down")] * 4
    ):
        vendor.will(step)
        line.run(get, priority=Priority.WRITE)
    assert state(line) is Breaker.CLOSED
    row = CalendarConnection.objects.get()
    assert row.failures == 4
    assert row.last_success_at


def test_what_fails_together_is_one_failure(line: Line, vendor: Vendor) -> None:
    vendor.will(Reply(503, b"down"))
    line.run(get, get, get, get, get, get, priority=Priority.WRITE)
    assert state(line) is Breaker.CLOSED


def test_nobody_there_and_no_answer_in_time_count_too(line: Line, vendor: Vendor, settings: Settings) -> None:
    settings.CALCOM_API_URL = closed_port()
    for _time in range(3):
        line.run(get, priority=Priority.WRITE)
    settings.CALCOM_API_URL = vendor.url
    vendor.will(silent)
    for _time in range(2):
        line.run(get, priority=Priority.WRITE, deadline=time.monotonic() + 0.05)
    assert state(line) is Breaker.OPEN


def test_after_a_rest_one_try_closes_it(line: Line, vendor: Vendor) -> None:
    opened(line, vendor)
    vendor.says(shapes.booking())
    with after(29):
        assert trouble_of(line) is Trouble.BREAKER_OPEN
    with after(31):
        assert state(line) is Breaker.HALF_OPEN
        assert trouble_of(line) is None
        row = CalendarConnection.objects.get()
        assert (state(line), row.failures, row.opened_at, row.retry_at, row.probe_until) == (
            Breaker.CLOSED, 0, None, None, None,
        )  # fmt: skip


def test_after_a_failed_try_it_rests_again(line: Line, vendor: Vendor) -> None:
    opened(line, vendor)
    since = CalendarConnection.objects.get().opened_at
    with after(31):
        assert trouble_of(line) is Trouble.SERVER_ERROR
        assert trouble_of(line) is Trouble.BREAKER_OPEN
        assert CalendarConnection.objects.get().opened_at == since
    with after(62):
        assert trouble_of(line) is Trouble.SERVER_ERROR


def test_a_try_without_patience_proves_nothing(line: Line, vendor: Vendor) -> None:
    """Merely slow: a caller's tries fail, and must not keep the worker, who waits longer, from its own."""
    opened(line, vendor)
    vendor.will(silent)
    with after(31):
        deadline = time.monotonic() + 0.05
        assert trouble_of(line, deadline=deadline) in {Trouble.TIMEOUT, Trouble.DEADLINE}
        vendor.says(shapes.booking())
        assert trouble_of(line) is None


def test_a_try_that_the_budget_refuses_is_given_back(line: Line, vendor: Vendor, settings: Settings) -> None:
    opened(line, vendor)
    vendor.says(shapes.booking())
    with after(31):
        settings.CALENDAR_REQUESTS_PER_MINUTE = 1
        assert trouble_of(line) is Trouble.BUDGET
        settings.CALENDAR_REQUESTS_PER_MINUTE = 110
        assert trouble_of(line) is None


def test_a_try_whose_operation_breaks_is_given_back(line: Line, vendor: Vendor) -> None:
    opened(line, vendor)
    vendor.says(shapes.booking())
    with after(31):
        with pytest.raises(ZeroDivisionError):
            line.run(lambda _client: 1 // 0, priority=Priority.WRITE)
        assert trouble_of(line) is None


@pytest.mark.django_db(transaction=True)
def test_only_one_tries_at_a_time_of_all_processes(line: Line, vendor: Vendor) -> None:
    opened(line, vendor)
    vendor.seen.clear()
    vendor.will(silent)
    deadline = time.monotonic() + 1.0
    CalendarConnection.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    outcomes = race([lambda: trouble_of(line, deadline=deadline)] * 4)
    assert sorted(outcomes) == [Trouble.BREAKER_OPEN] * 3 + [Trouble.TIMEOUT]
    assert len(vendor.seen) <= 2  # a read is repeated once if its connection breaks


def test_a_try_whose_process_died_is_forgotten(line: Line, vendor: Vendor) -> None:
    opened(line, vendor)
    vendor.says(shapes.booking())
    now = timezone.now()
    CalendarConnection.objects.update(retry_at=now, probe_until=now + timedelta(seconds=60))
    with after(59):
        assert trouble_of(line) is Trouble.BREAKER_OPEN
    with after(61):
        assert trouble_of(line) is None


def test_a_refused_key_is_an_answer_but_no_success(line: Line, vendor: Vendor) -> None:
    vendor.will(Reply(401, shapes.framework("Invalid API Key", "UnauthorizedException", 401)))
    for _time in range(6):
        line.run(get, priority=Priority.WRITE)
    row = CalendarConnection.objects.get()
    assert (row.breaker(now=timezone.now()), row.last_error_code, row.last_success_at) == (
        Breaker.CLOSED, "unauthorized", None,
    )  # fmt: skip
