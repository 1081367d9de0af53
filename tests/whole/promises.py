"""What people have been told, as the test remembers it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from appointments.models import Appointment
from appointments.models.appointment import Source
from integrations.models import CalendarSync, Promise


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

    @property
    def known(self) -> set[int]:
        return {*self.made, *self.open, *self.refused}

    def note(self, appointment: Appointment) -> None:
        """Somebody of the salon has just decided that it be so."""
        self.made[appointment.pk] = told_of(appointment)
        self.open.pop(appointment.pk, None)
        self.refused.discard(appointment.pk)

    def ask(self, appointment: Appointment) -> None:
        """A caller is about to be told: a new one, or where it was moved to."""
        before = self.made.pop(appointment.pk, None)
        if before is None and appointment.pk in self.open:
            before = self.open[appointment.pk][1]
        self.open[appointment.pk] = before, told_of(appointment)

    def check(self, appointments: Iterable[Appointment]) -> list[str]:
        """What is otherwise than people were told."""
        self.hear_of_decisions()
        wrong = []
        for one in appointments:
            known = self.made.get(one.pk)
            if known is not None and told_of(one) != known:
                wrong.append(f"I5: promised {known}, is {told_of(one)} ({one.status}): {one.pk}")
            if one.pk in self.refused and one.is_blocking:
                wrong.append(f"I4: refused, but {one.pk} is {one.status}")
        return wrong

    def hear_of_decisions(self) -> None:
        if not self.open:
            return
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
