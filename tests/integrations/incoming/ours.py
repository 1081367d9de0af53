"""Appointments of ours as convergence leaves them, without anybody at the other end."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from appointments.models import Appointment
from integrations.incoming.syncing import agreed
from integrations.models import BookingState, CalendarBooking, Origin
from tests.salons import MONDAY, Salon

# Long enough ago that nothing is under way any more.
BEFORE = timedelta(hours=1)


def synced(salon: Salon, uid: str = "ours", clock: str = "10:00", **facts: Any) -> Appointment:
    """A haircut with Emma, booked by staff, that stands at Cal.com as ``uid``."""
    appointment = salon.book(salon.cut, salon.emma, MONDAY, clock)
    attempt(appointment, uid=uid, state=BookingState.EXISTS, **facts)
    agreed(appointment, now=timezone.now())
    return appointment


def attempt(appointment: Appointment, **facts: Any) -> CalendarBooking:
    """A row of convergence's; ``deadline`` in seconds from now."""
    generation = CalendarBooking.objects.filter(appointment=appointment).count() + 1
    now = timezone.now()
    deadline = facts.pop("deadline", None)
    defaults: dict[str, Any] = {
        "company": appointment.company,
        "appointment": appointment,
        "generation": generation,
        "reference": f"{appointment.pk}:1:{generation}",
        "state": BookingState.IN_FLIGHT,
        "origin": Origin.CREATED,
        "calcom_user_id": 101,
        "event_type_id": 3001,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
        "deadline": now + timedelta(seconds=deadline) if deadline is not None else None,
        "created_at": now - BEFORE,
        "settled_at": now - BEFORE,
    }
    return CalendarBooking.objects.create(**{**defaults, **facts})


def untouched(appointment: Appointment) -> bool:
    """Nothing about it has changed, in the row or in the ledger (invariant I5)."""
    current = Appointment.objects.get(pk=appointment.pk)
    facts = [
        (one.starts_at, one.ends_at, one.staff_id, one.status, one.revision) for one in (appointment, current)
    ]
    return facts[0] == facts[1] and current.allocations.count() == 1
