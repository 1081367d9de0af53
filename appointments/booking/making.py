"""Making appointments: out of a hold, or afresh."""

from dataclasses import dataclass, replace
from datetime import datetime

from appointments import hooks
from appointments.availability import Request, Slot
from appointments.booking.customers import Contact
from appointments.booking.ledger import allocate, lock_reservations, lock_staff, writes
from appointments.booking.limits import insist_on_limit
from appointments.booking.saving import announce, insert
from appointments.booking.slots import with_first_available
from appointments.booking.way import clear_the_way
from appointments.models import Allocation, Appointment, Customer, Reservation
from appointments.models.appointment import Source, Status
from appointments.models.company import CalendarMode
from appointments.models.ledger import ReservationState


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes, and how we know.

    ``contact_phone`` is E.164 and unproven. ``staff_wished``: the stylist was asked for by name.
    ``limited``: the customer books it themselves, so the salon's limit holds.
    """

    source: Source
    customer: Customer | None = None
    attendee_name: str = ""
    contact_phone: str | None = None
    notes: str = ""
    staff_wished: bool = False
    limited: bool = False


@writes
def book(request: Request, *, start: datetime, visit: Visit, contact: Contact | None = None) -> Appointment:
    """Books exactly ``start`` with the wished stylist, or with the first who is still free.

    ``contact``: who the customer is, to be found or made; a refusal makes nobody. Raises
    ``SlotTaken`` or ``Unavailable``, ``Denied`` where ``visit`` is limited, and ``ValidationError`` for
    what a person typed.
    """
    if contact is not None:
        visit = replace(visit, customer=contact.customer_of(request.branch.company, now=request.now))
    return _book(request, start, visit)


def _book(request: Request, start: datetime, visit: Visit) -> Appointment:
    return with_first_available(request, start, lambda slot: _book_slot(request, slot, visit))


def _book_slot(request: Request, slot: Slot, visit: Visit) -> Appointment:
    clear_the_way(request, slot, person=visit.attendee_name)
    if visit.limited:
        insist_on_limit(request, visit.customer, slot.staff)
    appointment = _appointment(request, slot, visit)
    insert(appointment, now=request.now)
    allocate(appointment, slot.plan)
    announce(appointment)
    return appointment


@writes
def convert(reservation: Reservation, *, visit: Visit, now: datetime) -> Appointment:
    """Makes the hold an appointment: its allocations are re-pointed, nothing is released in between.

    A hold that has expired while nobody took its time is as good as a live one. One whose time has
    been given back is booked afresh with the same stylist, if that is still possible. Converting
    twice gives the same appointment (invariant I7), unless that has been cancelled. Raises as
    :func:`book`.
    """
    lock_staff(reservation.staff_id)
    (current,) = lock_reservations([reservation.pk])
    if current.state == ReservationState.CONVERTED:
        booked = current.appointment
        if booked is not None and booked.is_blocking:
            return booked
    request = Request(
        branch=reservation.branch,
        service=reservation.service,
        staff=reservation.staff,
        now=now,
        holder=reservation.holder,
    )
    if current.state == ReservationState.HELD:
        appointment = _take_over(current, request, visit)
    else:
        appointment = _book(request, current.starts_at, visit)
    current.state, current.appointment = ReservationState.CONVERTED, appointment
    current.save(update_fields=["state", "appointment"])
    return appointment


def _take_over(reservation: Reservation, request: Request, visit: Visit) -> Appointment:
    slot = Slot(request.staff or reservation.staff, reservation.starts_at, reservation.plan)
    if visit.limited:
        insist_on_limit(request, visit.customer, slot.staff)
    appointment = _appointment(request, slot, visit)
    appointment.ignores_reservations = (reservation.pk,)
    insert(appointment, now=request.now)
    Allocation.objects.filter(reservation=reservation).update(appointment=appointment, reservation=None)
    announce(appointment)
    hooks.holds_ended([reservation], ReservationState.CONVERTED)
    return appointment


def _appointment(request: Request, slot: Slot, visit: Visit) -> Appointment:
    strict = visit.source == Source.PHONE and request.branch.calendar == CalendarMode.STRICT
    appointment = Appointment(
        company=request.branch.company,
        branch=request.branch,
        staff=slot.staff,
        service=request.service,
        customer=visit.customer,
        attendee_name=visit.attendee_name,
        contact_phone=visit.contact_phone,
        notes=visit.notes,
        starts_at=slot.start,
        status=Status.PROVISIONAL if strict else Status.BOOKED,
        source=visit.source,
        price=request.service.price,
        currency=request.branch.company.currency,
        staff_wished=visit.staff_wished,
        created_at=request.now,
    )
    appointment.plan = slot.plan
    return appointment
