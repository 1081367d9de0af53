"""Whoever writes, by whatever way: two promises of one stylist's time cannot be stored (invariant I1).

Nothing here goes through the booking module; the database alone has to refuse.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments import booking
from appointments.models import Allocation, Appointment, AppointmentPhase, Reservation
from appointments.models.appointment import BLOCKING, Source, Status
from tests.appointments.refusals import refused_by
from tests.salons import MONDAY, NOW, Salon, at

TEN = at(MONDAY, "10:00")
ELEVEN = at(MONDAY, "11:00")
CUT = timedelta(minutes=55)
NOT_BLOCKING = [status for status in Status.values if status not in BLOCKING]


def appointment_row(salon: Salon, start: datetime = TEN, status: str = "booked") -> Appointment:
    """As an import or a shell would make one: everything but its time in the ledger."""
    return Appointment(
        company=salon.company,
        branch=salon.branch,
        staff=salon.emma,
        service=salon.cut,
        starts_at=start,
        ends_at=start + CUT,
        status=status,
        source=Source.IMPORT,
        currency="EUR",
        created_at=NOW,
        updated_at=NOW,
    )


def phase_row(appointment: Appointment) -> AppointmentPhase:
    facts = {"starts_at": appointment.starts_at, "ends_at": appointment.ends_at}
    return AppointmentPhase(appointment=appointment, position=1, busy=True, **facts)


def allocation_row(owner: Appointment | Reservation, start: datetime, **facts: object) -> Allocation:
    column = "appointment" if isinstance(owner, Appointment) else "reservation"
    during = DateTimeTZRange(start, start + CUT)
    values = {"position": 1, "during": during, column: owner, **facts}
    return Allocation(company_id=owner.company_id, staff_id=owner.staff_id, **values)


def hold(salon: Salon, clock: str) -> Reservation:
    return booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, clock))


# Overlap: refused at once


@pytest.mark.parametrize("minutes", [-54, -1, 0, 1, 54])
def test_bulk_create_of_overlapping_allocations_is_refused(salon: Salon, minutes: int) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    other = hold(salon, "15:00")
    row = allocation_row(other, TEN + timedelta(minutes=minutes), position=2)
    with refused_by("allocation_one_place_at_a_time"):
        Allocation.objects.bulk_create([row])


@pytest.mark.parametrize("minutes", [-55, 55])
def test_bulk_create_of_allocations_back_to_back_is_accepted(salon: Salon, minutes: int) -> None:
    """Incident C12."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    other = hold(salon, "15:00")
    Allocation.objects.bulk_create([allocation_row(other, TEN + timedelta(minutes=minutes), position=2)])
    assert other.allocations.count() == 2


def test_bulk_create_that_overlaps_itself_is_refused(salon: Salon) -> None:
    owner = hold(salon, "15:00")
    rows = [allocation_row(owner, start, position=7 + index) for index, start in enumerate((TEN, TEN))]
    with refused_by("allocation_one_place_at_a_time"):
        Allocation.objects.bulk_create(rows)


def test_update_of_allocations_onto_each_other_is_refused(salon: Salon) -> None:
    """Trap 7: ``update()`` passes by ``clean()``."""
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    other = hold(salon, "15:00")
    with refused_by("allocation_one_place_at_a_time"):
        other.allocations.update(during=DateTimeTZRange(TEN, ELEVEN))


