"""What people have been told, as the test remembers it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from appointments.models import Appointment
from appointments.models.appointment import Source
from integrations.models import CalendarSync, Promise
from tests.integrations.stateful.stage import Stage


class Told(NamedTuple):
    """``comes``: whether the time is theirs."""

    comes: bool
    staff: int
    service: int
    start: datetime


def told_of(appointment: Appointment) -> Told:
    return Told(appointment.is_blocking, appointment.staff_id, appointment.service_id, appointment.starts_at)


@dataclass
class Promises:
    """``made``: by appointment; only its own people change it. ``open``: a caller waits for the
    answer; what holds if it is no, and what if it is yes. ``refused``: they were told no.
    """

    made: dict[int, Told] = field(default_factory=dict)
    open: dict[int, tuple[Told | None, Told]] = field(default_factory=dict)
    refused: set[int] = field(default_factory=set)

    def note(self, appointment: Appointment) -> None:
        """Somebody of the salon has just decided that it be so."""
        self.made[appointment.pk] = told_of(appointment)
        self.open.pop(appointment.pk, None)
        self.refused.discard(appointment.pk)

    def ask(self, appointment: Appointment) -> None:
        """A caller is about to be told: a new one, or where it was moved to."""
        self.open[appointment.pk] = self.made.pop(appointment.pk, None), told_of(appointment)

    def check(self, stage: Stage) -> list[str]:
        """What is otherwise than people were told (invariants I4 and I5)."""
        self._hear_of_decisions(stage)
        wrong = []
        for one in stage.appointments():
            known = self.made.get(one.pk)
            if known is not None and told_of(one) != known:
                wrong.append(f"promised {known}, is {told_of(one)} ({one.status}): {one.pk}")
            if one.pk in self.refused and one.is_blocking:
                wrong.append(f"refused, but {one.pk} is {one.status}")
        return wrong

    def _hear_of_decisions(self, stage: Stage) -> None:
        syncs = CalendarSync.objects.filter(appointment__in=list(self.open)).select_related("appointment")
        for sync in syncs:
            if sync.promise == Promise.UNDECIDED:
                continue
            before, asked = self.open.pop(sync.appointment_id)
            if sync.promise == Promise.PROMISED:
                self.made[sync.appointment_id] = asked
            elif before is not None:
                self.made[sync.appointment_id] = before
            elif sync.appointment.source != Source.CALENDAR:  # a guest's is back where it stood
                self.refused.add(sync.appointment_id)
