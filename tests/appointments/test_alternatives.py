"""What is offered instead: near, in the same part of the day, and always bookable."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from appointments import booking
from appointments.availability import Request, Slot, alternatives, check, free_starts
from appointments.booking import Visit
from appointments.models import Absence, Staff, WorkingHours
from appointments.models.appointment import Source
from appointments.rules.hours import midnight
from appointments.rules.periods import Period
from tests.salons import BERLIN, MONDAY, NOW, Salon, at, open_on

SATURDAY = MONDAY - timedelta(days=2)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
THURSDAY = MONDAY + timedelta(days=3)


def shown(slots: Sequence[Slot]) -> list[str]:
    return [slot.start.astimezone(BERLIN).strftime("%a %H:%M") for slot in slots]


def offers(request: Request, clock: str, day: date = MONDAY, **facts: object) -> list[str]:
    return shown(alternatives(request, near=at(day, clock), **facts))


def away(staff: Staff, day: date, first: str, last: str) -> None:
    Absence.objects.create(staff=staff, starts_at=at(day, first), ends_at=at(day, last))


def free_only(salon: Salon, *hours: tuple[date, int, int]) -> None:
    """Emma works then and at no other time of that week."""
    salon.emma.follows_branch_hours = False
    salon.emma.save()
    WorkingHours.objects.bulk_create(
        WorkingHours(staff=salon.emma, weekday=day.weekday(), start_minute=start * 60, end_minute=end * 60)
        for day, start, end in hours
    )


# Ranking


def test_nearest_times_of_the_same_part_of_the_day_come_first(salon: Salon) -> None:
    """Incident C15: the morning was offered to somebody who had asked for the early afternoon."""
    salon.book(salon.cut, salon.emma, MONDAY, "13:00")
    assert offers(salon.request(salon.cut, salon.emma), "13:00") == ["Mon 13:55", "Mon 12:05", "Mon 14:25"]


def test_same_part_of_the_day_comes_before_a_nearer_time(salon: Salon) -> None:
    """11:05 is nearer to noon than 13:30, but who asks for noon has no time in the morning."""
    away(salon.emma, MONDAY, "12:00", "13:30")
    assert offers(salon.request(salon.cut, salon.emma), "12:00") == ["Mon 13:30", "Mon 14:00", "Mon 14:30"]


def test_other_part_of_the_same_day_comes_before_another_day(salon: Salon) -> None:
    away(salon.emma, MONDAY, "12:00", "20:00")
    assert offers(salon.request(salon.cut, salon.emma), "18:00") == ["Mon 11:05", "Mon 10:35", "Mon 10:05"]


def test_nearest_day_comes_first_and_the_later_of_two_equally_near(salon: Salon) -> None:
    free_only(salon, (MONDAY, 9, 10), (WEDNESDAY, 9, 10), (THURSDAY, 9, 10))
    request = salon.request(salon.cut, salon.emma)
    assert offers(request, "09:00", TUESDAY) == ["Wed 09:00", "Mon 09:00", "Thu 09:00"]


def test_later_of_two_equally_near_times_comes_first(salon: Salon) -> None:
    salon.cut.phases.update(minutes=30)
    away(salon.emma, MONDAY, "14:30", "16:00")
    assert offers(salon.request(salon.cut, salon.emma), "15:00", count=2) == ["Mon 16:00", "Mon 14:00"]


def test_part_of_the_day_goes_by_the_clock_in_summer_and_winter(salon: Salon) -> None:
    """Incident A22: compared in UTC, eleven o'clock and one o'clock are the same part in July."""
    july = date(2026, 7, 6)
    request = salon.request(salon.cut, salon.emma, now=at(july, "07:00"))
    away(salon.emma, july, "12:00", "13:00")
    assert offers(request, "12:30", july, count=1) == ["Mon 13:00"]


def test_ranking_knows_both_hours_of_the_autumn_night(salon: Salon) -> None:
    sunday = date(2026, 10, 25)
    open_on(salon.branch, [6], 0, 4 * 60)
    now = midnight(sunday, BERLIN) - timedelta(hours=1)
    request = salon.request(salon.cut, salon.emma, now=now)
    assert offers(request, "02:30", sunday, count=4) == [
        "Sun 02:30",
        "Sun 02:30",
        "Sun 03:00",
        "Sun 02:00",
    ]


# What an offer is


def test_offers_are_spread_by_half_an_hour(salon: Salon) -> None:
    assert offers(salon.request(salon.cut, salon.emma), "10:00", count=4) == [
        "Mon 10:00",
        "Mon 10:30",
        "Mon 09:30",
        "Mon 11:00",
    ]


def test_offers_lie_closer_if_there_is_nothing_else(salon: Salon) -> None:
    free_only(salon, (MONDAY, 10, 11))
    salon.branch.horizon_days = 2
    assert offers(salon.request(salon.cut, salon.emma), "10:00") == ["Mon 10:00", "Mon 10:05"]


def test_no_time_is_offered_twice_though_several_stylists_are_free(salon: Salon) -> None:
    """Incident C13: two strategies named the same slot."""
    found = offers(salon.request(salon.cut), "10:00", count=20)
    assert (len(found), len(set(found))) == (20, 20)


@pytest.mark.parametrize("count", [0, 1, 3, 8])
def test_as_many_are_offered_as_were_asked_for(salon: Salon, count: int) -> None:
    assert len(offers(salon.request(salon.cut), "10:00", count=count)) == count


def test_every_offer_can_be_booked(salon: Salon) -> None:
    """Incidents C1, C14: times were invented."""
    for clock in ("09:00", "11:15", "13:30"):
        salon.book(salon.perm, salon.emma, MONDAY, clock)
    request = salon.request(salon.perm)
    for offer in alternatives(request, near=at(MONDAY, "11:00"), count=3):
        with transaction.atomic():
            assert check(request, start=offer.start).slots[0] == offer
            booked = booking.book(request, start=offer.start, visit=Visit(source=Source.PHONE))
            assert (booked.starts_at, booked.ends_at, booked.staff) == (offer.start, offer.end, offer.staff)
            transaction.set_rollback(True)


def test_nothing_is_offered_in_the_past_or_within_the_notice(salon: Salon) -> None:
    """Incident A9: asked at 15:58 for 15:00, the first that can be had is 16:15."""
    request = salon.request(salon.cut, salon.emma, now=at(MONDAY, "15:58"))
    assert offers(request, "15:00") == ["Mon 16:15", "Mon 16:45", "Mon 17:15"]


def test_wish_of_the_past_is_answered_with_what_comes_next(salon: Salon) -> None:
    request = salon.request(salon.cut, salon.emma)
    assert offers(request, "10:00", SATURDAY - timedelta(days=30), count=2) == ["Mon 10:00", "Mon 10:30"]


def test_wish_beyond_the_horizon_is_answered_with_its_last_days(salon: Salon) -> None:
    salon.branch.horizon_days = 2
    request = salon.request(salon.cut, salon.emma)
    assert offers(request, "10:00", MONDAY + timedelta(days=300), count=1) == ["Tue 10:00"]


def test_nothing_is_offered_where_nothing_is_free(salon: Salon) -> None:
    salon.branch.opening_hours.all().delete()
    assert offers(salon.request(salon.cut), "10:00") == []


def test_search_goes_on_until_enough_is_found(salon: Salon) -> None:
    """Everybody is away for weeks: what comes after is found all the same (C2)."""
    for staff in (salon.emma, salon.jonas):
        Absence.objects.create(staff=staff, starts_at=NOW, ends_at=NOW + timedelta(days=40))
    (offer,) = alternatives(salon.request(salon.cut), near=at(MONDAY, "10:00"), count=1)
    assert offer.start.astimezone(BERLIN) == datetime(2026, 1, 2, 18, tzinfo=BERLIN)


# What the caller has said


def test_stylist_wish_is_kept(salon: Salon) -> None:
    """Incident B13: silently replaced."""
    away(salon.emma, MONDAY, "08:00", "20:00")
    found = alternatives(salon.request(salon.cut, salon.emma), near=at(MONDAY, "10:00"))
    assert ({slot.staff for slot in found}, shown(found)[0]) == ({salon.emma}, "Tue 10:00")


def test_without_wish_the_stylist_with_the_emptier_day_is_named(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "17:00")
    found = alternatives(salon.request(salon.cut), near=at(MONDAY, "10:00"), count=1)
    assert [slot.staff for slot in found] == [salon.jonas]


def test_window_is_kept_where_something_in_it_is_free(salon: Salon) -> None:
    """Incidents A28, A29: "vormittags" was ignored."""
    morning = Period(at(MONDAY, "08:00"), at(MONDAY, "12:00"))
    request = salon.request(salon.cut, salon.emma)
    assert offers(request, "11:30", window=morning, count=4) == [
        "Mon 11:30",
        "Mon 11:00",
        "Mon 10:30",
        "Mon 10:00",
    ]


def test_window_ends_before_its_end(salon: Salon) -> None:
    window = Period(at(MONDAY, "10:00"), at(MONDAY, "10:30"))
    assert offers(salon.request(salon.cut, salon.emma), "10:00", window=window, count=9) == [
        f"Mon 10:{minute:02d}" for minute in range(0, 30, 5)
    ]


def test_window_in_which_nothing_is_free_is_left(salon: Salon) -> None:
    away(salon.emma, MONDAY, "08:00", "12:00")
    morning = Period(at(MONDAY, "08:00"), at(MONDAY, "12:00"))
    request = salon.request(salon.cut, salon.emma)
    assert offers(request, "10:00", window=morning, count=2) == ["Mon 12:00", "Mon 12:30"]


def test_nothing_is_offered_at_the_callers_own_appointments(salon: Salon) -> None:
    """Incident C3. Jonas is free, but the caller sits with Emma."""
    own = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    request = salon.request(salon.cut, salon.jonas)
    avoid = [Period(own.starts_at, own.ends_at)]
    assert offers(request, "10:00", avoid=avoid, count=3) == ["Mon 10:55", "Mon 09:05", "Mon 11:25"]


def test_own_hold_does_not_hide_its_time_and_that_of_another_call_does(salon: Salon) -> None:
    request = salon.request(salon.cut, salon.emma, holder="call:1")
    booking.hold(request, start=at(MONDAY, "10:00"))
    other = salon.request(salon.cut, salon.emma, holder="call:2")
    assert [offers(one, "10:00", count=1) for one in (request, other)] == [["Mon 10:00"], ["Mon 10:55"]]


# Cost


def colleagues(salon: Salon, count: int) -> None:
    """With hours of their own, so that every table has to be read."""
    for number in range(count):
        staff = Staff.objects.create(
            company=salon.company,
            branch=salon.branch,
            name=f"Aushilfe {number}",
            follows_branch_hours=False,
        )
        WorkingHours.objects.create(staff=staff, weekday=0, start_minute=8 * 60, end_minute=20 * 60)


@pytest.mark.parametrize("days", [1, 30])
@pytest.mark.parametrize("staff", [1, 10])
def test_solver_asks_six_questions_however_many_people_and_days(
    salon: Salon, django_assert_num_queries: DjangoAssertNumQueries, staff: int, days: int
) -> None:
    colleagues(salon, staff)
    request = salon.request(salon.perm)
    with django_assert_num_queries(6):
        free_starts(request, first=MONDAY, last=MONDAY + timedelta(days=days - 1))


@pytest.mark.parametrize("staff", [1, 10])
def test_check_asks_six_questions_however_many_people(
    salon: Salon, django_assert_num_queries: DjangoAssertNumQueries, staff: int
) -> None:
    colleagues(salon, staff)
    request = salon.request(salon.perm)
    with django_assert_num_queries(6):
        check(request, start=at(MONDAY, "10:00"))


@pytest.mark.parametrize("staff", [1, 10])
def test_alternatives_ask_six_questions_if_the_nearest_days_have_enough(
    salon: Salon, django_assert_num_queries: DjangoAssertNumQueries, staff: int
) -> None:
    colleagues(salon, staff)
    request = salon.request(salon.perm)
    with django_assert_num_queries(6):
        alternatives(request, near=at(MONDAY, "10:00"))


def test_alternatives_look_farther_a_few_times_at_most(
    salon: Salon, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Up to the horizon in five steps. Phases are known after the first look."""
    salon.branch.opening_hours.all().delete()
    request = salon.request(salon.perm)
    with django_assert_num_queries(5 * 4 + 1):
        alternatives(request, near=at(MONDAY, "10:00"))
