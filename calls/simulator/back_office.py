"""What a script lets the salon itself do: its people at the counter, its worker, its checks. In this very
process and its database, so only for a server on this machine.
"""

import ipaddress
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.utils.module_loading import import_string

from appointments import booking, integrity
from appointments.audit import Channel, acting
from appointments.availability import Request
from appointments.models import Appointment, Branch, BranchPhoneNumber, Service, Staff
from appointments.models.appointment import Source
from calls.simulator.script import CounterPart, Unplayable

# By the word of a script.
TASKS = {
    "syncs": "integrations.tasks.sync_calendar",
    "reads": "integrations.tasks.process_calendar_events",
    "sweeps": "appointments.tasks.sweep_reservations",
    "tells": "integrations.tasks.tell_customers",
    "hears": "calls.tasks.process_call_events",
    "alarms": "integrations.tasks.alarm_about_pending",
}


class BackOffice:
    """Of the branch that is reached by ``number`` (E.164). ``now`` gives aware instants."""

    def __init__(self, *, number: str, now: Callable[[], datetime]) -> None:
        self.number = number
        self.now = now

    def insist_on_this_machine(self, url: str) -> None:
        """Raises ``Unplayable`` for a server elsewhere, whose database is not ours."""
        host = urlsplit(url).hostname or ""
        try:
            is_here = ipaddress.ip_address(host).is_loopback
        except ValueError:
            is_here = host == "localhost"
        if not is_here:
            raise Unplayable(f"What the salon itself does in this script cannot be played at {url}.")

    def at_counter(self, part: CounterPart) -> dict[str, Any]:
        """``status`` is ``done`` or ``refused``; then ``appointment_id``, and ``starts_at`` while it stands.

        Raises ``Unplayable`` for what the salon has not.
        """
        branch = self._branch()
        start = _instant(branch, part.day, part.time)
        with acting(Channel.STAFF, "call script"):
            try:
                appointment = getattr(self, f"_{part.does}")(branch, part, start)
            except booking.BookingError as error:
                return {"status": "refused", "message": str(error)}
        stands = {"starts_at": appointment.starts_at.isoformat()} if appointment.is_blocking else {}
        return {"status": "done", "appointment_id": appointment.pk, **stands}

    def work(self, tasks: Sequence[str]) -> dict[str, Any]:
        """Each once, one after the other. Raises ``Unplayable`` for a task that is not known."""
        for task in tasks:
            if task not in TASKS:
                raise Unplayable(f"There is no task {task!r}. There are: {', '.join(TASKS)}.")
            import_string(TASKS[task])()
        return {}

    def look(self, checks: Sequence[str]) -> dict[str, Any]:
        """``findings`` of this company, a line each. Raises ``Unplayable`` for a check that is not known."""
        try:
            result = integrity.run(now=self.now(), company=self._branch().company, checks=checks)
        except integrity.UnknownCheck as error:
            raise Unplayable(f"There is no check {', '.join(error.args)}.") from error
        return {"findings": [f"{one.check_id} {one.subjects}" for one in result.findings]}

    def _books(self, branch: Branch, part: CounterPart, start: datetime) -> Appointment:
        service = Service.objects.filter(company=branch.company, name=part.service, active=True).first()
        if service is None:
            raise Unplayable(f"There is no service {part.service!r}.")
        contact = booking.Contact(part.customer, part.phone or None) if part.customer else None
        wish = Request(branch=branch, service=service, staff=_person(branch, part.staff), now=self.now())
        return booking.book(wish, start=start, visit=booking.Visit(source=Source.STAFF), contact=contact)

    def _moves(self, branch: Branch, part: CounterPart, start: datetime) -> Appointment:
        to = booking.Move(
            start=_instant(branch, part.to_day or part.day, part.to_time or part.time),
            staff=_person(branch, part.to_staff or part.staff),
        )
        return booking.reschedule(_standing(branch, part, start), to, now=self.now())

    def _cancels(self, branch: Branch, part: CounterPart, start: datetime) -> Appointment:
        return booking.cancel(_standing(branch, part, start), now=self.now())

    def _branch(self) -> Branch:
        found = BranchPhoneNumber.objects.select_related("branch__company").filter(number=self.number).first()
        if found is None:
            raise Unplayable(f"No branch is reached by {self.number}.")
        return found.branch


def _instant(branch: Branch, day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=branch.zone)


def _person(branch: Branch, name: str) -> Staff:
    found = Staff.objects.active().filter(branch=branch, name=name).select_related("branch__company").first()
    if found is None:
        raise Unplayable(f"Nobody is called {name!r}.")
    return found


def _standing(branch: Branch, part: CounterPart, start: datetime) -> Appointment:
    """Raises ``NotAllowed`` if nothing stands there, as for somebody who comes too late."""
    rows = Appointment.objects.blocking().filter(branch=branch, staff__name=part.staff, starts_at=start)
    found = rows.select_related("staff__branch__company", "branch__company", "service", "customer").first()
    if found is None:
        raise booking.NotAllowed
    return found
