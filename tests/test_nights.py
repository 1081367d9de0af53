"""Both nights the clocks change, the new year, the leap day, and a clock that is set back (issue 8)."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from appointments import booking, waitlist
from appointments.availability import check
from appointments.integrity import daily
from appointments.models import (
    Appointment,
    Customer,
    IntegrityReport,
    OpeningHours,
    Reservation,
    WaitlistEntry,
)
from appointments.models.integrity import Trigger
from appointments.models.ledger import ReservationState
from config import schedules
from config.schedules import SCHEDULES, Recurring
from tests.nights import NIGHTS, hours_from, noon_before
from tests.salons import BERLIN, Salon, at, make_salon, open_on

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SWEEP = next(item for item in SCHEDULES if item.name == "sweep reservations")
DAILY = [item for item in SCHEDULES if item.at_night]
each_night = pytest.mark.parametrize("day", NIGHTS.values(), ids=NIGHTS)

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _keep_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scheduler closes what is in a transaction of somebody's, here the test's own."""
    monkeypatch.setattr("django_q.scheduler.close_old_django_connections", lambda: None)


@pytest.fixture
def salon() -> Salon:
    """Open day and night, also on New Year's Day."""
    salon = make_salon(slot_minutes=5, minimum_notice_minutes=0)
    salon.company.holidays = ""
    salon.company.save()
    OpeningHours.objects.all().delete()
    open_on(salon.branch, range(7), 0, 24 * 60)
    return salon


def local(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%d.%m. %H:%M}"


def done() -> list[str]:
    """What the queue has been given since the last look."""
    functions = [str(SignedPackage.loads(row.payload)["func"]) for row in OrmQ.objects.order_by("pk")]
    OrmQ.objects.all().delete()
    return functions


# What recurs


@each_night
@pytest.mark.parametrize("item", DAILY, ids=lambda item: item.name)
def test_what_belongs_into_the_night_is_done_once_a_night_at_half_past_three(
    item: Recurring, day: date
) -> None:
    """As many minutes as a day has on average put it into another hour until somebody deployed anew."""
    row = Schedule(**item.facts, next_run=item.first_run(noon_before(day, days=3)))
    ran = []
    for _night in range(5):
        ran.append(local(row.next_run))
        row.next_run = row.calculate_next_run()
    assert ran == [f"{day + timedelta(days=days):%d.%m.} 03:30" for days in range(-2, 3)]


@each_night
def test_the_queue_runs_it_once(day: date, clock: time_machine.Traveller) -> None:
    """django-q2's own scheduler, looked at every half an hour for three days."""
    begins = noon_before(day, days=2)
    Schedule.objects.all().delete()
    schedules.sync_schedules(now=begins, wanted=tuple(DAILY))
    ran: Counter[str] = Counter()
    for now in hours_from(begins, 72, minutes=30):
        clock.move_to(now + timedelta(seconds=1))
        scheduler(broker=get_broker())
        ran.update(f"{function} {local(now)}" for function in done())
    nights = [day + timedelta(days=days) for days in (-1, 0, 1)]
    assert ran == {f"{item.func} {night:%d.%m.} 03:30": 1 for item in DAILY for night in nights}


def test_a_schedule_of_another_hour_is_put_right(clock: time_machine.Traveller) -> None:
    """What was deployed as every 1440 minutes in winter had come to half past four by summer."""
    item, summer = DAILY[0], datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    schedules.sync_schedules(now=summer, wanted=(item,))
    late = datetime(2026, 7, 2, 2, 30, tzinfo=UTC)
    Schedule.objects.update(next_run=late, schedule_type=Schedule.MINUTES)

    schedules.sync_schedules(now=summer, wanted=(item,))

    assert local(Schedule.objects.get().next_run) == "02.07. 03:30"


@each_night
def test_the_report_of_the_night_is_made_once(day: date) -> None:
    salon = make_salon()
    made: dict[tuple[str | None, date], datetime] = {}
    for now in hours_from(noon_before(day), 30, minutes=10):
        for company in daily.due(now=now):
            row = IntegrityReport.objects.create(
                company=company,
                day=now.astimezone(BERLIN).date(),
                trigger=Trigger.DAILY,
                started_at=now,
                finished_at=now,
            )
            key = (company.slug if company else None, row.day)
            assert key not in made
            made[key] = now
    # The day before had passed two o'clock when we began.
    assert set(made) == {(whose, each) for whose in (None, salon.company.slug) for each in _days_until(day)}
    # In spring two o'clock is three, in autumn it is the first of two.
    expected = {"29.03.": "29.03. 03:00"}.get(f"{day:%d.%m.}", f"{day:%d.%m.} 02:00")
    assert local(made[salon.company.slug, day]) == expected
    assert made[salon.company.slug, day] - noon_before(day) <= 14 * HOUR


