"""What is not the vendor's: faults to order, the view of a judge, strangers; and the rate limit."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from integrations.sandbox import Sandbox, World, serve
from tests.integrations.sandbox_fixtures import (
    ANYONE,
    CUT,
    EMMA,
    JONAS,
    JONAS_CUT,
    PERM,
    SLOTS,
    Asker,
    Clock,
    message,
    utc,
)


def test_a_fault_meets_its_operation_and_event_type_as_often_as_ordered(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.faults.add("refused", "create", event_type=CUT, times=2)
    assert ask.create(JONAS_CUT, "10:00").status_code == 201
    assert [ask.create(CUT, "10:00").status_code for _ in range(3)] == [400, 400, 201]


def test_a_fault_can_let_the_first_ones_pass(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.faults.add("error_before", "create", skip=1)
    assert [ask.create(CUT, clock).status_code for clock in ("10:00", "11:00", "12:00")] == [201, 500, 201]


@pytest.mark.parametrize(
    ("fault", "status", "booked"),
    [
        ("error_before", 500, 0),
        ("error_after", 500, 1),
        ("refused", 400, 0),
        ("refused_although_booked", 400, 1),
        ("not_found", 404, 0),
        ("rate_limited", 429, 0),
        ("unauthorized", 401, 0),
    ],
)
def test_a_fault_says_one_thing_and_does_another(
    ask: Asker, sandbox: Sandbox, fault: str, status: int, booked: int
) -> None:
    sandbox.faults.add(fault, "create")
    assert ask.create(CUT, "10:00").status_code == status
    assert len(sandbox.world.bookings()) == booked


@pytest.mark.parametrize(("fault", "booked"), [("cut_before", 0), ("cut_after", 1)])
def test_a_connection_that_is_cut(
    ask: Asker, sandbox: Sandbox, world: World, fault: str, booked: int
) -> None:
    sandbox.faults.add(fault, "create")
    with pytest.raises(requests.ConnectionError):
        ask.create(CUT, "10:00")
    assert len(world.bookings()) == booked


@pytest.mark.parametrize(("fault", "booked"), [("timeout_before", 0), ("timeout_after", 1)])
def test_an_answer_that_does_not_come(
    ask: Asker, sandbox: Sandbox, world: World, fault: str, booked: int
) -> None:
    sandbox.faults.add(fault, "create")
    with pytest.raises(requests.ReadTimeout):
        requests.post(
            f"{sandbox.url}/v2/bookings",
            json={
                "eventTypeId": CUT,
                "start": utc("10:00"),
                "attendee": {"name": "Jana", "email": "jana@salon.example", "timeZone": "Europe/Berlin"},
            },
            headers={"cal-api-version": "2024-08-13"},
            timeout=0.3,
        )
    assert len(world.bookings()) == booked


def test_other_facts_than_asked_for(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.faults.add("shifted", "create", minutes=45)
    assert ask.book(CUT, "10:00")["start"] == "2026-11-25T09:45:00.000Z"
    sandbox.faults.add("other_host", "create", host=JONAS)
    assert ask.book(CUT, "14:00")["hosts"][0]["id"] == JONAS


def test_json_that_breaks_off(ask: Asker, sandbox: Sandbox, world: World) -> None:
    sandbox.faults.add("malformed")
    response = ask.create(CUT, "10:00")
    assert response.status_code == 201
    with pytest.raises(json.JSONDecodeError):
        json.loads(response.text)
    assert len(world.bookings()) == 1


def test_refusals_are_those_of_the_operation(ask: Asker, sandbox: Sandbox) -> None:
    uid = ask.book(CUT, "10:00")["uid"]
    for operation in ("reserve", "cancel", "list"):
        sandbox.faults.add("refused", operation)
    assert ask.reserve(CUT, "12:00").status_code == 422
    assert ask("POST", f"/v2/bookings/{uid}/cancel", {"cancellationReason": "x"}).json() == {
        "statusCode": 400,
        "message": "This event type does not allow cancellations",
    }
    assert ask("GET", "/v2/bookings").status_code == 400


def test_slow_answers_and_latency(ask: Asker, sandbox: Sandbox, world: World) -> None:
    sandbox.faults.add("slow", "me", ms=150)
    ask("GET", "/v2/me")
    world.latency_ms = 100
    ask("GET", "/v2/me")
    ask.create(CUT, "10:00")
    took = [request.ended - request.began for request in world.requests]
    assert took[0] >= 0.15
    assert took[1] >= 0.1
    assert took[2] >= 0.1, "half before the check, half before the effect"


def test_faults_by_http(ask: Asker) -> None:
    order = {"faults": [{"fault": "refused", "operation": "create", "times": 2}, {"fault": "slow", "ms": 1}]}
    waiting = ask("POST", "/sandbox/faults", order).json()["data"]
    assert [(fault["fault"], fault["times"]) for fault in waiting] == [("refused", 2), ("slow", 1)]
    assert ask.create(CUT, "10:00").status_code == 400
    assert ask("DELETE", "/sandbox/faults").json()["data"] == []
    assert ask.create(CUT, "10:00").status_code == 201
    for wrong in ({"fault": "earthquake"}, {"fault": "slow", "often": 3}, {"fault": "slow", "ms": "x"}, {}):
        assert ask("POST", "/sandbox/faults", wrong).status_code == 400


def test_failures_by_chance_have_every_kind(ask: Asker, world: World) -> None:
    world.fail_rate = 1.0
    world.random.seed(3)
    statuses = set()
    for minute in range(0, 120, 3):
        try:
            statuses.add(ask.create(PERM, f"{9 + minute // 60:02}:{minute % 60:02}").status_code)
        except requests.ConnectionError:
            statuses.add(0)
    assert {0, 500} <= statuses
    assert world.bookings(), "some failed after their effect"


def test_judges_see_what_stands(ask: Asker) -> None:
    ask.book(CUT, "10:00", metadata={"terminfest_id": "7:1:1"})
    gone = ask.book(CUT, "12:00")["uid"]
    ask("POST", f"/v2/bookings/{gone}/cancel", {"cancellationReason": "krank"})
    (row,) = ask("GET", "/sandbox/bookings").json()["data"]
    assert (row["host"], row["event_type"], row["start"], row["metadata"], row["origin"]) == (
        EMMA,
        CUT,
        "2026-11-25T09:00:00.000Z",
        {"terminfest_id": "7:1:1"},
        "api",
    )
    everything = ask("GET", "/sandbox/bookings", all="true").json()["data"]
    assert [row["status"] for row in everything] == ["accepted", "cancelled"]


def test_a_stranger_books_only_what_is_open(ask: Asker, receiver: Any) -> None:
    ask.reserve(CUT, "10:00")
    path = "/sandbox/foreign-bookings"
    assert ask("POST", path, {"eventTypeId": CUT, "start": utc("10:00")}).status_code == 409
    assert ask("POST", path, {"eventTypeId": CUT, "start": utc("10:10")}).status_code == 409, "off the grid"
    made = ask("POST", path, {"eventTypeId": CUT, "start": utc("10:30"), "name": "Frida Lang"})
    assert made.status_code == 201
    first = ask("POST", path, {"eventTypeId": CUT, "from": utc("09:45"), "to": utc("17:00")}).json()["data"]
    assert first["start"] == "2026-11-25T10:00:00.000Z"
    assert receiver.events[0]["payload"]["attendees"][0]["name"] == "Frida Lang"
    assert {row["origin"] for row in ask("GET", "/sandbox/bookings").json()["data"]} == {"page"}


def test_somebody_moves_a_booking_by_hand(ask: Asker, receiver: Any) -> None:
    uid = ask.book(CUT, "10:00")["uid"]
    ask("PATCH", "/sandbox/bookings", {"uid": uid, "host": JONAS, "start": utc("11:00")})
    read = ask("GET", f"/v2/bookings/{uid}").json()["data"]
    assert (read["start"], read["hosts"][0]["id"]) == ("2026-11-25T10:00:00.000Z", JONAS)
    assert len(receiver.events) == 1


def test_requests_are_remembered(ask: Asker, sandbox: Sandbox) -> None:
    ask.slots(CUT)
    ask.create(CUT, "10:00")
    seen = ask("GET", "/sandbox/requests").json()["data"]
    assert [(row["operation"], row["method"], row["status"]) for row in seen] == [
        ("slots", "GET", 200),
        ("create", "POST", 201),
    ]
    assert seen[1]["body"]["eventTypeId"] == CUT
    assert seen[0]["ended"] >= seen[0]["began"]
    ask("DELETE", "/sandbox/requests")
    assert sandbox.operations() == []


def test_the_control_surface_wants_a_key(ask: Asker) -> None:
    for key, status in ((None, 401), ("sk_x", 401), ("cal_x", 200)):
        ask.key = key
        assert ask("GET", "/sandbox/bookings").status_code == status
    assert ask("GET", "/sandbox/nothing").status_code == 404


def test_foreign_acts_in_python(sandbox: Sandbox, world: World) -> None:
    made = sandbox.book(CUT, utc("10:00"), name="Frida Lang")
    with pytest.raises(LookupError):
        sandbox.book(CUT, utc("10:00"))
    new = sandbox.reschedule(made["uid"], utc("11:00"))
    sandbox.cancel(new["uid"])
    assert world.bookings() == []


def test_the_rate_limit_blocks_a_key_for_a_minute(ask: Asker, world: World, clock: Clock) -> None:
    world.rate_limit = 3
    left = [ask("GET", "/v2/me").headers["X-RateLimit-Remaining-Default"] for _ in range(3)]
    assert left == ["2", "1", "0"]
    clock.forward(seconds=20)
    blocked = ask("GET", "/v2/me")
    text = "CustomThrottlerGuard - Too many requests. Please try again later."
    assert message(blocked) == (429, text)
    assert blocked.headers["X-RateLimit-Reset-Default"] == "60"
    assert "Retry-After" not in blocked.headers
    clock.forward(seconds=59)
    assert ask("GET", "/v2/me").status_code == 429
    assert Asker(ask.url, "cal_other")("GET", "/v2/me").status_code == 200
    clock.forward(seconds=1)
    assert ask("GET", "/v2/me").status_code == 200


def test_nothing_is_limited_unless_asked_for(ask: Asker) -> None:
    answers = [ask("GET", "/v2/me") for _ in range(130)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].headers["X-RateLimit-Remaining-Default"] == "119"


def test_a_connection_serves_many_requests(sandbox: Sandbox) -> None:
    with requests.Session() as session:
        for _ in range(3):
            answer = session.get(f"{sandbox.url}/v2/slots/reservations/x", headers={"cal-api-version": SLOTS})
            assert answer.json() == {"status": "success", "data": None}
        pools = session.adapters["http://"].poolmanager.pools  # type: ignore[attr-defined]
        assert [pools.get(key).num_connections for key in list(pools.keys())] == [1]


def test_stopping_cuts_who_is_waiting(world: World) -> None:
    with ThreadPoolExecutor(1) as pool:
        with serve(world) as sandbox:
            sandbox.faults.add("timeout_before", "me")
            waiting = pool.submit(Asker(sandbox.url), "GET", "/v2/me")
            deadline = time.monotonic() + 5
            while sandbox.faults.waiting() and time.monotonic() < deadline:
                time.sleep(0.01)
        with pytest.raises(requests.ConnectionError):
            waiting.result(timeout=5)


@pytest.mark.parametrize("event_type", [CUT, ANYONE])
def test_a_fault_finds_a_booking_s_event_type_by_its_uid(
    ask: Asker, sandbox: Sandbox, event_type: int
) -> None:
    uid = ask.book(event_type, "10:00")["uid"]
    sandbox.faults.add("not_found", "get", event_type=CUT)
    assert (ask("GET", f"/v2/bookings/{uid}").status_code == 404) is (event_type == CUT)
