"""Create, get, cancel and reschedule: what is refused, in which envelope, and what is not."""

from datetime import timedelta
from typing import Any

import pytest

from integrations.sandbox import EventType, World
from tests.integrations.sandbox_fixtures import (
    ANYONE,
    ASKED_FIRST,
    BY_PHONE,
    CHILD,
    CUT,
    EMMA,
    JONAS,
    JONAS_CUT,
    PARENT,
    PERM,
    Asker,
    Clock,
    booking_body,
    message,
    utc,
)

BUSY = (400, "User either already has booking at this time or is not available")


def test_a_booking_is_made_and_read_without_a_key(ask: Asker) -> None:
    ask.key = None
    made = ask.book(CUT, "10:00", metadata={"terminfest_id": "7:1:1"})
    assert len(made["uid"]) == 22
    assert made["hosts"][0]["id"] == EMMA
    assert (made["start"], made["end"]) == (f"{utc('10:00')[:10]}T09:00:00.000Z", "2026-11-25T09:30:00.000Z")
    assert made["metadata"] == {"terminfest_id": "7:1:1"}
    read = ask("GET", f"/v2/bookings/{made['uid']}").json()["data"]
    assert made == {**read, "isPlatformManagedUserBooking": False}


def test_nothing_is_idempotent(ask: Asker) -> None:
    """A repeat by the same attendee finds the time taken: by its own booking."""
    ask.book(CUT, "10:00")
    assert message(ask.create(CUT, "10:00")) == BUSY


def test_the_host_is_taken_for_other_event_types_and_before_and_after_hours(ask: Asker) -> None:
    ask.book(CUT, "10:00")
    assert message(ask.create(PERM, "10:20")) == BUSY
    assert message(ask.create(CUT, "16:45")) == BUSY
    assert message(ask.create(CUT, "08:30")) == BUSY
    assert ask.create(JONAS_CUT, "10:00").status_code == 201
    assert ask.create(CUT, "10:30").status_code == 201, "back to back"
    assert ask.create(CUT, "11:07").status_code == 201, "off the grid of its slots"


def test_the_past_and_the_notice_are_refused(ask: Asker, world: World, clock: Clock) -> None:
    clock.forward(days=2, hours=4)  # 12:00 in Berlin
    assert message(ask.create(CUT, "11:30")) == (400, "Attempting to book a meeting in the past.")
    world.account.event_types[CUT] = EventType(CUT, (EMMA,), 30, notice=120, window_days=10)
    status, text = message(ask.create(CUT, "13:55"))
    assert status == 400
    assert text.startswith('The event type can\'t be booked at the "start" time provided.')
    assert ask.create(CUT, "14:00").status_code == 201
    clock.forward(days=-20)
    assert message(ask.create(CUT, "15:00"))[1] == text, "too far ahead"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"reservationUid": "x"},
            "reservationUid property is wrong,property reservationUid should not exist ",
        ),
        ({"lengthInMinutes": 90}, "Can't specify 'lengthInMinutes' because event type does not have"),
        ({"start": "tomorrow"}, "start property is wrong,start must be a valid ISO 8601 date string "),
        ({"metadata": {"id": 7}}, "metadata property is wrong,metadata must have at most 50 keys"),
        ({"metadata": {"k" * 41: "v"}}, "metadata property is wrong,metadata must have at most 50 keys"),
        ({"metadata": {"k": "v" * 501}}, "metadata property is wrong,metadata must have at most 50 keys"),
        ({"metadata": {str(n): "v" for n in range(51)}}, "metadata property is wrong,metadata must have"),
        ({"attendee": {"email": None, "phoneNumber": None}}, "attendee property is wrong, email property is"),
        ({"attendee": {"timeZone": "Berlin"}}, "attendee property is wrong, timeZone property is wrong"),
        ({"attendee": {"phoneNumber": "030 1"}}, "attendee property is wrong, phoneNumber property is wrong"),
        ({"attendee": {"language": "klingon"}}, "attendee property is wrong, language property is wrong"),
        ({"attendee": {"name": None}}, "attendee property is wrong, name property is wrong"),
    ],
)
def test_what_is_wrong_with_a_body(ask: Asker, world: World, facts: dict[str, Any], said: str) -> None:
    status, text = message(ask.create(CUT, "10:00", **facts))
    assert status == 400
    assert text.startswith(said)
    assert world.bookings() == []


def test_the_booking_form_wants_an_email_in_an_envelope_of_its_own(ask: Asker) -> None:
    response = ask.create(CUT, "10:00", attendee={"email": None})
    assert response.status_code == 400
    assert response.json()["error"] == {
        "code": "BAD_REQUEST",
        "message": "responses - {email}error_required_field, ",
    }


def test_a_type_by_phone_drops_the_email(ask: Asker) -> None:
    made = ask.book(BY_PHONE, "10:00")
    assert made["attendees"][0]["email"] == "4930231250001@sms.cal.com"
    missing = ask.create(BY_PHONE, "11:00", attendee={"phoneNumber": None})
    assert message(missing) == (400, "responses - {attendeePhoneNumber}error_required_field, ")


