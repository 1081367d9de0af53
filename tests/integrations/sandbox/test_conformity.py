"""Every answer, refusal and webhook has the vendor's shape: no key too few, none too many."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from integrations.sandbox import World
from tests.integrations.sandbox.vendor_schema import ANSWERS, ENVELOPES, EVENTS
from tests.integrations.sandbox_fixtures import (
    ANYONE,
    ASKED_FIRST,
    CUT,
    DAY,
    EMMA,
    EVENT_TYPES,
    JONAS,
    SLOTS,
    Asker,
    Receiver,
    utc,
)


def deviations(schema: dict[str, Any], document: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(document)
    ]


def test_the_schema_itself_is_one() -> None:
    for schema in (*ANSWERS.values(), *ENVELOPES.values(), *EVENTS.values()):
        Draft202012Validator.check_schema(schema)


def test_answers(ask: Asker) -> None:
    asked = {"eventTypeId": CUT, "start": DAY, "end": DAY}
    hook = {
        "active": True,
        "subscriberUrl": "http://127.0.0.1:9/",
        "triggers": ["BOOKING_PAID"],
        "secret": "s",
    }
    slots = ask("GET", "/v2/slots", version=SLOTS, **asked)
    reserved = ask.reserve(CUT, "12:00", reservationDuration=10)
    reservation = f"/v2/slots/reservations/{reserved.json()['data']['reservationUid']}"
    made = ask.create(CUT, "10:00", metadata={"terminfest_id": "7:1:1"})
    uid = made.json()["data"]["uid"]
    moved = ask(
        "POST", f"/v2/bookings/{uid}/reschedule", {"start": utc("11:00"), "reschedulingReason": "später"}
    )
    new = moved.json()["data"]["uid"]
    anyone = ask.book(ANYONE, "15:00", attendee={"phoneNumber": None})
    other = JONAS if anyone["hosts"][0]["id"] == EMMA else EMMA
    answers = [
        ("slots", slots),
        ("slots_as_range", ask("GET", "/v2/slots", version=SLOTS, format="range", **asked)),
        ("reserved", reserved),
        ("reservation", ask("GET", reservation, version=SLOTS)),
        ("released", ask("DELETE", reservation, version=SLOTS)),
        ("booking_made", made),
        ("booking_made", moved),
        ("booking", ask("GET", f"/v2/bookings/{uid}")),
        ("booking", ask("GET", f"/v2/bookings/{new}")),
        ("booking", ask("POST", f"/v2/bookings/{new}/cancel", {"cancellationReason": "krank"})),
        ("reassigned", ask("POST", f"/v2/bookings/{anyone['uid']}/reassign/{other}")),
        ("bookings", ask("GET", "/v2/bookings")),
        ("event_types", ask("GET", "/v2/event-types", version=EVENT_TYPES)),
        ("event_type", ask("GET", f"/v2/event-types/{CUT}", version=EVENT_TYPES)),
        ("event_types", ask("GET", "/v2/teams/1/event-types")),
        ("teams", ask("GET", "/v2/teams")),
        ("memberships", ask("GET", "/v2/teams/1/memberships")),
        ("me", ask("GET", "/v2/me")),
        ("webhook", ask("POST", "/v2/webhooks", hook)),
        ("webhook", ask("POST", f"/v2/event-types/{CUT}/webhooks", hook)),
        ("webhooks", ask("GET", "/v2/webhooks")),
    ]
    assert {name for name, _answer in answers} == set(ANSWERS)
    for name, answer in answers:
        assert answer.ok, (name, answer.text)
        assert deviations(ANSWERS[name], answer.json()) == [], name
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert int(answer.headers["X-RateLimit-Remaining-Default"]) >= 0


def test_refusals(ask: Asker, world: World) -> None:
    ask.book(CUT, "10:00")
    uid = ask.book(CUT, "12:00")["uid"]
    busy, nobody = ask.create(CUT, "10:00"), ask.create(CUT, "11:00", attendee={"email": None})
    refusals = [
        ("A", busy),
        ("A", ask("GET", "/v2/bookings/x")),
        ("A", ask.create(CUT, "11:00", unknown=1)),
        ("A", ask.reserve(CUT, "10:00")),
        ("A, invalid", ask("POST", "/v2/slots/reservations", {}, version=SLOTS)),
        ("A, invalid", ask("GET", "/v2/bookings", take=1000)),
        ("B", nobody),
        ("C", ask("POST", f"/v2/bookings/{uid}/cancel", {})),
    ]
    world.faults.add("rate_limited", "me")
    refusals.append(("A, throttled", ask("GET", "/v2/me")))
    world.faults.add("error_before", "me")
    refusals.append(("C", ask("GET", "/v2/me")))
    assert {name for name, _answer in refusals} == set(ENVELOPES)
    for name, answer in refusals:
        assert not answer.ok
        assert deviations(ENVELOPES[name], answer.json()) == [], name


def test_webhooks(ask: Asker, receiver: Receiver) -> None:
    uid = ask.book(CUT, "10:00", metadata={"terminfest_id": "7:1:1"})["uid"]
    new = ask("POST", f"/v2/bookings/{uid}/reschedule", {"start": utc("11:00")}).json()["data"]["uid"]
    ask("POST", f"/v2/bookings/{new}/cancel", {"cancellationReason": "krank"})
    asked = ask.book(ASKED_FIRST, "10:00")["uid"]
    ask("POST", f"/v2/bookings/{asked}/decline", {"reason": "voll"})
    events = receiver.events
    assert [event["triggerEvent"] for event in events] == [
        "BOOKING_CREATED",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
        "BOOKING_REQUESTED",
        "BOOKING_REJECTED",
    ]
    for event in events:
        assert deviations(EVENTS[event["triggerEvent"]], event) == [], event["triggerEvent"]


@pytest.mark.parametrize("spoil", [lambda data: data.pop("hosts"), lambda data: data.update(surplus=1)])
def test_the_check_would_notice(ask: Asker, spoil: Any) -> None:
    answer = ask.create(CUT, "10:00").json()
    spoil(answer["data"])
    assert deviations(ANSWERS["booking_made"], answer) != []