def test_update_to_another_stylist_who_is_taken_is_refused(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    other = booking.hold(salon.request(salon.cut, salon.jonas, holder="call:1"), start=TEN)
    with refused_by("allocation_one_place_at_a_time"):
        other.allocations.update(staff=salon.emma)


def test_raw_insert_of_an_overlapping_allocation_is_refused(salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    other = hold(salon, "15:00")
    with refused_by("allocation_one_place_at_a_time"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO appointments_allocation (company_id, staff_id, during, position, reservation_id) "
            "SELECT company_id, staff_id, tstzrange(%s, %s), 2, id "
            "FROM appointments_reservation WHERE id = %s",
            [TEN, ELEVEN, other.pk],
        )


def test_same_time_of_two_stylists_is_accepted(salon: Salon) -> None:
    """Incident C10: the resource is the stylist, not the branch."""
    for staff in (salon.emma, salon.jonas):
        salon.book(salon.cut, staff, MONDAY, "10:00")
    assert Allocation.objects.count() == 2


def test_deferred_swap_of_two_stylists_is_accepted_and_an_overlap_is_not(salon: Salon) -> None:
    """Deferrable, so that a re-plan may cross; checked again by the end of the transaction."""
    holds = [
        booking.hold(salon.request(salon.cut, staff, holder=staff.name), start=TEN)
        for staff in (salon.emma, salon.jonas)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS allocation_one_place_at_a_time DEFERRED")
        holds[0].allocations.update(staff=salon.jonas)
        holds[1].allocations.update(staff=salon.emma)
        cursor.execute("SET CONSTRAINTS allocation_one_place_at_a_time IMMEDIATE")
    with refused_by("allocation_one_place_at_a_time"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS allocation_one_place_at_a_time DEFERRED")
        holds[0].allocations.update(staff=salon.emma)
        cursor.execute("SET CONSTRAINTS allocation_one_place_at_a_time IMMEDIATE")


# A promise beside the ledger: refused at commit (migration 0002)


def by_bulk_create(salon: Salon) -> None:
    Appointment.objects.bulk_create([appointment_row(salon)])


def by_save(salon: Salon) -> None:
    appointment_row(salon).save()


def by_save_with_phases(salon: Salon) -> None:
    row = appointment_row(salon)
    row.save()
    phase_row(row).save()


def by_raw_insert(salon: Salon) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO appointments_appointment (
                company_id, branch_id, staff_id, service_id, attendee_name, starts_at, ends_at, status,
                source, currency, notes, buffer_before_minutes, buffer_after_minutes, blocks_span,
                staff_wished, created_at, updated_at, revision
            ) VALUES (%s, %s, %s, %s, '', %s, %s, 'booked', 'import', 'EUR', '', 0, 0, false, false,
                      now(), now(), 1)
            """,
            [salon.company.pk, salon.branch.pk, salon.emma.pk, salon.cut.pk, TEN, ELEVEN],
        )


@pytest.mark.parametrize("store", [by_bulk_create, by_save, by_save_with_phases, by_raw_insert])
def test_appointment_without_its_time_is_refused_at_commit(
    committed: Salon, store: Callable[[Salon], None]
) -> None:
    """Incidents 1, 3, D5: rows that had been typed in, or that a late failure had left behind."""
    with refused_by("appointment_ledger"):
        store(committed)
    assert Appointment.objects.count() == 0


def test_appointment_without_its_time_is_refused_for_every_blocking_status(committed: Salon) -> None:
    for status in BLOCKING:
        with refused_by("appointment_ledger"):
            appointment_row(committed, status=status).save()


@pytest.mark.parametrize("status", NOT_BLOCKING)
def test_appointment_that_blocks_nothing_needs_no_time(salon: Salon, status: str) -> None:
    appointment_row(salon, status=status).save()
    connection.check_constraints()
    assert Appointment.objects.get().status == status


def test_appointment_with_phases_and_time_may_be_stored_by_any_way(committed: Salon) -> None:
    """The guard asks for the result, not for the way."""
    with transaction.atomic():
        row = appointment_row(committed)
        row.save()
        phase_row(row).save()
        allocation_row(row, TEN).save()
    assert Appointment.objects.get().allocations.count() == 1


def test_appointment_that_overlaps_another_cannot_be_completed_with_its_time(committed: Salon) -> None:
    committed.book(committed.cut, committed.emma, MONDAY, "10:30")
    with refused_by("allocation_one_place_at_a_time"):
        row = appointment_row(committed)
        row.save()
        phase_row(row).save()
        allocation_row(row, TEN).save()


@pytest.mark.parametrize(
    "facts",
    [
        {"starts_at": at(MONDAY, "09:00")},
        {"ends_at": at(MONDAY, "12:00")},
        {"starts_at": at(MONDAY, "15:00"), "ends_at": at(MONDAY, "15:55")},
    ],
    ids=["start", "end", "both"],
)
def test_raw_move_of_an_appointment_without_its_time_is_refused(
    committed: Salon, facts: dict[str, datetime]
) -> None:
    """Incident D16: a job shifted what had been promised."""
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    with refused_by("appointment_ledger"):
        Appointment.objects.filter(pk=booked.pk).update(**facts)


def test_raw_change_of_the_stylist_without_the_time_is_refused(committed: Salon) -> None:
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    with refused_by("appointment_ledger"):
        Appointment.objects.filter(pk=booked.pk).update(staff=committed.jonas)


@pytest.mark.parametrize("status", NOT_BLOCKING)
def test_raw_change_to_a_status_that_blocks_nothing_must_free_the_time(committed: Salon, status: str) -> None:
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    with refused_by("appointment_ledger"):
        Appointment.objects.filter(pk=booked.pk).update(status=status)


def test_raw_return_to_a_blocking_status_must_take_the_time(committed: Salon) -> None:
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    booking.cancel(booked, now=NOW)
    with refused_by("appointment_ledger"):
        Appointment.objects.filter(pk=booked.pk).update(status=Status.BOOKED)


def test_deleting_the_time_of_a_blocking_appointment_is_refused(committed: Salon) -> None:
    booked = committed.book(committed.perm, committed.emma, MONDAY, "10:00")
    with refused_by("appointment_ledger"):
        booked.allocations.all().delete()


def test_deleting_one_part_of_the_time_is_refused(committed: Salon) -> None:
    """Incident E10: a compound appointment that stands in part."""
    booked = committed.book(committed.perm, committed.emma, MONDAY, "10:00")
    with refused_by("appointment_ledger"):
        booked.allocations.filter(position=3).delete()


def test_shortening_the_time_of_a_blocking_appointment_is_refused(committed: Salon) -> None:
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    with refused_by("appointment_ledger"):
        booked.allocations.update(during=DateTimeTZRange(TEN, TEN + timedelta(minutes=54)))


def test_giving_the_time_of_an_appointment_to_another_one_is_refused(committed: Salon) -> None:
    booked, other = (
        committed.book(committed.cut, committed.emma, MONDAY, clock) for clock in ("10:00", "12:00")
    )
    with refused_by("appointment_ledger"):
        booked.allocations.update(appointment=other, position=2)


def test_time_of_another_stylist_does_not_count(committed: Salon) -> None:
    booked = committed.book(committed.cut, committed.emma, MONDAY, "10:00")
    with refused_by("appointment_ledger"):
        booked.allocations.update(staff=committed.jonas)


def test_deleting_an_appointment_takes_its_time_along(committed: Salon) -> None:
    booked = committed.book(committed.perm, committed.emma, MONDAY, "10:00")
    booked.delete()
    assert Allocation.objects.count() == 0


@pytest.mark.parametrize("name", ["appointment_ledger", "allocation_ledger"])
def test_guard_is_a_deferred_trigger_that_is_switched_on(salon: Salon, name: str) -> None:
    """A negative control for the tests above: without these two rows, none of them could pass."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgdeferrable, tginitdeferred, tgenabled FROM pg_trigger WHERE tgname = %s", [name]
        )
        assert cursor.fetchall() == [(True, True, "O")]


def test_deleting_an_appointment_that_was_held_before_keeps_the_hold(committed: Salon) -> None:
    """What became of a call's hold stays known; its foreign key must not refuse the deletion."""
    reservation = hold(committed, "10:00")
    booked = booking.convert(reservation, visit=booking.Visit(source=Source.PHONE), now=NOW)
    booked.delete()
    reservation.refresh_from_db()
    assert (reservation.state, reservation.appointment) == ("converted", None)
