"""Offers that somebody outside has a say in: what is taken there is offered to nobody."""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta

import pytest

from appointments import booking
from appointments.availability import Reason, Slot, alternatives, check, free_starts
from appointments.rules.periods import Period
from tests.appointments.test_alternatives import away, free_only, offers, shown
from tests.salons import MONDAY, Salon, at

TUESDAY = MONDAY + timedelta(days=1)
THURSDAY = MONDAY + timedelta(days=3)
MORNING = Period(at(MONDAY, "08:00"), at(MONDAY, "12:00"))


class Outside:
    """Accepts what ``free`` says, and remembers what it was asked."""

    def __init__(self, free: Callable[[Slot], bool] = lambda _slot: True) -> None:
        self.free = free
        self.asked: list[Sequence[Slot]] = []

    def __call__(self, slots: Sequence[Slot]) -> Collection[Slot]:
        self.asked.append(slots)
        return [slot for slot in slots if self.free(slot)]

    @property
    def starts(self) -> list[int]:
        """How many different starts each question was about."""
        return [len({slot.start for slot in slots}) for slots in self.asked]


@pytest.mark.parametrize("window", [None, MORNING])
@pytest.mark.parametrize("count", [0, 1, 3, 8])
@pytest.mark.parametrize("clock", ["09:00", "11:15", "16:00"])
def test_sieve_that_accepts_everything_changes_nothing(
    salon: Salon, clock: str, count: int, window: Period | None
) -> None:
    for taken in ("09:00", "11:15", "15:30"):
        salon.book(salon.perm, salon.emma, MONDAY, taken)
    request, near = salon.request(salon.cut), at(MONDAY, clock)
    facts = {"near": near, "count": count, "window": window}
    assert alternatives(request, **facts, sieve=Outside()) == alternatives(request, **facts)


def test_sieve_that_accepts_everything_changes_nothing_where_little_is_free(salon: Salon) -> None:
    free_only(salon, (MONDAY, 10, 11), (THURSDAY, 10, 11))
    salon.branch.horizon_days = 30
    request = salon.request(salon.cut, salon.emma)
    for count in (1, 2, 3):
        facts = {"near": at(MONDAY, "10:00"), "count": count}
        assert alternatives(request, **facts, sieve=Outside()) == alternatives(request, **facts)


def test_what_is_taken_outside_is_not_offered(salon: Salon) -> None:
    """Incident C1: offered here, refused there."""
    outside = Outside(lambda slot: slot.start >= at(MONDAY, "10:30"))
    found = offers(salon.request(salon.cut, salon.emma), "10:00", sieve=outside)
    assert (found, outside.starts) == (["Mon 10:30", "Mon 11:00", "Mon 11:30"], [8])


def test_outside_is_asked_about_everybody_who_is_free(salon: Salon) -> None:
    """The best first; if she is taken outside, her colleague is offered at the same time."""
    salon.book(salon.cut, salon.jonas, MONDAY, "17:00")
    outside = Outside(lambda slot: slot.staff == salon.jonas)
    found = alternatives(salon.request(salon.cut), near=at(MONDAY, "10:00"), sieve=outside)
    assert [slot.staff for slot in outside.asked[0][:2]] == [salon.emma, salon.jonas]
    assert ([slot.staff for slot in found], shown(found)[0]) == ([salon.jonas] * 3, "Mon 10:00")


def test_best_acceptable_stylist_is_offered(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "17:00")
    found = alternatives(salon.request(salon.cut), near=at(MONDAY, "10:00"), count=1, sieve=Outside())
    assert [slot.staff for slot in found] == [salon.jonas]


def test_outside_is_asked_once_more_if_too_little_was_acceptable(salon: Salon) -> None:
    """Not beside what was refused: what is taken outside is seldom taken for five minutes."""
    outside = Outside(lambda slot: slot.start >= at(MONDAY, "17:00"))
    found = offers(salon.request(salon.cut, salon.emma), "14:00", sieve=outside)
    assert (found, outside.starts) == (["Mon 17:00", "Mon 17:30", "Mon 18:00"], [8, 8])


def test_outside_is_not_asked_for_ever_while_there_is_something_to_offer(salon: Salon) -> None:
    """A caller waits: two questions, and one offer is better than silence."""
    outside = Outside(lambda slot: slot.start == at(MONDAY, "10:00"))
    found = offers(salon.request(salon.cut, salon.emma), "10:00", sieve=outside)
    assert (found, outside.starts) == (["Mon 10:00"], [8, 8])


