"""Taking and freeing time: locks, allocations, and the database's last word."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from psycopg.errors import DeadlockDetected, ExclusionViolation

from appointments import hooks
from appointments.booking.errors import SlotTaken
from appointments.models import Allocation, Appointment, Customer, Reservation, Staff
from appointments.models.ledger import ReservationState
from appointments.rules.periods import Period
from appointments.rules.phases import Plan

P = ParamSpec("P")
R = TypeVar("R")


def writes(function: Callable[P, R]) -> Callable[P, R]:
    """Runs ``function`` in a transaction; whoever loses a race in the database gets ``SlotTaken``.

    Two who insert without our locks (a shell, raw SQL) meet on a deferrable constraint as a
    deadlock instead of a violation: tried once more, whoever loses twice has lost the slot. Inside
    another transaction it is that one that has to be tried again.
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with attempt():
                return function(*args, **kwargs)
        try:
            with attempt():
                return function(*args, **kwargs)
        except OperationalError as error:
            if not _is_deadlock(error):
                raise
        return _once_more(function, *args, **kwargs)

    return wrapper


def _once_more(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        with attempt():
            return function(*args, **kwargs)
    except OperationalError as error:
        if _is_deadlock(error):
            raise SlotTaken from error
        raise


def _is_deadlock(error: OperationalError) -> bool:
    return isinstance(error.__cause__, DeadlockDetected)


@contextmanager
def attempt() -> Iterator[None]:
    """A transaction, or a savepoint within one, in which the loser of a race gets ``SlotTaken``.

    Rolled back, not released, when it fails: that also gives back the locks taken inside.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, ExclusionViolation):
            raise SlotTaken from error
        raise


def lock_staff(*staff_ids: int) -> None:
    """The first lock of every change: whoever holds it is alone with this stylist's time."""
    list(Staff.objects.filter(pk__in=staff_ids).lock().values_list("pk"))


def lock_reservations(ids: Iterable[int]) -> list[Reservation]:
    """Locked in order and read again: what was read before the lock may have changed."""
    return list(Reservation.objects.filter(pk__in=list(ids)).lock())


def lock_customer(customer: Customer) -> None:
    """For whoever counts what this customer has. New appointments of others' making do not wait."""
    list(Customer.objects.filter(pk=customer.pk).select_for_update(no_key=True).values_list("pk"))


def lock_appointments(ids: Iterable[int]) -> list[Appointment]:
    related = ("company", "branch__company", "staff", "service", "customer")
    return list(Appointment.objects.filter(pk__in=list(ids)).select_related(*related).lock())


def overdue_in_the_way(staff_id: int, periods: Iterable[Period], now: datetime) -> list[int]:
    """Expired holds that still stand in the ledger at ``periods``."""
    rows = Allocation.objects.conflicting_with(staff_id, periods).filter(reservation__expires_at__lte=now)
    return list(rows.values_list("reservation_id", flat=True))


def end_reservations(reservations: Iterable[Reservation], state: ReservationState) -> None:
    """Gives their time back. The rows stay, so that a call can be told what became of its hold."""
    ending = list(reservations)
    ids = [reservation.pk for reservation in ending]
    if ids:
        Allocation.objects.filter(reservation__in=ids).delete()
        Reservation.objects.filter(pk__in=ids).update(state=state)
        hooks.holds_ended(ending, state)


def allocate(owner: Appointment | Reservation, plan: Plan) -> None:
    """Takes the stretches of ``plan`` from ``owner.starts_at``.

    Raises ``IntegrityError`` (exclusion) if one of them is taken; see :func:`attempt`.
    """
    allocate_periods(owner, {stretch.position: stretch.at(owner.starts_at) for stretch in plan.stretches()})


def allocate_periods(owner: Appointment | Reservation, periods: Mapping[int, Period]) -> None:
    """Takes ``periods``, by position, of the owner's stylist; raises as :func:`allocate`."""
    column = "appointment" if isinstance(owner, Appointment) else "reservation"
    Allocation.objects.bulk_create(
        Allocation(
            company_id=owner.company_id,
            staff_id=owner.staff_id,
            during=DateTimeTZRange(*period),
            position=position,
            **{column: owner},
        )
        for position, period in periods.items()
    )


def release_allocations(appointments: Iterable[Appointment]) -> None:
    Allocation.objects.filter(appointment__in=[appointment.pk for appointment in appointments]).delete()
