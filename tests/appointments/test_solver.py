"""The solver by worked examples: one salon, one Monday, one question at a time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings

from appointments import booking
from appointments.availability import Reason, Request, Slot, check, free_starts
from appointments.booking import Visit
from appointments.models import Absence, Branch, Staff, StaffServicePhases, StaffSkill, WorkingHours
from appointments.models.appointment import Source
from appointments.rules.hours import midnight
from tests.salons import BERLIN, MONDAY, NOW, Salon, at, make_service, open_on

SUNDAY = MONDAY - timedelta(days=1)
TUESDAY = MONDAY + timedelta(days=1)
CHRISTMAS = date(2025, 12, 25)  # a Thursday


def clocks(slots: list[Slot]) -> list[str]:
    return [slot.start.astimezone(BERLIN).strftime("%H:%M") for slot in slots]


def free(request: Request, day: date = MONDAY) -> list[str]:
    return clocks(free_starts(request, first=day, last=day))


def reason(request: Request, clock: str, day: date = MONDAY) -> Reason | None:
    return check(request, start=at(day, clock)).reason


def names(request: Request, clock: str, day: date = MONDAY) -> list[str]:
    return [slot.staff.first_name for slot in check(request, start=at(day, clock)).slots]


def quarter_hours(first: str, last: str) -> list[str]:
    every = [f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(0, 60, 15)]
    return every[every.index(first) : every.index(last) + 1]


def work_only(staff: Staff, *hours: tuple[int, int], weekday: int = 0) -> None:
    """Hours of one weekday, as minutes of the day; on all the others the stylist is off."""
    staff.follows_branch_hours = False
    staff.save()
    WorkingHours.objects.bulk_create(
        WorkingHours(staff=staff, weekday=weekday, start_minute=start, end_minute=end) for start, end in hours
    )


def away(staff: Staff, first: datetime, last: datetime) -> None:
    Absence.objects.create(staff=staff, starts_at=first, ends_at=last)


@pytest.fixture
def quarterly(salon: Salon) -> Salon:
    """The same salon with a coarser grid, so that whole days can be written down."""
    salon.branch.slot_minutes = 15
    salon.branch.save()
    return salon


# An empty day


def test_starts_fill_the_day_up_to_an_exact_fit_at_closing_time(quarterly: Salon) -> None:
    """55 minutes from 19:05 would fit exactly, but 19:05 is not on the grid of quarter hours."""
    assert free(quarterly.request(quarterly.cut, quarterly.emma)) == quarter_hours("08:00", "19:00")


def test_last_start_ends_exactly_at_closing_time(salon: Salon) -> None:
    assert free(salon.request(salon.cut, salon.emma))[-1] == "19:05"


def test_anybody_lists_each_stylist_at_each_start(quarterly: Salon) -> None:
    slots = free_starts(quarterly.request(quarterly.perm), first=MONDAY, last=MONDAY)
    expected = [
        (clock, name) for clock in quarter_hours("08:00", "17:45") for name in ("Emma Keller", "Jonas Brandt")
    ]
    assert [(*clocks([slot]), slot.staff.name) for slot in slots] == expected


def test_slot_ends_with_the_last_phase_and_without_buffers(salon: Salon) -> None:
    """Incidents C13, E4: the length comes from the service, never from a constant."""
    salon.perm.buffer_after_minutes = 10
    (slot,) = check(salon.request(salon.perm, salon.emma), start=at(MONDAY, "10:00")).slots
    assert (slot.start, slot.end) == (at(MONDAY, "10:00"), at(MONDAY, "12:15"))


def test_closed_day_has_no_starts(salon: Salon) -> None:
    request = salon.request(salon.cut, now=NOW - timedelta(days=2))
    assert (free(request, SUNDAY), reason(request, "10:00", SUNDAY)) == ([], Reason.OUTSIDE_HOURS)


def test_several_days_are_listed_in_order(quarterly: Salon) -> None:
    request = quarterly.request(quarterly.cut, quarterly.emma)
    days = [slot.start.date() for slot in free_starts(request, first=SUNDAY, last=TUESDAY)]
    assert days == [MONDAY] * 45 + [TUESDAY] * 45


# Gaps, breaks and shifts


def test_gap_of_a_perm_can_be_sold_and_its_ends_cannot(salon: Salon) -> None:
    """The perm at ten leaves Emma free from 10:50 to 11:05 and from 11:10 to 11:20."""
    fringe = make_service(salon.company, "Pony schneiden", [("", 15, True)])
    tint = make_service(salon.company, "Augenbrauen färben", [("", 10, True)])
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    during = {f"{hour:02d}:{minute:02d}" for hour in (10, 11) for minute in range(0, 60, 5)}
    in_gaps = [
        [clock for clock in free(salon.request(service, salon.emma)) if clock in during]
        for service in (fringe, tint)
    ]
    assert in_gaps == [["10:50"], ["10:50", "10:55", "11:10"]]


def test_perm_fits_around_a_cut_in_its_gap(salon: Salon) -> None:
    """The same the other way round: the gap of the new perm falls on what is booked."""
    fringe = make_service(salon.company, "Pony schneiden", [("", 15, True)])
    salon.book(fringe, salon.emma, MONDAY, "10:50")
    request = salon.request(salon.perm, salon.emma)
    assert [reason(request, clock) for clock in ("09:55", "10:00", "10:05")] == [
        Reason.TAKEN,
        None,
        Reason.TAKEN,
    ]


def test_two_perms_of_one_stylist_never_interlock_in_a_busy_phase(salon: Salon) -> None:
    """Incident C8: free, although an appointment sat inside."""
    salon.book(salon.perm, salon.emma, MONDAY, "11:00")
    request = salon.request(salon.perm, salon.emma)
    nearest = [clock for clock in free(request) if "09:00" <= clock <= "13:30"]
    assert nearest == ["13:15", "13:20", "13:25", "13:30"]


def test_gap_may_fall_into_the_stylists_break_and_a_busy_phase_may_not(salon: Salon) -> None:
    """Emma rests from 12:00 to 12:15; a perm at 11:10 lets its curls set from 12:00 to 12:15."""
    work_only(salon.emma, (8 * 60, 12 * 60), (12 * 60 + 15, 20 * 60))
    request = salon.request(salon.perm, salon.emma)
    assert [reason(request, clock) for clock in ("11:05", "11:10", "11:15")] == [
        Reason.STAFF_ABSENT,
        None,
        Reason.STAFF_ABSENT,
    ]


def test_gap_may_not_fall_into_the_salons_break(salon: Salon) -> None:
    """The customer sits there; a closed salon does not keep anybody."""
    salon.branch.opening_hours.all().delete()
    open_on(salon.branch, [0], 8 * 60, 12 * 60)
    open_on(salon.branch, [0], 12 * 60 + 15, 20 * 60)
    request = salon.request(salon.perm, salon.emma)
    assert reason(request, "11:10") == Reason.OUTSIDE_HOURS


def test_split_shift_is_two_days_in_one(quarterly: Salon) -> None:
    work_only(quarterly.emma, (9 * 60, 12 * 60), (15 * 60, 18 * 60))
    assert free(quarterly.request(quarterly.cut, quarterly.emma)) == [
        *quarter_hours("09:00", "11:00"),
        *quarter_hours("15:00", "17:00"),
    ]


def test_shift_longer_than_opening_hours_does_not_open_the_salon(quarterly: Salon) -> None:
    work_only(quarterly.emma, (0, 24 * 60))
    assert free(quarterly.request(quarterly.cut, quarterly.emma)) == quarter_hours("08:00", "19:00")


def test_shift_over_midnight_is_one_shift(quarterly: Salon) -> None:
    """Open until 24:00 and from 0:00: an appointment at 23:45 passes midnight."""
    quarterly.branch.opening_hours.all().delete()
    open_on(quarterly.branch, [0], 20 * 60, 24 * 60)
    open_on(quarterly.branch, [1], 0, 60)
    request = quarterly.request(quarterly.cut, quarterly.emma)
    assert (free(request)[-1], free(request, TUESDAY)) == ("23:45", ["00:00"])


def test_absence_takes_the_stylist_but_not_the_colleague(salon: Salon) -> None:
    away(salon.emma, at(MONDAY, "10:00"), at(MONDAY, "12:00"))
    request = salon.request(salon.cut)
    assert [names(request, clock) for clock in ("09:05", "09:10", "11:55", "12:00")] == [
        ["Emma", "Jonas"],
        ["Jonas"],
        ["Jonas"],
        ["Emma", "Jonas"],
    ]


def test_absence_over_several_days_covers_the_days_between(salon: Salon) -> None:
    away(salon.emma, at(SUNDAY, "12:00"), at(TUESDAY, "12:00"))
    request = salon.request(salon.cut, salon.emma)
    assert (free(request), free(request, TUESDAY)[0]) == ([], "12:00")


def test_gap_of_a_perm_may_fall_into_an_absence(salon: Salon) -> None:
    away(salon.emma, at(MONDAY, "12:00"), at(MONDAY, "12:15"))
    assert reason(salon.request(salon.perm, salon.emma), "11:10") is None


# Who


def test_back_to_back_is_free_on_both_sides(salon: Salon) -> None:
    """Incident C12: refused, because intervals were closed."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    request = salon.request(salon.cut, salon.emma)
    assert [reason(request, clock) for clock in ("09:05", "09:10", "10:50", "10:55")] == [
        None,
        Reason.TAKEN,
        Reason.TAKEN,
        None,
    ]


