"""Those who wait: what is free for them, in whose turn, and that one click books."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from appointments import booking, waitlist
from appointments.availability import check
from appointments.models import Absence, Appointment, Customer, Staff, WaitlistEntry
from appointments.models.waitlist import WaitlistQuerySet, WaitlistState
from appointments.waitlist import Freed, Match
from tests.appointments import racing
from tests.appointments.racing import meanwhile
from tests.salons import MONDAY, NOW, Salon, at

TUESDAY = MONDAY + timedelta(days=1)
FULL = (at(MONDAY, "00:00"), at(TUESDAY, "00:00"))


def waits(salon: Salon, name: str = "Jana Probst", *, now: datetime = NOW, **facts: Any) -> WaitlistEntry:
    """For a cut on Monday, to anybody, unless ``facts`` say otherwise."""
    entry = WaitlistEntry(
        company=salon.company,
        branch=salon.branch,
        customer=Customer.objects.create(company=salon.company, name=name),
        **{"service": salon.cut, "first_day": MONDAY, "last_day": MONDAY, **facts},
    )
    return waitlist.add(entry, by=None, now=now)


def away(staff: Staff, day: date = MONDAY) -> Absence:
    start = at(day, "00:00")
    return Absence.objects.create(staff=staff, starts_at=start, ends_at=start + timedelta(days=1))


def found(entries: Sequence[WaitlistEntry] | None = None) -> list[Match]:
    rows = WaitlistEntry.objects.waiting().by_age() if entries is None else entries
    return waitlist.matches(rows, now=NOW)


def shown(match: Match) -> list[str]:
    return [f"{slot.staff.first_name} {slot.start.astimezone(NOW.tzinfo):%H:%M}" for slot in match.slots]


def test_what_is_free_is_found_and_can_be_booked(salon: Salon) -> None:
    entry = waits(salon, from_minute=14 * 60, until_minute=17 * 60)
    (match,) = found()
    # The last cut that is over at five begins at five past four.
    assert shown(match) == ["Emma 14:00", "Emma 15:00", "Emma 16:00"]
    for slot in match.slots:
        assert check(salon.request(salon.cut, slot.staff), start=slot.start).is_free
    appointment = waitlist.take(entry, staff=salon.emma, start=match.slots[0].start, now=NOW)
    entry.refresh_from_db()
    assert (entry.state, entry.appointment) == (WaitlistState.BOOKED, appointment)
    assert (appointment.customer, appointment.staff_wished) == (entry.customer, False)
    assert found() == []


def test_the_window_has_to_hold_the_whole_visit(salon: Salon) -> None:
    waits(salon, from_minute=14 * 60, until_minute=14 * 60 + 54)
    assert found() == []


@pytest.mark.parametrize(
    "frees",
    [
        lambda _absence, taken: booking.cancel(taken, now=NOW),
        lambda _absence, taken: booking.reschedule(taken, booking.Move(at(TUESDAY, "10:00")), now=NOW),
        lambda absence, _taken: absence.delete(),
    ],
    ids=["cancelled", "moved", "absence removed"],
)
def test_whatever_frees_time_shows_who_fits(salon: Salon, frees: Any) -> None:
    absence = away(salon.jonas)
    taken = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    waits(salon, from_minute=10 * 60, until_minute=11 * 60)
    assert found() == []
    frees(absence, taken)
    assert [shown(match)[0] for match in found()] in (["Emma 10:00"], ["Jonas 10:00"])


def test_a_hold_that_expires_frees_its_time(salon: Salon) -> None:
    entry = waits(salon, staff=salon.emma, from_minute=10 * 60, until_minute=11 * 60)
    booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "10:00"))
    assert found() == []
    (match,) = waitlist.matches([entry], now=NOW + timedelta(minutes=2))
    assert shown(match) == ["Emma 10:00"]


def test_a_wished_stylist_is_the_only_one(salon: Salon) -> None:
    waits(salon, staff=salon.emma)
    away(salon.emma)
    assert found() == []


def test_whoever_has_waited_longest_comes_first(salon: Salon) -> None:
    second = waits(salon, "Lena")
    first = waits(salon, "Jana", now=NOW - timedelta(days=1), last_day=TUESDAY)
    assert [match.entry for match in found()] == [first, second]


def test_days_that_have_passed_leave_by_themselves(salon: Salon) -> None:
    entry = waits(salon)
    tomorrow = NOW + timedelta(days=2)
    assert waitlist.matches([entry], now=tomorrow) == []
    assert waitlist.refresh(salon.branch, now=tomorrow) == 0
    entry.refresh_from_db()
    assert entry.state == WaitlistState.EXPIRED
    with pytest.raises(booking.NotAllowed):
        waitlist.take(entry, staff=salon.emma, start=at(MONDAY + timedelta(days=7), "10:00"), now=tomorrow)
    assert not Appointment.objects.exists()


def test_somebody_was_faster_and_the_entry_waits_on(salon: Salon) -> None:
    entry = waits(salon)
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    with pytest.raises(booking.SlotTaken, match="Emma Keller"):
        waitlist.take(entry, staff=salon.emma, start=at(MONDAY, "10:00"), now=NOW)
    entry.refresh_from_db()
    assert entry.state == WaitlistState.OPEN


@pytest.mark.parametrize(("guarded", "booked"), [(True, 1), (False, 2)])
def test_two_who_click_at_once_book_one(
    committed: Salon, monkeypatch: pytest.MonkeyPatch, *, guarded: bool, booked: int
) -> None:
    """At different times and stylists: only the lock of the entry makes the second wait and look again."""
    entry = waits(committed)
    if not guarded:
        monkeypatch.setattr(WaitlistQuerySet, "select_for_update", lambda rows, **_options: rows)
        # The second has to have read before it waits for what the first has written.
        monkeypatch.setattr(racing, "PATIENCE", 1.5)

    def click(clock: str, staff: Staff) -> Appointment:
        return waitlist.take(entry, staff=staff, start=at(MONDAY, clock), now=NOW)

    outcomes = meanwhile(
        "appointments.waitlist.entries._close",
        lambda: click("10:00", committed.emma),
        lambda: click("15:00", committed.jonas),
    )
    assert sum(isinstance(one, Appointment) for one in outcomes) == booked
    assert Appointment.objects.count() == booked


def test_what_was_freed_names_who_fits_into_it(salon: Salon) -> None:
    waits(salon, "Jana", until_minute=12 * 60)
    waits(salon, "Lena", from_minute=12 * 60)
    waits(salon, "Ida", staff=salon.jonas)
    waits(salon, "Ruth", first_day=TUESDAY, last_day=TUESDAY)
    taken = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    freed = Freed.by(taken)
    assert waitlist.fitting_into(freed, now=NOW) == []
    booking.cancel(taken, now=NOW)
    assert [match.entry.customer.name for match in waitlist.fitting_into(freed, now=NOW)] == ["Jana"]
    assert waitlist.fitting_into(freed, now=at(MONDAY, "11:00")) == []


def test_a_change_asks_the_worker_to_look_where_somebody_waits(
    salon: Salon, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    assert not OrmQ.objects.exists()
    entry = waits(salon)
    with django_capture_on_commit_callbacks(execute=True):
        booking.cancel(Appointment.objects.get(), now=NOW)
    assert OrmQ.objects.get().func() == "appointments.tasks.refresh_waitlist"
    waitlist.refresh(salon.branch, now=NOW)
    entry.refresh_from_db()
    assert entry.fits_at == at(MONDAY, "08:00")


def test_an_entry_goes_with_its_customer(salon: Salon) -> None:
    """Erased, nobody waits any more; a stranger does not move in."""
    entry = waits(salon)
    entry.customer.delete()
    assert not WaitlistEntry.objects.exists()


def test_an_entry_follows_when_two_records_become_one(salon: Salon) -> None:
    entry = waits(salon)
    kept = Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930231250")
    booking.unite(kept, entry.customer, now=NOW)
    (match,) = found()
    assert (match.entry, match.entry.customer) == (entry, kept)


def test_offered_waits_on_and_withdrawn_does_not(salon: Salon) -> None:
    entry = waits(salon)
    assert waitlist.offer([entry]) == 1
    assert waitlist.offer([entry]) == 0
    assert [match.entry for match in found()] == [entry]
    assert waitlist.withdraw([entry]) == 1
    assert found() == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"last_day": MONDAY - timedelta(days=7), "first_day": MONDAY - timedelta(days=7)}, "past"),
        ({"last_day": MONDAY - timedelta(days=1)}, "end_before_start"),
        ({"from_minute": 900, "until_minute": 900}, "end_before_start"),
    ],
)
def test_what_makes_no_sense_is_refused(salon: Salon, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        waits(salon, **facts)
    codes = [one.code for errors in caught.value.error_dict.values() for one in errors]
    assert code in codes


def test_as_many_queries_for_many_as_for_one(salon: Salon) -> None:
    def queries() -> int:
        rows = list(WaitlistEntry.objects.waiting().select_related(*waitlist.RELATED))
        with CaptureQueriesContext(connection) as seen:
            assert len(found(rows)) == len(rows)
        return len(seen)

    waits(salon)
    one = queries()
    for number in range(8):
        waits(salon, f"Kundin {number}", service=salon.perm, last_day=TUESDAY)
    assert queries() == one <= 11
