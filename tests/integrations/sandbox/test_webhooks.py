"""Webhooks: inside the call, signed, told once, and not told at all of some things."""

import hashlib
import hmac
from typing import Any

from integrations.sandbox import Sandbox, World
from tests.integrations.sandbox_fixtures import CUT, JONAS_CUT, Asker, Receiver, message, receiving, utc

TRIGGERS = ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_RESCHEDULED"]


def cancel(ask: Asker, uid: str) -> None:
    ask("POST", f"/v2/bookings/{uid}/cancel", {"cancellationReason": "krank"})


def test_created_arrives_before_the_answer_and_the_booking_can_be_read(
    ask: Asker, receiver: Receiver
) -> None:
    seen: list[str] = []

    def look(event: dict[str, Any]) -> None:
        read = ask("GET", f"/v2/bookings/{event['payload']['uid']}").json()["data"]
        seen.append(read["status"])

    receiver.then = look
    made = ask.book(CUT, "10:00", metadata={"terminfest_id": "7:1:1"})
    assert seen == ["accepted"]
    (event,) = receiver.events
    payload = event["payload"]
    assert (event["triggerEvent"], payload["uid"], payload["status"]) == (
        "BOOKING_CREATED",
        made["uid"],
        "ACCEPTED",
    )
    assert payload["startTime"] == "2026-11-25T09:00:00Z"
    assert payload["metadata"] == {"terminfest_id": "7:1:1"}
    assert payload["organizer"]["id"] == 101
    assert payload["attendees"][0]["phoneNumber"] == "+4930231250001"


def test_the_signature_is_over_the_raw_body(ask: Asker, receiver: Receiver) -> None:
    ask.book(CUT, "10:00", name="Zora Krüger")
    ((headers, raw),) = receiver.raw
    assert headers["X-Cal-Signature-256"] == hmac.new(b"geheim", raw, hashlib.sha256).hexdigest()
    assert headers["X-Cal-Webhook-Version"] == "2021-10-20"
    assert "Krüger".encode() in raw


def test_without_a_secret_the_signature_says_so(ask: Asker, sandbox: Sandbox) -> None:
    with receiving() as receiver:
        sandbox.webhook(receiver.url)
        ask.book(CUT, "10:00")
        assert receiver.raw[0][0]["X-Cal-Signature-256"] == "no-secret-provided"


def test_cancelled_comes_before_the_row_changes_and_without_metadata(ask: Asker, receiver: Receiver) -> None:
    made = ask.book(CUT, "10:00", metadata={"terminfest_id": "7:1:1"})
    seen: list[str] = []
    receiver.then = lambda event: seen.append(
        ask("GET", f"/v2/bookings/{event['payload']['uid']}").json()["data"]["status"]
    )
    cancel(ask, made["uid"])
    assert seen == ["accepted"]
    payload = receiver.events[-1]["payload"]
    assert "metadata" not in payload
    assert payload["startTime"] == "2026-11-25T09:00:00+00:00"
    assert payload["cancellationReason"] == "krank"


def test_a_move_tells_of_the_new_uid_and_not_of_a_cancellation(ask: Asker, receiver: Receiver) -> None:
    old = ask.book(CUT, "10:00", metadata={"terminfest_id": "7:1:1"})
    new = ask("POST", f"/v2/bookings/{old['uid']}/reschedule", {"start": utc("11:00")}).json()["data"]
    created, moved = receiver.events
    payload = moved["payload"]
    assert (created["triggerEvent"], moved["triggerEvent"]) == ("BOOKING_CREATED", "BOOKING_RESCHEDULED")
    assert (payload["uid"], payload["rescheduleUid"]) == (new["uid"], old["uid"])
    assert payload["rescheduleStartTime"] == "2026-11-25T09:00:00Z"
    assert payload["metadata"] == {"terminfest_id": "7:1:1"}
    assert "iCalUID" not in payload


def test_nothing_is_sent_twice(ask: Asker, receiver: Receiver, world: World) -> None:
    receiver.status = 500
    ask.book(CUT, "10:00")
    assert len(receiver.raw) == 1
    assert [(one.trigger, one.status) for one in world.deliveries] == [("BOOKING_CREATED", 500)]


def test_a_receiver_that_is_not_there_does_not_hinder(ask: Asker, sandbox: Sandbox, world: World) -> None:
    with receiving() as receiver:
        sandbox.webhook(receiver.url)
    ask.book(CUT, "10:00")
    assert [one.status for one in world.deliveries] == [None]


def test_webhooks_are_made_changed_and_removed(ask: Asker) -> None:
    body = {"active": True, "subscriberUrl": "http://127.0.0.1:9/", "triggers": TRIGGERS, "secret": "s"}
    made = ask("POST", "/v2/webhooks", body)
    assert made.status_code == 201
    hook = made.json()["data"]
    assert (hook["secret"], hook["triggers"], hook["userId"]) == ("s", TRIGGERS, 101)
    assert isinstance(hook["id"], str)
    assert ask("POST", "/v2/webhooks", body).status_code == 409
    path = f"/v2/webhooks/{hook['id']}"
    assert ask("PATCH", path, {"active": False}).json()["data"]["active"] is False
    assert [row["id"] for row in ask("GET", "/v2/webhooks").json()["data"]] == [hook["id"]]
    assert ask("DELETE", path).status_code == 200
    assert ask("GET", path).status_code == 404
    assert ask("POST", "/v2/webhooks", {**body, "triggers": ["BOOKING_CONFIRMED"]}).status_code == 400
    ask.key = None
    assert ask("GET", "/v2/webhooks").status_code == 403


def test_a_webhook_of_an_event_type_hears_only_of_that(ask: Asker) -> None:
    with receiving() as receiver:
        body = {"active": True, "subscriberUrl": receiver.url, "triggers": TRIGGERS}
        hook = ask("POST", f"/v2/event-types/{CUT}/webhooks", body).json()["data"]
        assert hook["eventTypeId"] == CUT
        assert ask("GET", "/v2/webhooks").json()["data"] == []
        ask.book(JONAS_CUT, "10:00")
        ask.book(CUT, "10:00")
        assert [event["payload"]["eventTypeId"] for event in receiver.events] == [CUT]
    assert message(ask("POST", "/v2/event-types/99/webhooks", body))[0] == 404
