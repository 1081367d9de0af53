"""What happens at once: the vendor's own double booking."""

import threading
from concurrent.futures import ThreadPoolExecutor

import requests

from integrations.sandbox import World
from tests.integrations.sandbox_fixtures import CUT, PERM, Asker, message


def at_once(world: World, ask: Asker, *wishes: tuple[int, str]) -> list[requests.Response]:
    """All of them have found the time free before the first is written."""
    barrier = threading.Barrier(len(wishes), timeout=10)
    world.in_the_gap = barrier.wait
    with ThreadPoolExecutor(len(wishes)) as pool:
        tries = [
            pool.submit(ask.create, event_type, clock, name=f"Person {number}")
            for number, (event_type, clock) in enumerate(wishes)
        ]
        return [one.result() for one in tries]


def test_overlapping_bookings_at_once_are_all_accepted(world: World, ask: Asker) -> None:
    answers = at_once(world, ask, (CUT, "10:00"), (PERM, "10:00"), (PERM, "09:30"))
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len(world.bookings(host=101)) == 3


def test_equal_bookings_at_once_are_accepted_once(world: World, ask: Asker) -> None:
    answers = at_once(world, ask, *[(CUT, "10:00")] * 5)
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400, 400]
    refused = [answer.json() for answer in answers if answer.status_code == 400]
    assert refused == [{"statusCode": 400, "message": "An error occurred while querying the database."}] * 4
    assert len(world.bookings()) == 1


def test_one_after_the_other_they_are_refused(world: World, ask: Asker) -> None:
    """The control of the two above."""
    ask.book(CUT, "10:00")
    assert message(ask.create(PERM, "09:30"))[0] == 400
    assert len(world.bookings()) == 1


def test_a_move_and_a_booking_at_once_are_both_accepted(world: World, ask: Asker) -> None:
    uid = ask.book(CUT, "09:00")["uid"]
    barrier = threading.Barrier(2, timeout=10)
    world.in_the_gap = barrier.wait
    with ThreadPoolExecutor(2) as pool:
        move = pool.submit(ask, "POST", f"/v2/bookings/{uid}/reschedule", {"start": "2026-11-25T09:10:00Z"})
        book = pool.submit(ask.create, CUT, "10:00", name="Petra Hahn")
        assert [move.result().status_code, book.result().status_code] == [201, 201]


def test_half_of_the_latency_lies_in_the_gap(world: World, ask: Asker) -> None:
    """Without a barrier the same happens by chance: two requests in the same moment."""
    reached = threading.Event()
    world.latency_ms = 400
    world.in_the_gap = reached.set
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask.create, CUT, "10:00")
        assert reached.wait(10)
        world.latency_ms = 0
        assert ask.create(PERM, "09:30", name="Petra Hahn").status_code == 201
        assert not first.done()
        assert first.result().status_code == 201