def test_unknown_and_managed_event_types_and_those_without_hosts(ask: Asker, world: World) -> None:
    assert message(ask.create(99, "10:00")) == (404, "Event type with id 99 not found.")
    assert "is the parent managed event type that can't be booked" in message(ask.create(PARENT, "10:00"))[1]
    assert ask.create(CHILD, "10:00").status_code == 201
    world.account.hosts.pop(JONAS)
    assert ask.create(JONAS_CUT, "10:00").status_code == 422


def test_a_length_can_be_chosen_where_there_are_several(ask: Asker) -> None:
    assert ask.book(PERM, "10:00", lengthInMinutes=90)["duration"] == 90
    assert ask.create(PERM, "12:00", lengthInMinutes=60).status_code == 400


def test_buffers_keep_bookings_apart(ask: Asker, world: World) -> None:
    world.account.event_types[CUT] = EventType(CUT, (EMMA,), 30, buffer_before=5, buffer_after=10)
    ask.book(CUT, "10:00")
    assert message(ask.create(CUT, "10:40")) == BUSY, "the buffers of both count"
    assert ask.create(CUT, "10:45").status_code == 201
    assert ask.create(CUT, "16:30").status_code == 201, "a buffer may pass the end of the hours"


def test_a_round_robin_takes_turns_and_answers_a_repeat_with_the_first_booking(ask: Asker) -> None:
    first, second = ask.book(ANYONE, "10:00"), ask.book(ANYONE, "10:00", name="Petra Hahn")
    assert {first["hosts"][0]["id"], second["hosts"][0]["id"]} == {EMMA, JONAS}
    assert ask.book(ANYONE, "10:00") == first
    assert message(ask.create(ANYONE, "10:00", name="Dritte Person")) == (
        400,
        "One of the hosts either already has booking at this time or is not available",
    )


def test_a_round_robin_can_be_asked_for_a_host(ask: Asker) -> None:
    for clock in ("10:00", "11:00"):
        assert ask.book(ANYONE, clock, routing={"teamMemberIds": [JONAS]})["hosts"][0]["id"] == JONAS
    assert ask.book(ANYONE, "12:00", routing={"teamMemberIds": [9]})["hosts"][0]["id"] == EMMA, "silently"


def test_a_booking_that_needs_confirmation_does_not_block(ask: Asker) -> None:
    first = ask.book(ASKED_FIRST, "10:00")
    assert first["status"] == "pending"
    assert ask.book(ASKED_FIRST, "10:00") == first
    other = ask.book(ASKED_FIRST, "10:15", name="Petra Hahn")
    confirmed = ask("POST", f"/v2/bookings/{first['uid']}/confirm")
    assert confirmed.json()["data"]["status"] == "accepted"
    declined = ask("POST", f"/v2/bookings/{other['uid']}/decline", {"reason": "voll"})
    assert declined.json()["data"]["status"] == "rejected"


def test_an_unknown_uid(ask: Asker) -> None:
    start = {"start": utc("10:00")}
    assert message(ask("GET", "/v2/bookings/x")) == (404, "Booking with uid=x was not found in the database")
    assert message(ask("POST", "/v2/bookings/x/cancel", {})) == (404, "Booking with uid=x not found")
    assert ask("POST", "/v2/bookings/x/reschedule", start).status_code == 404


def test_a_cancellation_frees_the_time_and_is_refused_the_second_time(ask: Asker) -> None:
    uid = ask.book(CUT, "10:00")["uid"]
    reason = {"cancellationReason": "krank"}
    cancelled = ask("POST", f"/v2/bookings/{uid}/cancel", reason).json()["data"]
    assert (cancelled["status"], cancelled["cancellationReason"]) == ("cancelled", "krank")
    status, text = message(ask("POST", f"/v2/bookings/{uid}/cancel", reason))
    assert status == 400
    assert text.startswith(f"Can't cancel booking with uid={uid} because it has been cancelled already. ")
    assert message(ask("POST", f"/v2/bookings/{uid}/reschedule", {"start": utc("11:00")}))[0] == 400
    assert ask.create(CUT, "10:00").status_code == 201


def test_what_has_ended_cannot_be_cancelled_in_the_core_s_envelope(ask: Asker, clock: Clock) -> None:
    uid = ask.book(CUT, "10:00")["uid"]
    clock.forward(days=3)
    answer = ask("POST", f"/v2/bookings/{uid}/cancel", {"cancellationReason": "zu spät"})
    assert answer.json() == {"statusCode": 400, "message": "Cannot cancel a booking that has already ended"}


