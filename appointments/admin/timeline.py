"""An appointment's phases as a strip: busy stretches and the gaps that can be sold, to scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appointments.models import Appointment

# The strip is drawn in thousandths of the appointment.
WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Strip:
    """``x`` and ``width`` of :data:`WIDTH`; minutes are whole."""

    x: int
    width: int
    name: str
    busy: bool
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


def timeline_of(appointment: Appointment) -> Sequence[Strip]:
    """One query. Empty for an appointment of one phase: there is nothing to see in it."""
    phases = list(appointment.phases.order_by("position"))
    span = appointment.ends_at - appointment.starts_at
    if len(phases) < 2 or not span:
        return []
    edges = [round(WIDTH * ((each.starts_at - appointment.starts_at) / span)) for each in phases] + [WIDTH]
    return [
        Strip(x, end - x, each.name, each.busy, each.starts_at, each.ends_at)
        for each, x, end in zip(phases, edges, edges[1:], strict=False)
    ]