def test_exact_fit_between_two_appointments_is_free(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    salon.book(salon.cut, salon.emma, MONDAY, "11:50")
    around = [clock for clock in free(salon.request(salon.cut, salon.emma)) if "09:10" <= clock < "12:45"]
    assert around == ["10:55"]


def test_appointment_of_one_stylist_does_not_take_the_other(salon: Salon) -> None:
    """Incident C10: the whole branch was locked."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    assert names(salon.request(salon.cut), "10:00") == ["Jonas"]


def test_cancelled_appointment_takes_nothing(salon: Salon) -> None:
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    booking.cancel(appointment, now=NOW)
    assert reason(salon.request(salon.cut, salon.emma), "10:00") is None


def test_stylist_with_the_emptier_day_is_offered_first(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "17:00")
    assert names(salon.request(salon.cut), "10:00") == ["Jonas", "Emma"]


def test_order_of_stylists_counts_only_the_day_itself(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, TUESDAY, "17:00")
    assert names(salon.request(salon.cut), "10:00") == ["Emma", "Jonas"]


def test_order_of_stylists_counts_busy_time_and_not_appointments(salon: Salon) -> None:
    """Emma has two short ones, Jonas one perm of 110 busy minutes."""
    fringe = make_service(salon.company, "Pony schneiden", [("", 15, True)])
    salon.book(fringe, salon.emma, MONDAY, "15:00")
    salon.book(fringe, salon.emma, MONDAY, "16:00")
    salon.book(salon.perm, salon.jonas, MONDAY, "15:00")
    assert names(salon.request(salon.cut), "10:00") == ["Emma", "Jonas"]


def test_stylist_whom_this_conversation_holds_comes_last(salon: Salon) -> None:
    """Mother and child at ten: two wishes at one time want two stylists."""
    request = salon.request(salon.cut, holder="call:1")
    booking.hold(request, start=at(MONDAY, "10:00"), person="Mutter")
    assert names(request, "10:00") == ["Jonas", "Emma"]


def test_inactive_stylist_is_never_free(salon: Salon) -> None:
    salon.emma.active = False
    salon.emma.save()
    assert names(salon.request(salon.cut), "10:00") == ["Jonas"]


def test_stylist_without_the_skill_is_not_free(salon: Salon) -> None:
    """Incident B14: another one was booked instead."""
    salon.emma.offers_all_services = False
    salon.emma.save()
    StaffSkill.objects.create(company=salon.company, staff=salon.emma, service=salon.cut)
    assert (names(salon.request(salon.cut), "10:00"), names(salon.request(salon.perm), "10:00")) == (
        ["Emma", "Jonas"],
        ["Jonas"],
    )


def test_stylist_of_another_branch_is_not_free(salon: Salon) -> None:
    other = Branch.objects.create(company=salon.company, name="Nord", calendar="off")
    open_on(other, range(6))
    request = Request(branch=other, service=salon.cut, now=NOW)
    assert (names(request, "10:00"), reason(request.with_staff(salon.emma), "10:00")) == (
        [],
        Reason.STAFF_CANNOT_PROVIDE_SERVICE,
    )


def test_own_durations_of_a_stylist_count(salon: Salon) -> None:
    """Jonas needs 65 minutes where others need 55."""
    StaffServicePhases.objects.create(
        company=salon.company, staff=salon.jonas, service=salon.cut, minutes=[65]
    )
    request = salon.request(salon.cut)
    last = [free(request.with_staff(staff))[-1] for staff in (salon.emma, salon.jonas)]
    assert last == ["19:05", "18:55"]


def test_own_durations_that_no_longer_fit_the_phases_are_left_aside(salon: Salon) -> None:
    StaffServicePhases.objects.create(
        company=salon.company, staff=salon.jonas, service=salon.cut, minutes=[65, 10]
    )
    assert free(salon.request(salon.cut, salon.jonas))[-1] == "19:05"


def test_service_without_phases_can_be_provided_by_nobody(salon: Salon) -> None:
    """Incident E9: a composite without phases stopped everything behind it."""
    unfinished = make_service(salon.company, "Balayage", [])
    soaking = make_service(salon.company, "Kur", [("Einwirkzeit", 20, False)])
    requests = [salon.request(service) for service in (unfinished, soaking)]
    assert [(free(request), reason(request, "10:00")) for request in requests] == [
        ([], Reason.STAFF_CANNOT_PROVIDE_SERVICE)
    ] * 2


# Buffers and block layout


def test_buffers_keep_a_distance_to_other_appointments(salon: Salon) -> None:
    salon.cut.buffer_before_minutes, salon.cut.buffer_after_minutes = 10, 5
    salon.cut.save()
    salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    around = [clock for clock in free(salon.request(salon.cut, salon.emma)) if "10:40" <= clock <= "13:15"]
    assert around == ["10:40", "10:45", "10:50", "13:10", "13:15"]


def test_buffers_may_pass_opening_and_closing_time(salon: Salon) -> None:
    salon.cut.buffer_before_minutes, salon.cut.buffer_after_minutes = 10, 15
    starts = free(salon.request(salon.cut, salon.emma))
    assert (starts[0], starts[-1]) == ("08:00", "19:05")


def test_block_layout_sells_no_gap_where_the_calendar_is_on(salon: Salon) -> None:
    """The calendar will hold the whole time busy, so a gap sold would be refused there."""
    fringe = make_service(salon.company, "Pony schneiden", [("", 15, True)])
    salon.branch.calendar = "mirror"
    salon.branch.save()
    salon.perm.calendar_layout = "block"
    salon.perm.save()
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    assert [clock for clock in free(salon.request(fringe, salon.emma)) if "09:50" <= clock < "12:15"] == []


def test_block_layout_sells_the_gap_where_the_calendar_is_off(salon: Salon) -> None:
    fringe = make_service(salon.company, "Pony schneiden", [("", 15, True)])
    salon.perm.calendar_layout = "block"
    salon.perm.save()
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    assert reason(salon.request(fringe, salon.emma), "10:50") is None


def test_night_before_and_night_after_count(salon: Salon) -> None:
    """What begins or ends beyond midnight stands in the way all the same, buffers included."""
    salon.branch.opening_hours.all().delete()
    open_on(salon.branch, range(7), 0, 24 * 60)
    salon.book(salon.cut, salon.emma, SUNDAY, "23:00")
    salon.book(salon.cut, salon.emma, TUESDAY, "00:10")
    salon.cut.buffer_before_minutes = 10
    starts = free(salon.request(salon.cut, salon.emma))
    assert (starts[0], starts[-1]) == ("00:05", "23:15")


# Notice, horizon, grid, holidays


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("09:55", Reason.PAST),
        ("10:00", Reason.NOTICE_TOO_SHORT),
        ("10:10", Reason.NOTICE_TOO_SHORT),
        ("10:15", None),
    ],
)
def test_minimum_notice_ends_at_its_minute(salon: Salon, clock: str, expected: Reason | None) -> None:
    """Incidents C6, A9: seven minutes ahead was called free."""
    request = salon.request(salon.cut, salon.emma, now=at(MONDAY, "10:00"))
    assert reason(request, clock) == expected


def test_first_free_start_of_today_respects_the_notice(salon: Salon) -> None:
    request = salon.request(salon.cut, salon.emma, now=at(MONDAY, "10:01"))
    assert free(request)[0] == "10:20"


def test_horizon_includes_its_last_day(salon: Salon) -> None:
    """Incident A23: beyond the horizon nothing is promised."""
    salon.branch.horizon_days = 2
    request = salon.request(salon.cut, salon.emma)
    days = [TUESDAY, TUESDAY + timedelta(days=1)]
    assert [(reason(request, "19:05", day), len(free(request, day))) for day in days] == [
        (None, 134),
        (Reason.TOO_FAR, 0),
    ]


def test_horizon_ends_at_midnight(salon: Salon) -> None:
    salon.branch.opening_hours.all().delete()
    open_on(salon.branch, range(7), 0, 24 * 60)
    salon.branch.horizon_days = 2
    request = salon.request(salon.cut, salon.emma)
    midnight_after = TUESDAY + timedelta(days=1)
    assert (
        free(request)[-1],
        reason(request, "23:55", TUESDAY),
        reason(request, "00:00", midnight_after),
    ) == (
        "23:55",
        None,
        Reason.TOO_FAR,
    )


@pytest.mark.parametrize("clock", ["10:01", "10:02", "10:14", "10:16"])
def test_time_off_the_grid_is_not_free(quarterly: Salon, clock: str) -> None:
    """Incidents A26, A27: no tolerance of fifteen minutes, and none of one."""
    assert reason(quarterly.request(quarterly.cut, quarterly.emma), clock) == Reason.OFF_GRID


def test_time_with_seconds_is_off_the_grid(salon: Salon) -> None:
    start = at(MONDAY, "10:00") + timedelta(seconds=1)
    assert check(salon.request(salon.cut, salon.emma), start=start).reason == Reason.OFF_GRID


def test_public_holiday_is_closed(salon: Salon) -> None:
    request = salon.request(salon.cut)
    assert (free(request, CHRISTMAS), reason(request, "10:00", CHRISTMAS)) == ([], Reason.HOLIDAY)


def test_public_holiday_of_another_state_is_an_ordinary_day(salon: Salon) -> None:
    reformation_day = date(2025, 10, 31)
    request = salon.request(salon.cut, now=at(date(2025, 10, 30), "10:00"))
    before = reason(request, "10:00", reformation_day)
    salon.company.holidays = "DE-BB"
    assert (before, reason(request, "10:00", reformation_day)) == (None, Reason.HOLIDAY)


def test_public_holiday_closes_those_with_own_hours_too(salon: Salon) -> None:
    work_only(salon.emma, (8 * 60, 20 * 60), weekday=3)
    assert free(salon.request(salon.cut, salon.emma), CHRISTMAS) == []


def test_company_without_region_works_on_holidays(salon: Salon) -> None:
    salon.company.holidays = ""
    assert reason(salon.request(salon.cut), "10:00", CHRISTMAS) is None


# Nights the clocks change


def test_both_half_past_twos_of_autumn_are_free(salon: Salon) -> None:
    sunday = date(2026, 10, 25)
    open_on(salon.branch, [6], 0, 24 * 60)
    salon.branch.slot_minutes = 30
    request = salon.request(salon.cut, salon.emma, now=midnight(sunday, BERLIN) - timedelta(days=1))
    assert free(request, sunday)[3:9] == ["01:30", "02:00", "02:30", "02:00", "02:30", "03:00"]


def test_appointment_over_the_autumn_change_takes_its_real_minutes(salon: Salon) -> None:
    """135 minutes from 01:00 end at 02:15 by the clock, the second time (trap 5)."""
    sunday = date(2026, 10, 25)
    open_on(salon.branch, [6], 0, 24 * 60)
    now = midnight(sunday, BERLIN) - timedelta(days=1)
    salon.book(salon.perm, salon.emma, sunday, "01:00", now=now)
    request = salon.request(salon.cut, salon.emma, now=now)
    second_quarter_past_two = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    starts = [second_quarter_past_two - timedelta(minutes=5), second_quarter_past_two]
    assert [check(request, start=start).reason for start in starts] == [Reason.TAKEN, None]


def test_missing_hour_of_spring_is_never_free(salon: Salon) -> None:
    sunday = date(2026, 3, 29)
    open_on(salon.branch, [6], 0, 24 * 60)
    salon.branch.slot_minutes = 30
    request = salon.request(salon.cut, salon.emma, now=midnight(sunday, BERLIN) - timedelta(days=1))
    assert free(request, sunday)[2:5] == ["01:00", "01:30", "03:00"]


# Holds


def test_own_hold_does_not_block_and_that_of_another_call_does(salon: Salon) -> None:
    """Incident D10: a call was blocked by its own locks."""
    booking.hold(
        salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "10:00"), person="Mutter"
    )
    requests = [salon.request(salon.cut, salon.emma, holder=holder) for holder in ("call:1", "call:2", "")]
    assert [reason(request, "10:30") for request in requests] == [None, Reason.TAKEN, Reason.TAKEN]


def test_hold_blocks_until_the_instant_it_expires(salon: Salon, settings: Settings) -> None:
    settings.HOLD_SECONDS = 90
    booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "10:00"))
    later = [NOW + timedelta(seconds=seconds) for seconds in (89, 90)]
    requests = [salon.request(salon.cut, salon.emma, holder="call:2", now=now) for now in later]
    assert [reason(request, "10:00") for request in requests] == [Reason.TAKEN, None]


def test_requests_without_holder_share_no_holds(salon: Salon) -> None:
    """An empty holder is nobody, not everybody without a name."""
    booking.hold(salon.request(salon.cut, salon.emma), start=at(MONDAY, "10:00"))
    assert reason(salon.request(salon.cut, salon.emma), "10:00") == Reason.TAKEN


def test_appointment_that_moves_does_not_stand_in_its_own_way(salon: Salon) -> None:
    """Incident C16: an own appointment was always in the way, so the check was switched off."""
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    salon.book(salon.cut, salon.emma, MONDAY, "11:00")
    request = salon.request(salon.cut, salon.emma, appointment_id=appointment.pk)
    assert [reason(request, clock) for clock in ("09:30", "10:05", "10:10")] == [None, None, Reason.TAKEN]


# Overriding hours


def test_person_may_override_hours_notice_horizon_and_grid(salon: Salon) -> None:
    away(salon.emma, at(MONDAY, "00:00"), at(TUESDAY, "00:00"))
    request = salon.request(salon.cut, salon.emma, overrides_hours=True, now=at(MONDAY, "12:00"))
    walk_ins = [(MONDAY, "07:03"), (MONDAY, "11:59"), (MONDAY, "23:30"), (CHRISTMAS, "10:00")]
    assert [reason(request, clock, day) for day, clock in walk_ins] == [None] * 4


def test_person_may_not_override_another_booking(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    request = salon.request(salon.cut, salon.emma, overrides_hours=True)
    assert [reason(request, clock) for clock in ("09:05", "10:54", "10:55")] == [None, Reason.TAKEN, None]


def test_person_may_not_override_skills(salon: Salon) -> None:
    salon.emma.offers_all_services = False
    salon.emma.save()
    request = salon.request(salon.cut, salon.emma, overrides_hours=True)
    assert reason(request, "10:00") == Reason.STAFF_CANNOT_PROVIDE_SERVICE


# Reasons


def test_reason_is_that_of_the_stylist_who_came_nearest_to_free(salon: Salon) -> None:
    """Emma is away, Jonas is taken: *taken* is what a caller can do something about."""
    away(salon.emma, at(MONDAY, "10:00"), at(MONDAY, "12:00"))
    salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    requests = [salon.request(salon.cut, staff) for staff in (salon.emma, salon.jonas, None)]
    assert [reason(request, "10:00") for request in requests] == [
        Reason.STAFF_ABSENT,
        Reason.TAKEN,
        Reason.TAKEN,
    ]


def test_reason_outside_hours_also_for_what_would_end_after_closing(salon: Salon) -> None:
    request = salon.request(salon.perm, salon.emma)
    assert [reason(request, clock) for clock in ("07:55", "17:45", "17:50", "20:00")] == [
        Reason.OUTSIDE_HOURS,
        None,
        Reason.OUTSIDE_HOURS,
        Reason.OUTSIDE_HOURS,
    ]


def test_reason_if_nobody_offers_the_service(salon: Salon) -> None:
    Staff.objects.update(offers_all_services=False)
    assert reason(salon.request(salon.cut), "10:00") == Reason.STAFF_CANNOT_PROVIDE_SERVICE


def test_verdict_has_slots_or_a_reason_and_never_both(salon: Salon) -> None:
    """Incident C2: a case fell between two branches of the code."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    request = salon.request(salon.cut, salon.emma)
    verdicts = [check(request, start=at(MONDAY, clock)) for clock in ("10:00", "11:00", "06:00")]
    assert [(verdict.is_free, bool(verdict.slots), verdict.reason is None) for verdict in verdicts] == [
        (False, False, False),
        (True, True, True),
        (False, False, False),
    ]


# Incident 1 (C11)


def test_24_november_overlapping_perms_are_refused_and_the_rest_of_the_day_is_sold(salon: Salon) -> None:
    """Three overlapping perms had been typed in; then 16:30, 17:30, 15:00 and 12:00 were refused."""
    for start in ("11:00", "14:00"):
        salon.book(salon.perm, salon.emma, MONDAY, start)
        with pytest.raises(booking.SlotTaken):
            salon.book(salon.perm, salon.emma, MONDAY, "13:00")
    request = salon.request(salon.perm, salon.emma)
    assert {clock: reason(request, clock) for clock in ("12:00", "13:00", "15:00", "16:30", "17:30")} == {
        "12:00": Reason.TAKEN,
        "13:00": Reason.TAKEN,
        "15:00": Reason.TAKEN,
        "16:30": None,
        "17:30": None,
    }


@pytest.mark.parametrize("clock", ["16:30", "17:30"])
def test_24_november_what_is_called_free_can_be_booked(salon: Salon, clock: str) -> None:
    """Incidents C1, C4, C14: one source for what is offered and what is booked."""
    for start in ("11:00", "14:00", clock):
        salon.book(salon.perm, salon.emma, MONDAY, start)
    booked = booking.book(
        salon.request(salon.perm, salon.jonas), start=at(MONDAY, clock), visit=Visit(source=Source.PHONE)
    )
    assert booked.staff == salon.jonas


def test_colleague_can_take_what_the_wished_stylist_cannot(salon: Salon) -> None:
    salon.book(salon.perm, salon.emma, MONDAY, "11:00")
    assert names(salon.request(salon.perm), "12:00") == ["Jonas"]
