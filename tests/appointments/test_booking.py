"""Making appointments: afresh, and out of a hold.

When a test ends, the deferred triggers of the ledger are checked, so each of these also says that what
it leaves behind could be committed.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from appointments import booking, hooks
from appointments.availability import Reason
from appointments.booking import Visit
from appointments.models import Absence, Allocation, Appointment, Customer, Reservation, Staff
from appointments.models.appointment import Source, Status
from appointments.models.ledger import ReservationState
from appointments.rules.periods import Period
from tests.appointments.tables import everything, taken_by
from tests.salons import MONDAY, NOW, PERM, Salon, at, make_salon

PHONE = Visit(source=Source.PHONE)
PHONE_NUMBER = "+493012345999"
TEN = at(MONDAY, "10:00")


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def hold(salon: Salon, staff: Staff | None = None, holder: str = "call:1") -> Reservation:
    return booking.hold(salon.request(salon.perm, staff or salon.emma, holder=holder), start=TEN)


# Booking afresh


def test_book_copies_what_was_promised(salon: Salon) -> None:
    """Price, currency and phases stay as they were said, whatever becomes of the service."""
    customer = Customer.objects.create(company=salon.company, name="Erika Muster", phone=PHONE_NUMBER)
    visit = Visit(
        source=Source.PHONE,
        customer=customer,
        attendee_name="Max Muster",
        contact_phone="+493012345998",
        notes="Kommt etwas früher.",
        staff_wished=True,
    )
    booked = booking.book(salon.request(salon.perm, salon.emma), start=TEN, visit=visit)
    stored = Appointment.objects.values(
        *("company", "branch", "staff", "service", "customer", "attendee_name", "contact_phone", "notes"),
        *("starts_at", "ends_at", "status", "source", "price", "currency", "staff_wished"),
        *("created_at", "updated_at", "revision"),
    ).get(pk=booked.pk)
    assert stored == {
        "company": salon.company.pk,
        "branch": salon.branch.pk,
        "staff": salon.emma.pk,
        "service": salon.perm.pk,
        "customer": customer.pk,
        "attendee_name": "Max Muster",
        "contact_phone": "+493012345998",
        "notes": "Kommt etwas früher.",
        "starts_at": TEN,
        "ends_at": at(MONDAY, "12:15"),
        "status": Status.BOOKED,
        "source": Source.PHONE,
        "price": Decimal("85.00"),
        "currency": "EUR",
        "staff_wished": True,
        "created_at": NOW,
        "updated_at": NOW,
        "revision": 1,
    }


def test_book_copies_the_phases_once_each(salon: Salon) -> None:
    """Incident E2: twelve phases instead of six."""
    booked = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    phases = booked.phases.order_by("position")
    assert [(phase.name, phase.minutes, phase.busy) for phase in phases] == list(PERM)


def test_book_takes_the_busy_phases_with_buffers(salon: Salon) -> None:
    salon.perm.buffer_before_minutes, salon.perm.buffer_after_minutes = 5, 10
    salon.perm.save()
    booked = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    periods = [("09:55", "10:50"), ("11:05", "11:10"), ("11:20", "11:35"), ("11:35", "12:25")]
    assert taken_by(booked) == [Period(at(MONDAY, start), at(MONDAY, end)) for start, end in periods]


def test_book_stores_exactly_the_time_that_was_named(salon: Salon) -> None:
    """Incidents 2, A10, A26: 13:00 became 13:30, and 10:40 became 22:00."""
    salon.book(salon.cut, salon.emma, MONDAY, "13:00")
    assert Appointment.objects.get().starts_at == datetime(2025, 11, 24, 12, tzinfo=UTC)


def test_book_gives_anybody_the_next_stylist_until_all_are_taken(salon: Salon) -> None:
    staff = [salon.book(salon.cut, None, MONDAY, "10:00").staff for _attempt in range(2)]
    with pytest.raises(booking.SlotTaken):
        salon.book(salon.cut, None, MONDAY, "10:00")
    assert staff == [salon.emma, salon.jonas]


@pytest.mark.parametrize(
    ("clock", "reason"),
    [
        ("10:30", Reason.TAKEN),
        ("12:02", Reason.OFF_GRID),
        ("15:30", Reason.STAFF_ABSENT),
        ("06:00", Reason.OUTSIDE_HOURS),
    ],
)
def test_refused_booking_leaves_no_row_at_all(salon: Salon, clock: str, reason: Reason) -> None:
    """Incidents 3, D5: told "vergeben", but the row existed and was later sent to the calendar."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    Absence.objects.create(staff=salon.emma, starts_at=at(MONDAY, "15:00"), ends_at=at(MONDAY, "16:00"))
    before = everything()
    with pytest.raises(booking.Unavailable) as refused:
        salon.book(salon.cut, salon.emma, MONDAY, clock)
    assert (refused.value.reason, everything()) == (reason, before)


def test_refusal_names_the_other_appointment(salon: Salon) -> None:
    other = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    with pytest.raises(booking.SlotTaken) as refused:
        salon.book(salon.cut, salon.emma, MONDAY, "11:00")
    conflict = refused.value.conflict
    assert (conflict.appointment_id, conflict.service, conflict.starts_at, conflict.ends_at) == (
        other.pk,
        "Dauerwelle",
        TEN,
        at(MONDAY, "12:15"),
    )