def test_a_task_of_yesterday_makes_no_report_of_today_before_two() -> None:
    """Seen under faketime: it waited past midnight, and the report of the night came at nine to two."""
    company = make_salon().company
    assert daily.report_due(company, now=datetime(2026, 3, 29, 0, 51, tzinfo=UTC)) is None
    assert not IntegrityReport.objects.exists()
    made = daily.report_due(company, now=datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
    assert made is not None
    assert made.day == date(2026, 3, 29)


def _days_until(day: date) -> list[date]:
    return [day - timedelta(days=1), day]


# What is held


@each_night
@pytest.mark.parametrize("hour_utc", [0, 1], ids=["midnight in UTC", "one in UTC"])
def test_a_hold_lasts_as_long_as_it_was_promised(salon: Salon, day: date, hour_utc: int) -> None:
    """Ninety seconds over the change: not an hour more, not an hour less."""
    made = datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC) - timedelta(seconds=30)
    ten = at(day, "10:00")
    booking.hold(salon.request(salon.cut, salon.emma, now=made, holder="call:1"), start=ten)

    assert [_is_free(salon, ten, made + timedelta(seconds=seconds)) for seconds in (0, 89, 90)] == [
        False,
        False,
        True,
    ]
    assert [booking.sweep(now=made + timedelta(seconds=seconds)) for seconds in (89, 90)] == [0, 1]


def test_a_hold_does_not_outlive_a_clock_that_is_set_back(salon: Salon) -> None:
    """It would have lasted for an hour and ninety seconds; the sweeper gives it the ninety seconds."""
    ten = at(date(2026, 11, 25), "10:00")
    hold = booking.hold(salon.request(salon.cut, salon.emma, now=NOW, holder="call:1"), start=ten)
    back = NOW - HOUR

    assert booking.sweep(now=back) == 0

    assert [_is_free(salon, ten, back + timedelta(seconds=seconds)) for seconds in (0, 89, 90)] == [
        False,
        False,
        True,
    ]
    hold.refresh_from_db()
    assert hold.expires_at_latest - hold.created_at == timedelta(minutes=10)
    assert (booking.sweep(now=back + timedelta(seconds=90)), _state(hold)) == (1, ReservationState.EXPIRED)


def test_a_hold_whose_call_is_still_talking_survives_it(salon: Salon) -> None:
    ten = at(date(2026, 11, 25), "10:00")
    hold = booking.hold(salon.request(salon.cut, salon.emma, now=NOW, holder="call:1"), start=ten)
    back = NOW - HOUR
    booking.sweep(now=back)

    booking.keep_alive("call:1", now=back + timedelta(seconds=60))

    assert not _is_free(salon, ten, back + timedelta(seconds=149))
    assert _is_free(salon, ten, back + timedelta(seconds=150))
    assert _state(hold) == ReservationState.HELD


def _is_free(salon: Salon, start: datetime, now: datetime) -> bool:
    return check(salon.request(salon.cut, salon.emma, now=now), start=start).is_free


def _state(hold: Reservation) -> str:
    hold.refresh_from_db()
    return hold.state


# What is booked and waited for


@each_night
def test_a_visit_over_the_change_takes_the_time_it_takes(salon: Salon, day: date) -> None:
    """An hour before the change until after it: 135 minutes on any clock, and the gap is another's."""
    before = datetime(day.year, day.month, day.day, tzinfo=UTC)
    start = before - timedelta(minutes=30)
    visit = booking.Visit(source="staff")  # type: ignore[arg-type]
    request = salon.request(salon.perm, salon.emma, now=noon_before(day))
    perm = booking.book(request, start=start, visit=visit)
    assert perm.ends_at - perm.starts_at == timedelta(minutes=135)
    taken = [(row.during.lower, row.during.upper) for row in perm.allocations.order_by("during")]
    assert sum((end - begin for begin, end in taken), timedelta()) == timedelta(minutes=110)
    assert Appointment.objects.blocking().count() == 1