def test_search_goes_on_while_nothing_is_acceptable(salon: Salon) -> None:
    """Each start is asked about once; farther days come only then."""
    outside = Outside(lambda slot: slot.start >= at(MONDAY, "00:00") + timedelta(days=10))
    free_only(salon, (MONDAY, 10, 11), (THURSDAY, 10, 11))
    found = offers(salon.request(salon.cut, salon.emma), "10:00", sieve=outside, count=1)
    asked = [slot.start for slots in outside.asked for slot in slots]
    assert (found, len(asked), len(set(asked))) == (["Thu 10:00"], len(set(asked)), len(set(asked)))


def test_search_that_finds_nothing_acceptable_ends(salon: Salon) -> None:
    outside = Outside(lambda _slot: False)
    assert (offers(salon.request(salon.cut), "10:00", sieve=outside), outside.starts) == ([], [8] * 10)


def test_few_free_times_are_filled_up_from_farther_days(salon: Salon) -> None:
    """One question is left, so there is no reason to offer less than without asking."""
    free_only(salon, (MONDAY, 10, 11))
    outside = Outside()
    found = offers(salon.request(salon.cut, salon.emma), "10:00", sieve=outside)
    assert found == offers(salon.request(salon.cut, salon.emma), "10:00")
    assert outside.starts == [2, 4]


def test_window_is_left_if_nothing_in_it_is_acceptable(salon: Salon) -> None:
    outside = Outside(lambda slot: slot.start >= MORNING.end)
    found = offers(salon.request(salon.cut, salon.emma), "11:30", window=MORNING, sieve=outside, count=2)
    assert found == ["Mon 12:00", "Mon 12:30"]


def test_window_is_kept_if_anything_in_it_is_acceptable(salon: Salon) -> None:
    outside = Outside(lambda slot: slot.start == at(MONDAY, "11:00"))
    found = offers(salon.request(salon.cut, salon.emma), "11:30", window=MORNING, sieve=outside)
    assert found == ["Mon 11:00"]


def test_nobody_is_asked_where_nothing_is_free(salon: Salon) -> None:
    salon.branch.opening_hours.all().delete()
    outside = Outside()
    assert (offers(salon.request(salon.cut), "10:00", sieve=outside), outside.asked) == ([], [])


# Stylists who are left out


def test_excluded_stylist_is_left_out_of_anybody(salon: Salon) -> None:
    request = salon.request(salon.cut, excluded_staff=frozenset({salon.emma.pk}))
    found = {
        "check": [slot.staff for slot in check(request, start=at(MONDAY, "10:00")).slots],
        "starts": sorted({slot.staff.name for slot in free_starts(request, first=MONDAY, last=MONDAY)}),
        "alternatives": {slot.staff for slot in alternatives(request, near=at(MONDAY, "10:00"))},
    }
    assert found == {"check": [salon.jonas], "starts": ["Jonas Brandt"], "alternatives": {salon.jonas}}


def test_hold_and_booking_go_to_the_next_stylist(salon: Salon) -> None:
    request = salon.request(salon.cut, excluded_staff=frozenset({salon.emma.pk}), holder="call:1")
    assert booking.hold(request, start=at(MONDAY, "10:00")).staff == salon.jonas


def test_stylist_wished_by_name_is_asked_for_all_the_same(salon: Salon) -> None:
    request = salon.request(salon.cut, salon.emma, excluded_staff=frozenset({salon.emma.pk}))
    assert check(request, start=at(MONDAY, "10:00")).is_free


@pytest.mark.parametrize("others", ["nobody", "away", "taken"])
def test_time_is_taken_if_only_excluded_stylists_could_have_it(salon: Salon, others: str) -> None:
    excluded = {salon.emma.pk} | ({salon.jonas.pk} if others == "nobody" else set())
    if others == "away":
        away(salon.jonas, MONDAY, "08:00", "20:00")
    if others == "taken":
        salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    request = salon.request(salon.cut, excluded_staff=frozenset(excluded))
    assert check(request, start=at(MONDAY, "10:00")).reason == Reason.TAKEN
    with pytest.raises(booking.SlotTaken):
        booking.hold(request, start=at(MONDAY, "10:00"))


@pytest.mark.parametrize(("clock", "reason"), [("07:00", Reason.OUTSIDE_HOURS), ("10:02", Reason.OFF_GRID)])
def test_other_reasons_stand_whoever_is_excluded(salon: Salon, clock: str, reason: Reason) -> None:
    request = salon.request(salon.cut, excluded_staff=frozenset({salon.emma.pk}))
    assert check(request, start=at(MONDAY, clock)).reason == reason
