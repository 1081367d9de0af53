"""What the worker does for calls."""

from django.utils import timezone

from appointments.models import Reservation
from calls import telling


def tell_of_lost_hold(reservation_id: int) -> bool:
    """Whether the agent has been told."""
    related = ("branch__company", "service", "staff")
    reservation = Reservation.objects.select_related(*related).filter(pk=reservation_id).first()
    return reservation is not None and telling.tell_of_lost_hold(reservation, now=timezone.now())