@each_night
def test_whoever_waits_for_that_night_is_shown_what_can_be_booked(salon: Salon, day: date) -> None:
    entry = WaitlistEntry(
        company=salon.company,
        branch=salon.branch,
        customer=Customer.objects.create(company=salon.company, name="Jana Probst"),
        service=salon.cut,
        first_day=day,
        last_day=day,
        from_minute=60,
        until_minute=4 * 60,
    )
    now = noon_before(day)
    waitlist.add(entry, by=None, now=now)
    (match,) = waitlist.matches(WaitlistEntry.objects.all(), now=now)
    assert match.slots
    for slot in match.slots:
        assert check(salon.request(salon.cut, slot.staff, now=now), start=slot.start).is_free
        assert "01:00" <= f"{slot.start.astimezone(BERLIN):%H:%M}" <= "03:05"


# A clock that is set back


def test_what_comes_every_minute_does_not_wait_for_the_lost_hour(clock: time_machine.Traveller) -> None:
    schedules.sync_schedules(now=NOW, wanted=(SWEEP,))
    clock.shift(timedelta(seconds=1))
    scheduler(broker=get_broker())
    assert done() == [SWEEP.func]

    clock.shift(-HOUR)
    scheduler(broker=get_broker())
    assert done() == []  # without us, for an hour
    schedules.follow_the_clock(now=timezone.now(), wanted=(SWEEP,))
    clock.shift(timedelta(seconds=1))
    scheduler(broker=get_broker())
    assert done() == [SWEEP.func]
    # And then again every minute, not more often.
    assert schedules.follow_the_clock(now=timezone.now(), wanted=(SWEEP,)) == 0
    scheduler(broker=get_broker())
    assert done() == []


def test_half_past_three_that_comes_twice_is_one_night(clock: time_machine.Traveller) -> None:
    item = DAILY[0]
    clock.move_to(at(date(2026, 11, 24), "03:31"))
    schedules.sync_schedules(now=timezone.now() - HOUR, wanted=(item,))
    scheduler(broker=get_broker())
    assert done() == [item.func]

    clock.shift(-HOUR)
    assert schedules.follow_the_clock(now=timezone.now(), wanted=(item,)) == 0
    for _half_an_hour in range(10):
        scheduler(broker=get_broker())
        clock.shift(timedelta(minutes=30))
    assert done() == []


def test_a_clock_that_was_days_ahead_leaves_no_night_out() -> None:
    item = DAILY[0]
    schedules.sync_schedules(now=NOW + timedelta(days=5), wanted=(item,))
    assert schedules.follow_the_clock(now=NOW, wanted=(item,)) == 1
    assert local(Schedule.objects.get().next_run) == "25.11. 03:30"


def test_the_worker_notices_by_itself(clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what was put into the queue before."""
    monkeypatch.setattr(Conf, "POLL", 0)
    async_task("builtins.len", [])
    Schedule.objects.update(next_run=NOW + timedelta(minutes=1))
    clock.shift(-HOUR)

    broker = get_broker()
    assert not broker.dequeue()
    clock.shift(timedelta(seconds=1))
    ((_pk, payload),) = broker.dequeue()

    assert SignedPackage.loads(payload)["func"] == "builtins.len"
    late = timezone.now() + timedelta(minutes=2)
    minutely = [schedules.PREFIX + item.name for item in SCHEDULES if item.minutes == 1]
    assert not Schedule.objects.filter(name__in=minutely, next_run__gt=late).exists()


@pytest.mark.parametrize("forward", [timedelta(0), HOUR, timedelta(days=3)])
def test_nothing_is_moved_while_the_clock_goes_on(forward: timedelta) -> None:
    schedules.sync_schedules(now=NOW)
    before = list(Schedule.objects.values())
    assert schedules.follow_the_clock(now=NOW + forward) == 0
    assert list(Schedule.objects.values()) == before


def test_midnight_passed_twice_makes_no_second_report() -> None:
    make_salon()
    two = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    for company in daily.due(now=two):
        daily.report_due(company, now=two)
    assert [daily.due(now=two + step) for step in (-HOUR, timedelta(0), HOUR)] == [[], [], []]