def test_book_refuses_what_is_no_number_and_leaves_no_row(salon: Salon) -> None:
    before = everything()
    visit = Visit(source=Source.API, contact_phone="030 1234501")
    with pytest.raises(ValidationError) as refused:
        booking.book(salon.request(salon.cut), start=TEN, visit=visit)
    assert (list(refused.value.error_dict), everything()) == (["contact_phone"], before)


def test_book_refuses_another_companys_customer(salon: Salon) -> None:
    stranger = Customer.objects.create(company=make_salon("abendrot").company, name="Erika Muster")
    visit = Visit(source=Source.API, customer=stranger)
    with pytest.raises(ValidationError) as refused:
        booking.book(salon.request(salon.cut), start=TEN, visit=visit)
    assert [error.code for error in refused.value.error_dict["customer"]] == ["foreign_company"]


def test_customers_own_overlapping_appointment_does_not_block(salon: Salon) -> None:
    """She may bring a friend; it is for a person to say, not for the ledger."""
    customer = Customer.objects.create(company=salon.company, name="Erika Muster")
    visit = Visit(source=Source.STAFF, customer=customer)
    for staff in (salon.emma, salon.jonas):
        booking.book(salon.request(salon.cut, staff), start=TEN, visit=visit)
    assert customer.appointments.count() == 2


def test_book_makes_use_of_the_calls_own_hold(salon: Salon) -> None:
    hold(salon)
    booked = booking.book(
        salon.request(salon.perm, salon.emma, holder="call:1"), start=TEN, visit=Visit(source=Source.PHONE)
    )
    assert (Reservation.objects.get().state, len(taken_by(booked))) == (ReservationState.REPLACED, 4)


def test_book_clears_an_expired_hold_out_of_the_way(salon: Salon) -> None:
    hold(salon, holder="call:2")
    booked = salon.book(salon.perm, salon.emma, MONDAY, "10:00", now=later(90))
    assert (Reservation.objects.get().state, len(taken_by(booked))) == (ReservationState.EXPIRED, 4)


def test_book_is_refused_by_a_live_hold_of_another_call(salon: Salon) -> None:
    hold(salon, holder="call:2")
    with pytest.raises(booking.SlotTaken):
        salon.book(salon.perm, salon.emma, MONDAY, "10:00", now=later(89))


def test_person_may_book_a_walk_in_outside_of_hours(salon: Salon) -> None:
    booked = salon.book(salon.cut, salon.emma, MONDAY, "21:03", overrides_hours=True)
    assert booked.starts_at == at(MONDAY, "21:03")


@pytest.mark.parametrize(
    ("calendar", "source", "status"),
    [
        ("strict", Source.PHONE, Status.PROVISIONAL),
        ("strict", Source.STAFF, Status.BOOKED),
        ("mirror", Source.PHONE, Status.BOOKED),
        ("off", Source.PHONE, Status.BOOKED),
    ],
)
def test_strict_calendar_makes_bookings_by_phone_provisional(
    salon: Salon, calendar: str, source: Source, status: Status
) -> None:
    """Provisional blocks its time all the same."""
    salon.branch.calendar = calendar
    salon.branch.save()
    booked = booking.book(salon.request(salon.cut), start=TEN, visit=Visit(source=source))
    assert (booked.status, booked.is_blocking, len(taken_by(booked))) == (status, True, 1)


# Out of a hold


def test_convert_repoints_the_very_rows_of_the_hold(salon: Salon) -> None:
    """Incidents D1, 4: nothing is released in between, so nothing can be lost in between."""
    reservation = hold(salon)
    held = list(reservation.allocations.order_by("pk").values_list("pk", "during"))
    booked = booking.convert(reservation, visit=PHONE, now=later(60))
    reservation.refresh_from_db()
    assert (
        list(booked.allocations.order_by("pk").values_list("pk", "during")),
        taken_by(reservation),
        (reservation.state, reservation.appointment),
    ) == (held, [], (ReservationState.CONVERTED, booked))


def test_convert_twice_is_one_appointment(salon: Salon) -> None:
    """Incidents D6, D8, invariant I7: the platform repeats its calls."""
    reservation = hold(salon)
    both = [booking.convert(reservation, visit=PHONE, now=later(seconds)) for seconds in (60, 61)]
    assert both == [Appointment.objects.get()] * 2


def test_convert_keeps_the_phases_that_were_held(salon: Salon) -> None:
    reservation = hold(salon)
    salon.perm.phases.update(minutes=60)
    booked = booking.convert(reservation, visit=PHONE, now=later(60))
    assert (booked.ends_at, [phase.minutes for phase in booked.phases.order_by("position")]) == (
        at(MONDAY, "12:15"),
        [minutes for _name, minutes, _busy in PERM],
    )


