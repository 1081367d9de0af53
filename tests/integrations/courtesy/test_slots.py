"""What Cal.com told about its slots: what it means, how long it is remembered, when it is fetched."""

from collections.abc import Iterator
from datetime import date, timedelta
from time import monotonic
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from appointments import availability
from appointments.models import Company
from integrations import courtesy, slot_memory
from integrations.courtesy.verdicts import Verdict, verdict
from integrations.slot_memory import Day
from integrations.tasks import sync_calendar, warm_slots
from tests.integrations.calendar import CUTS, CalendarSalon, calendar_salon
from tests.salons import MONDAY, NOW, at

EMMA = CUTS[101]


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    cache.clear()
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


class TestVerdict:
    """Absent means taken only on the event type's own grid."""

    slots = frozenset({at(MONDAY, "09:00"), at(MONDAY, "09:30"), at(MONDAY, "11:00")})

    @pytest.mark.parametrize(
        ("clock", "interval", "expected"),
        [
            ("09:30", 30, Verdict.FREE),
            ("10:00", 30, Verdict.TAKEN),
            ("10:10", 30, Verdict.UNKNOWN),
            ("10:10", 5, Verdict.TAKEN),
            ("10:00", None, Verdict.UNKNOWN),
        ],
    )
    def test_one_start(self, clock: str, interval: int | None, expected: Verdict) -> None:
        assert verdict(at(MONDAY, clock), self.slots, interval) is expected

    def test_a_day_without_slots_shows_no_grid(self) -> None:
        assert verdict(at(MONDAY, "10:00"), (), 30) is Verdict.UNKNOWN


@pytest.mark.usefixtures("either_cache")
class TestMemory:
    day = Day(company_id=1, host_id=101, event_type_id=EMMA, day=MONDAY)

    def told(self, *clocks: str, day: Day | None = None) -> None:
        day = day or self.day
        slots = [at(MONDAY, clock) for clock in clocks]
        slot_memory.remember({day: slots}, versions=slot_memory.versions_of([day]))

    def test_it_is_remembered(self) -> None:
        self.told("09:00")
        assert slot_memory.recall([self.day])[self.day].slots == {at(MONDAY, "09:00")}

    def test_nothing_is_remembered_of_a_day_that_has_changed(self) -> None:
        """Incidents J1 and J2: whoever writes need not know what others have asked."""
        self.told("09:00")
        slot_memory.forget(Company(pk=1), [(101, at(MONDAY, "15:00"))])
        assert not slot_memory.recall([self.day])

    def test_of_a_time_to_come_it_knows_nothing(self) -> None:
        """The clock was set back: how old it is cannot be said."""
        slot_memory.remember({self.day: [at(MONDAY, "09:00")]}, versions={})
        with time_machine.travel(timezone.now() - timedelta(hours=1)):
            assert not slot_memory.recall([self.day])

    def test_an_answer_that_was_overtaken_is_not_remembered(self) -> None:
        versions = slot_memory.versions_of([self.day])
        slot_memory.forget(Company(pk=1), [(101, at(MONDAY, "15:00"))])
        slot_memory.remember({self.day: [at(MONDAY, "09:00")]}, versions=versions)
        assert not slot_memory.recall([self.day])

    def test_companies_share_nothing(self) -> None:
        """Incident I1: two tenants with the same event type."""
        self.told("09:00")
        assert not slot_memory.recall([self.day._replace(company_id=2)])

    def test_other_hosts_and_days_are_kept(self) -> None:
        self.told("09:00")
        slot_memory.forget(Company(pk=1), [(102, at(MONDAY, "15:00"))])
        slot_memory.forget(Company(pk=1), [(101, at(MONDAY + timedelta(days=3), "15:00"))])
        assert slot_memory.recall([self.day])


def starts(calendar: CalendarSalon) -> list[str]:
    """What is offered around ten on Monday with Emma."""
    salon = calendar.salon
    request = salon.request(salon.cut, salon.emma, now=timezone.now())
    found = availability.alternatives(
        request,
        near=at(MONDAY, "10:00"),
        sieve=courtesy.sieve(salon.branch, salon.cut, deadline=monotonic() + 60),
    )
    return sorted(f"{slot.start.astimezone(salon.branch.zone):%H:%M}" for slot in found)


def test_offers_are_free_there_too(calendar: CalendarSalon) -> None:
    free = starts(calendar)
    assert "10:00" in free
    cache.clear()
    calendar.sandbox.book(EMMA, at(MONDAY, "09:45"))

    assert "10:00" not in starts(calendar)


def test_the_same_day_is_asked_about_once(calendar: CalendarSalon) -> None:
    starts(calendar)
    assert calendar.sandbox.operations() == ["slots"]
    starts(calendar)
    assert calendar.sandbox.operations() == ["slots"]


def test_what_we_book_there_is_known_at_once(calendar: CalendarSalon) -> None:
    starts(calendar)
    calendar.cut("10:00")
    sync_calendar()
    calendar.sandbox.forget_requests()

    starts(calendar)
    assert calendar.sandbox.operations() == ["slots"]


def test_without_an_answer_offers_are_made_all_the_same(calendar: CalendarSalon) -> None:
    calendar.sandbox.faults.add("error_before", "slots", times=None)
    assert "10:00" in starts(calendar)


def test_what_was_booked_most_is_fetched_beforehand(calendar: CalendarSalon) -> None:
    last_week = MONDAY - timedelta(days=7)
    with time_machine.travel(at(last_week, "08:00"), tick=True):
        calendar.salon.book(calendar.salon.cut, calendar.salon.emma, last_week, "10:00", now=timezone.now())

    assert warm_slots() == 3
    assert calendar.sandbox.operations() == ["slots"]
    assert warm_slots() == 0  # it is still remembered
    today = date(2025, 11, 23)
    company = calendar.salon.company.pk
    assert set(slot_memory.recall([Day(company, 101, EMMA, today + timedelta(days=n)) for n in range(3)]))


def test_nothing_is_fetched_beforehand_when_requests_run_low(calendar: CalendarSalon, settings: Any) -> None:
    last_week = MONDAY - timedelta(days=7)
    with time_machine.travel(at(last_week, "08:00"), tick=True):
        calendar.salon.book(calendar.salon.cut, calendar.salon.emma, last_week, "10:00", now=timezone.now())
    settings.CALENDAR_REQUESTS_PER_MINUTE = calendar.world.rate_limit = 10
    for _ in range(4):
        calendar.cut()
        cache.clear()
        starts(calendar)
        calendar.salon.company.appointments.filter(starts_at__gte=NOW).delete()

    assert warm_slots() == 0
