"""What the salon's own people do: at the counter, in the planner, with the cases, and with an old diary."""

import json
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.urls import reverse

from appointments import booking
from appointments.audit import Channel, acting
from appointments.models import Appointment, Service, Staff
from appointments.models.appointment import Source
from integrations import resolving
from integrations.models import CalendarCase
from tests.appointments.importing.files import import_csv
from tests.salons import BERLIN
from tests.whole.stage import Stage

HEADER = "Datum;Uhrzeit;Mitarbeiter;Leistung;Kunde;Status;Nr\n"
MAPPING = "create_missing: [customers]"


class Counter:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def books(self, service: Service, staff: Staff, start: datetime) -> None:
        request = self.stage.salon.request(service, staff, now=self.stage.now)
        visit = booking.Visit(source=Source.STAFF, customer=self.stage.customers[0])
        with acting(Channel.STAFF, "counter"):
            try:
                booking.book(request, start=start, visit=visit)
            except booking.BookingError:
                return

    def moves(self, appointment: Appointment, staff: Staff, start: datetime) -> None:
        to = booking.Move(start=start, staff=staff)
        self._decide([appointment], lambda: booking.reschedule(appointment, to, now=self.stage.now))

    def swaps(self, one: Appointment, other: Appointment) -> None:
        moves = [
            (one, booking.Move(start=other.starts_at, staff=other.staff)),
            (other, booking.Move(start=one.starts_at, staff=one.staff)),
        ]
        self._decide([one, other], lambda: booking.replan(moves, now=self.stage.now))

    def cancels(self, appointment: Appointment) -> None:
        self._decide([appointment], lambda: booking.cancel(appointment, now=self.stage.now))

    def _decide(self, appointments: Sequence[Appointment], change: Callable[[], object]) -> None:
        self.stage.begun |= {one.pk: False for one in appointments}
        with acting(Channel.STAFF, "counter"):
            try:
                change()
            except booking.BookingError:
                return

    # In the planner, by HTTP.

    def books_in_planner(self, service: Service, staff: Staff, start: datetime) -> None:
        facts = {"branch": self.stage.salon.branch.pk, "service": service.pk, "name": "Ina Brand"}
        self._send("planner-book", {**facts, "staff": staff.pk, "start": _wall(start)})

    def moves_in_planner(self, appointment: Appointment, staff: Staff, start: datetime) -> None:
        self.stage.begun[appointment.pk] = False
        facts = {"appointment": appointment.pk, "revision": appointment.revision}
        self._send("planner-move", {**facts, "staff": staff.pk, "start": _wall(start)})

    def _send(self, name: str, body: dict[str, Any]) -> None:
        """Refusals have a status of their own; an error of ours is none unless the database failed."""
        response = self.stage.desk.post(reverse(name), json.dumps(body), content_type="application/json")
        fine = response.status_code < 500 or self.stage.fate.hurt
        self.stage.demand([] if fine else [f"I4: the planner answers {response.status_code}"])

    # With cases.

    def solves(self, case: CalendarCase, way: resolving.Way, staff: Staff, start: datetime) -> None:
        by = {"user": self.stage.user, "now": self.stage.now}
        simple = {
            resolving.Way.TRY_AGAIN: resolving.try_again,
            resolving.Way.KEEP: resolving.keep,
            resolving.Way.DISMISS: resolving.dismiss,
        }
        with acting(Channel.STAFF, "counter"):
            try:
                if way in simple:
                    simple[way](case, **by)
                elif case.appointment is not None:
                    self._solve(case, case.appointment, way, staff=staff, start=start, **by)
            except (resolving.ResolvingError, booking.BookingError):
                return

    def _solve(self, case: CalendarCase, appointment: Appointment, way: resolving.Way, **facts: Any) -> None:
        facts["revision"] = appointment.revision
        place = {name: facts.pop(name) for name in ("staff", "start")}
        if way is resolving.Way.PROMOTE:  # it is still the guest's affair when they come
            resolving.promote(case, **facts)
            return
        self.stage.begun[appointment.pk] = False
        if way is resolving.Way.MOVE:
            resolving.move(case, **place, **facts)
        else:
            (resolving.cancel if way is resolving.Way.CANCEL else resolving.take_over)(case, **facts)

    # With the diary of the system before.

    def imports(self, rows: Sequence[tuple[Service, Staff, datetime]]) -> None:
        lines = [
            f"{start.astimezone(BERLIN):%d.%m.%Y;%H:%M};{staff.name};{service.name};Alt Kunde {number};gebucht;"
            f"{number}{start:%d%H%M}\n"
            for number, (service, staff, start) in enumerate(rows, start=1)
        ]
        with tempfile.TemporaryDirectory() as folder:
            slug = self.stage.salon.company.slug
            import_csv(Path(folder), HEADER + "".join(lines), mapping=MAPPING, slug=slug)


def _wall(start: datetime) -> str:
    """As the planner writes it: the salon's clock, without an offset."""
    return f"{start.astimezone(BERLIN):%Y-%m-%dT%H:%M}"
