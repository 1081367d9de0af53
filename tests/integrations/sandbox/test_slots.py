"""Slots and reservations, the traps included."""

from integrations.sandbox import World
from tests.integrations.sandbox_fixtures import (
    ANYONE,
    CUT,
    DAY,
    JONAS,
    JONAS_CUT,
    PARENT,
    PERM,
    SLOTS,
    Asker,
    Clock,
    message,
    utc,
)

RESERVED = "This time slot is already reserved by another user. Please choose a different time."
HALF_HOURS = [f"{hour:02}:{minute:02}" for hour in range(9, 17) for minute in (0, 30)]


def test_slots_lie_on_the_grid_of_the_event_type(ask: Asker) -> None:
    assert ask.slots(CUT) == HALF_HOURS
    perm = ask.slots(PERM)
    assert perm[:3] == ["09:00", "09:05", "09:10"]
    assert perm[-1] == "16:10"


def test_slots_are_written_in_the_asked_zone_and_utc_by_default(ask: Asker) -> None:
    query = {"eventTypeId": CUT, "start": DAY, "end": DAY}
    berlin = ask("GET", "/v2/slots", version=SLOTS, timeZone="Europe/Berlin", **query).json()
    assert berlin["data"][DAY][0] == {"start": f"{DAY}T09:00:00.000+01:00"}
    plain = ask("GET", "/v2/slots", version=SLOTS, format="range", **query).json()
    assert plain["data"][DAY][0] == {"start": f"{DAY}T08:00:00.000Z", "end": f"{DAY}T08:30:00.000Z"}
    assert plain["status"] == "success"


def test_a_booking_takes_the_host_away_from_all_their_event_types(ask: Asker) -> None:
    ask.book(CUT, "10:00")
    assert "10:00" not in ask.slots(CUT)
    assert not {"09:15", "10:00", "10:25"} & set(ask.slots(PERM))
    assert {"09:10", "10:30"} <= set(ask.slots(PERM))
    assert ask.slots(JONAS_CUT) == HALF_HOURS


def test_the_grid_begins_anew_behind_a_booking(ask: Asker, world: World) -> None:
    """A free time can be absent from slots if the step does not fit what stands around it."""
    world.slots_cache_seconds = 0
    ask.book(PERM, "09:00")
    # Free from 9:50; a step of 30 rounds up to the next half hour.
    assert ask.slots(CUT)[:2] == ["10:00", "10:30"]
    ask.book(PERM, "10:05")
    assert ask.slots(CUT)[:2] == ["11:00", "11:30"]
    assert ask.create(CUT, "10:55").status_code == 201


def test_the_same_query_is_answered_from_memory_for_two_seconds(ask: Asker, clock: Clock) -> None:
    assert "10:00" in ask.slots(CUT)
    ask.book(CUT, "10:00")
    assert "10:00" in ask.slots(CUT)
    assert "10:00" not in ask.slots(CUT, format="time"), "another query is another answer"
    clock.forward(seconds=2.3)
    assert "10:00" not in ask.slots(CUT)


def test_the_notice_hides_what_comes_too_soon(ask: Asker, world: World, clock: Clock) -> None:
    clock.forward(days=2, hours=2)
    assert ask.slots(CUT)[0] == "10:00"
    event_types = world.account.event_types
    event_types[PERM] = type(event_types[PERM])(PERM, (101,), 50, interval=5, notice=123)
    assert ask.slots(PERM)[0] == "12:05"


def test_hours_and_absences_close(ask: Asker) -> None:
    assert ask.slots(CUT, start="2026-11-29", end="2026-11-29") == [], "a Sunday"


def test_a_date_alone_is_a_whole_day_and_an_end_at_midnight_too(ask: Asker) -> None:
    assert ask.slots(CUT, start=f"{DAY}T00:00:00Z", end=f"{DAY}T00:00:00Z") == HALF_HOURS
    assert ask.slots(CUT, start=utc("10:00"), end=utc("11:00")) == ["10:00", "10:30"]


def test_the_parent_of_managed_types_has_no_slots(ask: Asker) -> None:
    assert ask.slots(PARENT) == []