def test_a_key_must_say_why_it_cancels(ask: Asker) -> None:
    uid = ask.book(CUT, "10:00")["uid"]
    assert message(ask("POST", f"/v2/bookings/{uid}/cancel", {})) == (400, "Cancellation reason is required")
    assert message(ask("POST", f"/v2/bookings/{uid}/cancel", {"reason": "x"}))[1].startswith(
        "reason property"
    )
    ask.key = None
    assert ask("POST", f"/v2/bookings/{uid}/cancel", {}).status_code == 200


def test_a_move_makes_a_new_uid_and_keeps_the_metadata(ask: Asker) -> None:
    old = ask.book(CUT, "10:00", metadata={"terminfest_id": "7:1:1"})
    path = f"/v2/bookings/{old['uid']}/reschedule"
    new = ask("POST", path, {"start": utc("10:15"), "reschedulingReason": "später"})
    assert new.status_code == 201
    new = new.json()["data"]
    assert new["uid"] != old["uid"]
    assert (new["rescheduledFromUid"], new["metadata"]) == (old["uid"], old["metadata"])
    assert new["icsUid"] == old["icsUid"]
    read = ask("GET", f"/v2/bookings/{old['uid']}").json()["data"]
    assert (read["status"], read["rescheduledToUid"]) == ("cancelled", new["uid"])
    status, text = message(ask("POST", path, {"start": utc("11:00")}))
    assert status == 400
    assert f"has been cancelled and rescheduled already to booking with uid={new['uid']}" in text


def test_a_move_takes_neither_length_nor_host_nor_a_taken_time(ask: Asker) -> None:
    uid = ask.book(CUT, "10:00")["uid"]
    ask.book(CUT, "11:00", name="Petra Hahn")
    path = f"/v2/bookings/{uid}/reschedule"
    assert message(ask("POST", path, {"start": utc("11:15")})) == BUSY
    assert message(ask("POST", path, {"start": utc("12:00"), "lengthInMinutes": 90}))[0] == 400
    assert ask("GET", f"/v2/bookings/{uid}").json()["data"]["status"] == "accepted"


def test_reassigning_keeps_the_uid_and_tells_nobody(ask: Asker, world: World, receiver: Any) -> None:
    made = ask.book(ANYONE, "10:00")
    other = JONAS if made["hosts"][0]["id"] == EMMA else EMMA
    answer = ask("POST", f"/v2/bookings/{made['uid']}/reassign/{other}").json()["data"]
    assert (answer["bookingUid"], answer["reassignedTo"]["id"]) == (made["uid"], other)
    assert ask("GET", f"/v2/bookings/{made['uid']}").json()["data"]["hosts"][0]["id"] == other
    assert [event["triggerEvent"] for event in receiver.events] == ["BOOKING_CREATED"]
    own = ask.book(CUT, "14:00")
    assert ask("POST", f"/v2/bookings/{own['uid']}/reassign/{JONAS}").status_code == 400


def test_what_happens_by_hand_at_the_vendor_s(ask: Asker, world: World) -> None:
    uid = ask.book(CUT, "10:00")["uid"]
    world.change(uid, host_id=JONAS)
    assert ask("GET", f"/v2/bookings/{uid}").json()["data"]["hosts"][0]["id"] == JONAS
    world.forget(uid)
    assert ask("GET", f"/v2/bookings/{uid}").status_code == 404


def test_the_old_contract_answers_whoever_forgets_the_header(ask: Asker, world: World) -> None:
    made = ask.book(CUT, "10:00")
    for version in (None, "2099-01-01", "2024-09-04"):
        body = booking_body(CUT, "11:00")
        assert ask("POST", "/v2/bookings", body, version=version).status_code == 400
        read = ask("GET", f"/v2/bookings/{made['uid']}", version=version).json()["data"]
        assert "start" not in read
        assert read["startTime"] == made["start"]
        assert "bookings" in ask("GET", "/v2/bookings", version=version).json()["data"]
        assert ask("GET", "/v2/event-types", version=version).json()["data"]["eventTypeGroups"]
    for path in ("/v2/slots", "/v2/slots/reservations/x"):
        assert ask("GET", path, version=None).status_code == 404
    assert ask("GET", f"/v2/event-types/{CUT}", version=None).json()["data"]["eventType"]["length"] == 30
    moved = ask("POST", f"/v2/bookings/{made['uid']}/reschedule", {"start": utc("12:00")}, version=None)
    assert moved.status_code == 404
    cancelled = ask("POST", f"/v2/bookings/{made['uid']}/cancel", {"cancellationReason": "x"}, version=None)
    assert cancelled.json()["data"]["bookingUid"] == made["uid"]
    assert world.bookings() == []


def test_times_are_instants_whatever_the_offset(ask: Asker, world: World) -> None:
    body = {**booking_body(CUT, "10:00"), "start": "2026-11-25T12:00:00+03:00"}
    made = ask("POST", "/v2/bookings", body).json()["data"]
    assert made["start"] == "2026-11-25T09:00:00.000Z"
    (row,) = world.bookings()
    assert row.end - row.start == timedelta(minutes=30)