def test_convert_keeps_a_promise_that_the_minimum_notice_has_overtaken(salon: Salon) -> None:
    """Held at a quarter to, booked a minute later: it was free when we said so."""
    now = at(MONDAY, "09:45")
    reservation = booking.hold(salon.request(salon.perm, salon.emma, holder="call:1", now=now), start=TEN)
    booked = booking.convert(reservation, visit=PHONE, now=now + timedelta(minutes=1))
    assert booked.starts_at == TEN


def test_convert_of_an_expired_hold_whose_time_nobody_took(salon: Salon) -> None:
    reservation = hold(salon)
    booked = booking.convert(reservation, visit=PHONE, now=later(5000))
    assert (booked.staff, len(taken_by(booked))) == (salon.emma, 4)


def test_convert_of_a_swept_hold_books_afresh(salon: Salon) -> None:
    reservation = hold(salon)
    booking.sweep(now=later(90))
    booked = booking.convert(reservation, visit=PHONE, now=later(91))
    reservation.refresh_from_db()
    assert (booked.starts_at, booked.staff, reservation.appointment) == (TEN, salon.emma, booked)


def test_convert_of_a_swept_hold_whose_time_was_taken_is_refused(salon: Salon) -> None:
    reservation = hold(salon)
    salon.book(salon.cut, salon.emma, MONDAY, "10:30", now=later(91))
    before = everything()
    with pytest.raises(booking.SlotTaken):
        booking.convert(reservation, visit=PHONE, now=later(92))
    assert everything() == before


def test_convert_refuses_what_is_no_number_and_leaves_the_hold(salon: Salon) -> None:
    reservation = hold(salon)
    before = everything()
    with pytest.raises(ValidationError):
        booking.convert(reservation, visit=Visit(source=Source.PHONE, contact_phone="anonymous"), now=NOW)
    assert everything() == before


# Hooks


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, int]]:
    """Revision, status and time taken, as another app hears of each change in its transaction."""
    notes: list[tuple[int, str, int]] = []
    monkeypatch.setattr(hooks, "_changed", [])

    @hooks.on_change
    def note(appointment: Appointment) -> None:
        stored = Appointment.objects.get(pk=appointment.pk)
        assert stored.revision == appointment.revision
        notes.append((stored.revision, stored.status, Allocation.objects.filter(appointment=stored).count()))

    return notes


def test_hooks_hear_of_every_change_once_with_its_new_revision(
    salon: Salon, heard: list[tuple[int, str, int]]
) -> None:
    """What a hook finds in the ledger is what will be committed."""
    booked = booking.convert(hold(salon), visit=PHONE, now=NOW)
    booking.edit(booked, {"notes": "Kommt später."}, now=NOW)
    booking.reschedule(booked, booking.Move(start=at(MONDAY, "12:00")), now=NOW)
    booking.cancel(booked, now=NOW)
    booking.mark(booked, Status.BOOKED, now=NOW)
    assert heard == [
        (1, "booked", 4),
        (2, "booked", 4),
        (3, "booked", 4),
        (4, "cancelled", 0),
        (5, "booked", 4),
    ]


def test_hooks_hear_nothing_of_what_is_refused_or_changes_nothing(
    salon: Salon, heard: list[tuple[int, str, int]]
) -> None:
    booked = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    booking.reschedule(booked, booking.Move(start=TEN), now=NOW)
    booking.mark(booked, Status.BOOKED, now=NOW)
    with pytest.raises(booking.SlotTaken):
        salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    assert heard == [(1, "booked", 1)]


@pytest.mark.usefixtures("heard")
def test_hook_that_fails_takes_the_change_with_it(salon: Salon) -> None:
    """Incident F1: the booking and the note that somebody must hear of it commit together."""

    @hooks.on_change
    def fail(_appointment: Appointment) -> None:
        raise OSError("no room")

    reservation = hold(salon)
    before = everything()
    with pytest.raises(OSError, match="no room"):
        booking.convert(reservation, visit=PHONE, now=NOW)
    assert everything() == before


# Customers


def test_customer_is_found_by_number_and_not_renamed(salon: Salon) -> None:
    """Incident H6: a mother booked for her child and was renamed."""
    facts = {"phone": PHONE_NUMBER, "now": NOW}
    mother = booking.find_or_create_customer(salon.company, name="Erika Muster", **facts)
    again = booking.find_or_create_customer(salon.company, name="Max Muster", **facts)
    assert (again, again.name) == (mother, "Erika Muster")


def test_customer_without_number_is_always_a_new_one(salon: Salon) -> None:
    """Incidents H2-H4: hidden numbers may book, and two of them are two people."""
    both = [
        booking.find_or_create_customer(salon.company, name="Erika Muster", phone=None, email="", now=NOW)
        for _call in range(2)
    ]
    assert [(customer.phone, customer.email) for customer in both] == [(None, None)] * 2


def test_customer_of_another_company_is_somebody_else(salon: Salon) -> None:
    """Incident I7: the same telephone number in two companies."""
    companies = (salon.company, make_salon("abendrot").company)
    both = {
        booking.find_or_create_customer(company, name="Erika Muster", phone=PHONE_NUMBER, now=NOW).pk
        for company in companies
    }
    assert len(both) == 2
