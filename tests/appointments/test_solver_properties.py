"""The solver against every salon that can be thought of (invariants I1 and I2).

Whatever the service, the hours, the absences, the zone and the night: what the solver lists is what the
slow oracle finds, ``check`` says the same of each single start, and what is listed can be booked.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import Phase as Phases
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments import booking
from appointments.availability import Request, check, solver
from appointments.availability import free_starts as listed_starts
from appointments.availability.snapshot import Snapshot, StaffTime
from appointments.models import (
    Absence,
    Allocation,
    Branch,
    Company,
    OpeningHours,
    Reservation,
    Service,
    ServicePhase,
    Staff,
    StaffServicePhases,
    WorkingHours,
)
from appointments.models.appointment import Source
from appointments.rules.hours import days_between, open_periods
from appointments.rules.periods import Period, merge, subtract
from appointments.rules.phases import Phase, Plan
from tests.appointments.oracle import Case, Person, Span, Weekly, free_starts, shown, to_minute, to_moment
from tests.appointments.racing import overlaps
from tests.salons import BERLIN

LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
# The days of both changes and one of summer, in a zone that changes by an hour and one by half an hour.
NIGHTS = [
    (BERLIN, date(2026, 10, 25)),
    (BERLIN, date(2026, 3, 29)),
    (BERLIN, date(2026, 7, 6)),
    (LORD_HOWE, date(2026, 4, 5)),
    (LORD_HOWE, date(2026, 10, 4)),
    (LORD_HOWE, date(2026, 7, 6)),
]
# The same examples every time: a run that fails must fail again, here and anywhere else.
always = partial(settings, derandomize=True, database=None, deadline=None)
# Looking for the smallest example with a database takes minutes; the tests without one will find it.
at_once = partial(always, phases=[Phases.explicit, Phases.generate])


# Strategies


ALL_DAY = [(0, 24 * 60)]
# From 0:00 and until 24:00 with a break at night, when the clocks change.
NIGHT_SHIFT = [(0, 110), (170, 300), (480, 24 * 60)]


def odd_hours() -> st.SearchStrategy[list[Span]]:
    """Up to three pairs that do not overlap, at any minute."""
    edges = st.lists(st.integers(0, 24 * 60), unique=True, min_size=2, max_size=6).map(sorted)
    return edges.map(lambda drawn: list(zip(drawn[0::2], drawn[1::2], strict=False)))


def weekly(day: date) -> st.SearchStrategy[Weekly]:
    """Hours of the day and its neighbours. Mostly long, so that something is free."""
    hours = st.sampled_from([ALL_DAY, ALL_DAY, NIGHT_SHIFT, [(480, 1200)], [(480, 720), (765, 1200)], None])
    neighbours = {(day + timedelta(days=offset)).weekday() for offset in (-1, 0, 1)}
    drawn = hours.flatmap(lambda known: st.just(known) if known else odd_hours())
    return st.fixed_dictionaries(dict.fromkeys(neighbours, drawn))


def spans_around(first: int, most: int) -> st.SearchStrategy[list[Span]]:
    """Up to ``most`` stretches that do not overlap, from the evening before on or around the night after;
    some back to back.
    """
    steps = st.lists(st.integers(0, 300), max_size=2 * most)
    begin = st.sampled_from([first - 300, first + 1200])

    def spread(drawn: tuple[int, list[int]]) -> list[Span]:
        edges = list(accumulate(drawn[1], initial=drawn[0]))
        return [(start, end) for start, end in list(pairwise(edges))[1::2] if start < end]

    return st.tuples(begin, steps).map(spread)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    zone, night = draw(st.sampled_from(NIGHTS))
    day = night + timedelta(days=draw(st.integers(-1, 1)))
    first = shown(day, zone)[0][0]
    phases = draw(
        st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=7).filter(
            lambda phases: any(busy for _minutes, busy in phases)
        )
    )
    own = st.none() | st.lists(st.integers(1, 40), min_size=len(phases), max_size=len(phases))
    people = st.builds(
        Person,
        shifts=st.none() | weekly(day),
        absences=st.just([]) | spans_around(first, 2),
        taken=spans_around(first, 4),
        own_minutes=own,
    )
    # Mostly the day before, sometimes in the middle of the day, to the second.
    now = to_moment(first) + timedelta(seconds=draw(st.sampled_from([-90_000, -90_000, 20_000, 43_217])))
    return Case(
        zone=zone,
        day=day,
        slot_minutes=draw(st.sampled_from([5, 7, 15, 30])),
        opening=draw(weekly(day)),
        phases=phases,
        buffer_before=draw(st.integers(0, 20)),
        buffer_after=draw(st.integers(0, 20)),
        blocks_span=draw(st.booleans()),
        people=draw(st.lists(people, min_size=1, max_size=2)),
        now=now,
        notice_minutes=draw(st.sampled_from([0, 15, 120])),
        horizon_days=draw(st.sampled_from([180, 180, 180, 1, 0])),
    )


# Without a database: many salons, every minute of a day


def period(span: Span) -> Period:
    return Period(*map(to_moment, span))


def in_memory(case: Case) -> Snapshot:
    company = Company(timezone=case.zone.key)
    branch = Branch(
        company=company,
        slot_minutes=case.slot_minutes,
        minimum_notice_minutes=case.notice_minutes,
        horizon_days=case.horizon_days,
    )
    days = days_between(case.day - timedelta(days=1), case.day + timedelta(days=1))

    def periods(hours: Weekly) -> list[Period]:
        return merge(
            one for day in days for one in open_periods(day, hours.get(day.weekday(), ()), case.zone)
        )

    opening = periods(case.opening)
    return Snapshot(
        request=Request(branch=branch, service=Service(), now=case.now),
        days=[case.day],
        opening=opening,
        staff=[
            StaffTime(
                staff=Staff(pk=index, name=str(index)),
                plan=plan_of(case, person),
                working=subtract(
                    opening if person.shifts is None else periods(person.shifts), map(period, person.absences)
                ),
                busy=[period(span) for span in person.taken],
                own_holds=[],
                overdue=[],
                earliest=case.now + timedelta(minutes=branch.minimum_notice_minutes),
            )
            for index, person in enumerate(case.people)
        ],
    )


def plan_of(case: Case, person: Person) -> Plan:
    lengths = person.own_minutes or [minutes for minutes, _busy in case.phases]
    return Plan(
        phases=tuple(
            Phase("", length, busy) for length, (_minutes, busy) in zip(lengths, case.phases, strict=True)
        ),
        buffer_before=case.buffer_before,
        buffer_after=case.buffer_after,
        blocks_span=case.blocks_span,
    )


def minutes_of_the_day(case: Case) -> list[datetime]:
    return [to_moment(minute) for minute, _label in shown(case.day, case.zone)]


@always(max_examples=150)
@given(cases())
def test_free_starts_are_those_of_the_oracle(case: Case) -> None:
    snapshot = in_memory(case)
    listed = [
        (start, time.staff.pk) for time in snapshot.staff for start in solver.free_starts_of(time, snapshot)
    ]
    assert sorted(listed) == free_starts(case)


@always(max_examples=50)
@given(cases(), st.integers(0, 59_999_999))
def test_a_minute_is_free_exactly_when_it_is_listed(case: Case, microseconds: int) -> None:
    """For every minute of the day, on the grid or not, and for one instant within each minute."""
    snapshot = in_memory(case)
    instants = [minute + timedelta(microseconds=microseconds) for minute in minutes_of_the_day(case)]
    every = sorted({*minutes_of_the_day(case), *instants})
    for time in snapshot.staff:
        listed = list(solver.free_starts_of(time, snapshot))
        assert [start for start in every if solver.is_free(time, snapshot, start)] == listed


@always(max_examples=30)
@given(cases())
def test_whatever_is_not_free_has_a_reason(case: Case) -> None:
    """Incident C2: a case fell between two branches."""
    snapshot = in_memory(case)
    free = {start for start, _index in free_starts(case)}
    taken = [start for start in minutes_of_the_day(case) if start not in free]
    reasons = {solver.reason_against(snapshot, start) for start in taken}
    assert reasons <= set(solver.Reason) - {solver.Reason.HOLIDAY, solver.Reason.STAFF_CANNOT_PROVIDE_SERVICE}


# With a database: fewer salons, booked as well


def stored(case: Case) -> Request:
    company = Company.objects.create(name="Morgenrot", slug="morgenrot", timezone=case.zone.key)
    branch = Branch.objects.create(
        company=company,
        name="Mitte",
        slot_minutes=case.slot_minutes,
        minimum_notice_minutes=case.notice_minutes,
        horizon_days=case.horizon_days,
        calendar="mirror",
    )
    service = Service.objects.create(
        company=company,
        name="Dauerwelle",
        buffer_before_minutes=case.buffer_before,
        buffer_after_minutes=case.buffer_after,
        calendar_layout="block" if case.blocks_span else "phases",
    )
    ServicePhase.objects.bulk_create(
        ServicePhase(service=service, position=position, minutes=minutes, busy=busy)
        for position, (minutes, busy) in enumerate(case.phases, start=1)
    )
    OpeningHours.objects.bulk_create(OpeningHours(branch=branch, **hours) for hours in rows(case.opening))
    request = Request(branch=branch, service=service, now=case.now)
    for index, person in enumerate(case.people):
        store_person(request, index, person)
    return request


def rows(hours: Weekly) -> list[dict[str, int]]:
    return [
        {"weekday": weekday, "start_minute": start, "end_minute": end}
        for weekday, pairs in hours.items()
        for start, end in pairs
    ]


def store_person(request: Request, index: int, person: Person) -> None:
    company, branch = request.branch.company, request.branch
    staff = Staff.objects.create(
        company=company, branch=branch, name=str(index), follows_branch_hours=person.shifts is None
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(staff=staff, **hours) for hours in rows(person.shifts or {})
    )
    Absence.objects.bulk_create(
        Absence(staff=staff, starts_at=to_moment(start), ends_at=to_moment(end))
        for start, end in person.absences
    )
    if person.own_minutes:
        StaffServicePhases.objects.create(
            company=company, staff=staff, service=request.service, minutes=person.own_minutes
        )
    if person.taken:
        take(request, staff, person.taken)


def take(request: Request, staff: Staff, spans: Sequence[Span]) -> None:
    """As the hold of a call that never ends."""
    never = datetime(2036, 1, 1, tzinfo=UTC)
    start, end = to_moment(spans[0][0]), to_moment(spans[-1][1])
    times = {"starts_at": start, "ends_at": end, "created_at": request.now}
    owner = Reservation.objects.create(
        company=staff.company,
        branch=request.branch,
        staff=staff,
        service=request.service,
        holder="call:0",
        phases=[],
        expires_at=never,
        expires_at_latest=never,
        **times,
    )
    Allocation.objects.bulk_create(
        Allocation(
            company=staff.company,
            staff=staff,
            reservation=owner,
            position=position,
            during=tuple(map(to_moment, span)),
        )
        for position, span in enumerate(spans)
    )


def with_what_is_taken_now(case: Case) -> Case:
    """The same salon after bookings, as the ledger has it."""
    people = []
    for person, staff in zip(case.people, Staff.objects.order_by("pk"), strict=True):
        spans = [
            (to_minute(one.period.start), to_minute(one.period.end)) for one in staff.allocation_set.all()
        ]
        people.append(Person(person.shifts, person.absences, spans, person.own_minutes))
    return Case(**{**vars(case), "people": people})


def starts(request: Request, day: date) -> list[tuple[datetime, int]]:
    order = list(Staff.objects.order_by("pk"))
    return [(slot.start, order.index(slot.staff)) for slot in listed_starts(request, first=day, last=day)]


@pytest.mark.django_db
@at_once(max_examples=30)
@given(cases(), st.lists(st.integers(0, 10_000), min_size=2, max_size=2))
def test_what_is_listed_can_be_booked_and_is_then_taken(case: Case, picks: list[int]) -> None:
    with transaction.atomic():
        request = stored(case)
        assert starts(request, case.day) == free_starts(case)
        for pick in picks:
            slots = listed_starts(request, first=case.day, last=case.day)
            if not slots:
                break
            slot = slots[pick % len(slots)]
            alone = request.with_staff(slot.staff)
            booked = booking.book(alone, start=slot.start, visit=booking.Visit(source=Source.PHONE))
            assert (booked.starts_at, booked.ends_at) == (slot.start, slot.end)
            assert check(alone, start=slot.start).is_free is False
            assert overlaps() == 0
        assert starts(request, case.day) == free_starts(with_what_is_taken_now(case))
        transaction.set_rollback(True)


@pytest.mark.django_db
@at_once(max_examples=15)
@given(cases(), st.lists(st.integers(0, 24 * 60 - 1), min_size=8, max_size=8))
def test_check_says_of_single_starts_what_the_list_says_of_all(case: Case, picks: list[int]) -> None:
    """Both read the database for themselves: one for three days, the other for one start."""
    around = [case.day + timedelta(days=offset) for offset in (-1, 1)]
    with transaction.atomic():
        request = stored(case)
        listed = {slot.start for slot in listed_starts(request, first=around[0], last=around[1])}
        clock = shown(case.day, case.zone)
        some = {to_moment(clock[pick % len(clock)][0]) for pick in picks}
        some |= set(sorted(listed)[:2]) | set(sorted(listed)[-2:])
        assert {start for start in some if check(request, start=start).is_free} == some & listed
        transaction.set_rollback(True)