def test_what_is_wrong_with_a_query_for_slots(ask: Asker) -> None:
    def asked(**query: object) -> tuple[int, str]:
        return message(ask("GET", "/v2/slots", version=SLOTS, **query))

    assert asked(eventTypeId=99, start=DAY, end=DAY) == (404, "Event Type not found")
    assert asked(eventTypeId=CUT, start=DAY) == (
        400,
        "end property is wrong,end must be a valid ISO 8601 date string ",
    )
    assert asked(eventTypeId=CUT, start=DAY, end=DAY, staff=1)[1].startswith("staff property is wrong")
    assert asked(eventTypeId=CUT, start=utc("10:00"), end=utc("09:00")) == (
        400,
        "Invalid time range given - check the 'start' and 'end' query parameters.",
    )


def test_a_reservation_hides_the_time_from_its_holder_too(ask: Asker, clock: Clock) -> None:
    reservation = ask.reserve(CUT, "10:00", reservationDuration=10).json()["data"]
    assert "10:00" not in ask.slots(CUT)
    assert "10:00" not in ask.slots(PERM), "of the same host"
    assert "10:00" in ask.slots(JONAS_CUT)
    assert "10:00" not in ask.slots(ANYONE), "for all hosts, although Jonas is free"
    clock.forward(minutes=10, seconds=1)
    assert "10:00" in ask.slots(CUT)
    gone = ask("GET", f"/v2/slots/reservations/{reservation['reservationUid']}", version=SLOTS)
    assert gone.json() == {"status": "success", "data": None}


def test_an_expired_reservation_stays_readable_until_somebody_looks_at_slots(
    ask: Asker, clock: Clock
) -> None:
    uid = ask.reserve(CUT, "10:00").json()["data"]["reservationUid"]
    clock.forward(minutes=6)
    read = ask("GET", f"/v2/slots/reservations/{uid}", version=SLOTS).json()["data"]
    assert read["reservationUntil"] == "2026-11-23T07:05:00.000Z"
    assert ask.reserve(CUT, "10:00").status_code == 201


def test_a_reservation_is_no_lock_and_is_not_consumed(ask: Asker) -> None:
    uid = ask.reserve(CUT, "10:00").json()["data"]["reservationUid"]
    ask.book(CUT, "10:00", name="Fremde Person")
    read = ask("GET", f"/v2/slots/reservations/{uid}", version=SLOTS)
    assert read.json()["data"]["reservationUid"] == uid


def test_reservations_refuse_each_other_and_themselves(ask: Asker) -> None:
    uid = ask.reserve(CUT, "10:00").json()["data"]["reservationUid"]
    assert message(ask.reserve(CUT, "10:15")) == (422, RESERVED)
    body = {"eventTypeId": CUT, "slotStart": utc("10:00"), "reservationDuration": 10}
    again = ask("PATCH", f"/v2/slots/reservations/{uid}", body, version=SLOTS)
    assert message(again) == (422, RESERVED)
    moved = ask("PATCH", f"/v2/slots/reservations/{uid}", {**body, "slotStart": utc("12:00")}, version=SLOTS)
    assert moved.status_code == 200
    assert ask("DELETE", f"/v2/slots/reservations/{uid}", version=SLOTS).json() == {"status": "success"}
    assert ask.reserve(CUT, "12:00").status_code == 201


def test_a_reservation_sees_only_its_own_event_type(ask: Asker) -> None:
    ask.book(CUT, "10:00")
    assert message(ask.reserve(CUT, "10:00")) == (422, "Can't reserve a slot if the event is already booked.")
    assert ask.reserve(PERM, "10:00").status_code == 201, "the same stylist, another service"
    assert ask.reserve(CUT, "03:00").status_code == 201, "outside working hours"


def test_a_round_robin_takes_as_many_reservations_as_hosts(ask: Asker) -> None:
    assert [ask.reserve(ANYONE, "10:00").status_code for _ in range(3)] == [201, 201, 422]


def test_a_duration_needs_a_key(ask: Asker) -> None:
    ask.key = None
    assert ask.reserve(CUT, "10:00").status_code == 201
    assert message(ask.reserve(CUT, "11:00", reservationDuration=10))[0] == 401


def test_a_wrong_reservation_is_described_in_details(ask: Asker) -> None:
    response = ask("POST", "/v2/slots/reservations", {"eventTypeId": "x"}, version=SLOTS)
    errors = response.json()["error"]["details"]["errors"]
    assert [error["property"] for error in errors] == ["eventTypeId", "slotStart"]
    assert response.json()["error"]["message"] == "Bad Request Exception"


def test_a_host_who_left_has_no_slots(ask: Asker, world: World) -> None:
    world.account.hosts.pop(JONAS)
    assert ask.slots(JONAS_CUT) == []
