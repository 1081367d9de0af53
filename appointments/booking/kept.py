"""The old time of an appointment whose move may still be taken back (``architecture.md`` §3).

While somebody outside is asked whether the new time can be had, the old one stays held, so that a
refusal loses neither. Where both overlap, the time is held once, by the appointment.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from appointments.booking.errors import NotAllowed
from appointments.booking.ledger import allocate_periods, end_reservations
from appointments.models import Appointment, Reservation
from appointments.models.ledger import ReservationQuerySet, ReservationState, move_holder
from appointments.rules.periods import subtract


def old_place(appointment: Appointment, *, until: datetime, now: datetime) -> Reservation:
    """Where the appointment stands now, as a reservation that is stored once it has moved."""
    reservation = Reservation(
        company_id=appointment.company_id,
        branch=appointment.branch,
        staff=appointment.staff,
        service=appointment.service,
        appointment=appointment,
        holder=move_holder(appointment.pk),
        person=appointment.attendee_name,
        staff_wished=appointment.staff_wished,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        created_at=now,
        expires_at=until,
        expires_at_latest=until,
    )
    reservation.plan = appointment.plan
    return reservation


def keep(old: Reservation, moved: Appointment) -> None:
    """Holds on to what ``moved`` has left of ``old``; the rest is held by the appointment itself."""
    old.save(force_insert=True)
    left = old.plan.taken_at(old.starts_at)
    if old.staff_id == moved.staff_id:
        left = subtract(left, moved.plan.taken_at(moved.starts_at))
    allocate_periods(old, dict(enumerate(left, start=1)))


def staff_of_kept(appointments: Iterable[Appointment]) -> list[int]:
    """The stylists whose time is kept for these moves: they are locked with the appointment's own."""
    held = Reservation.objects.moves_of([appointment.pk for appointment in appointments]).held()
    return list(held.values_list("staff_id", flat=True))


def insist_on_decided(appointments: Iterable[Appointment], moves: Collection[int], *, now: datetime) -> None:
    """Whoever waits for an answer about the first move could not take it back after a second one.

    ``moves``: those that are locked. An expired one counts as decided: the appointment stays where
    it was moved to. Raises ``NotAllowed``.
    """
    if moves and _of(appointments, moves).live(now).exists():
        raise NotAllowed(_("This appointment is just being moved. Please try again in a moment."))


def settle(appointments: Iterable[Appointment], moves: Collection[int]) -> None:
    """Gives back the old time of those of the locked ``moves`` that are these appointments'; they
    cannot be taken back any more.
    """
    if moves:
        end_reservations(_of(appointments, moves).undecided(), ReservationState.RELEASED)


def _of(appointments: Iterable[Appointment], moves: Collection[int]) -> ReservationQuerySet:
    ids = [appointment.pk for appointment in appointments]
    return Reservation.objects.moves_of(ids).filter(pk__in=moves)
