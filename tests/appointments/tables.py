"""What stands in the tables, so that a test can say that nothing has changed."""

from typing import Any

from appointments.models import Allocation, Appointment, AppointmentPhase, Reservation
from appointments.rules.periods import Period


def everything() -> list[list[dict[str, Any]]]:
    """Every row that a booking could leave behind."""
    models = (Appointment, AppointmentPhase, Allocation, Reservation)
    return [list(model.objects.order_by("pk").values()) for model in models]


def taken_by(owner: Appointment | Reservation) -> list[Period]:
    """What ``owner`` takes in the ledger, ascending."""
    return [allocation.period for allocation in owner.allocations.order_by("during")]
