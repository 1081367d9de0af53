"""Other systems, by REST: with and without an Idempotency-Key, and one that belongs to the neighbour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse

from appointments.models import Appointment
from appointments.models.appointment import Status
from tests.salons import BERLIN
from tests.whole.answers import Wish, is_taken
from tests.whole.stage import Stage


@dataclass
class Systems:
    """``answered``: what was booked under each key, by body and answer."""

    stage: Stage
    answered: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = field(default_factory=dict)

    def body(self, wish: Wish) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "service": wish.service.pk,
            "starts_at": wish.start.astimezone(BERLIN).isoformat(),
            "customer_name": "Nora Lange",
        }
        return {**facts, "staff": wish.staff.pk} if wish.staff else facts

    def books(self, wish: Wish, key: str) -> None:
        body = self.body(wish)
        response = None
        with self.stage.work():
            response = self.stage.api.post(
                "/appointments/", body, **({"Idempotency-Key": key} if key else {})
            )
        self.stage.journal.note("unplayed", what=f"another system books {body} under {key or 'no key'}")
        if response is not None:
            self.stage.demand(self.judged(wish, key, body, response))

    def judged(self, wish: Wish, key: str, body: Mapping[str, Any], response: HttpResponse) -> list[str]:
        """What is wrong with the answer; keeps what was booked under a key."""
        quiet = not (self.stage.fate.hurt or self.stage.fate.overtaken)
        said = f"the API answered {response.status_code} to {body} under {key or 'no key'}"
        first = self.answered.get(key)
        if first is not None and quiet:
            same = response.status_code == 201 and response.json() == first[1]
            if first[0] == body:
                return [] if same else [f"I7: {said}, but at first {first[1]}"]
            return [] if response.status_code == 422 else [f"I7: {said}: the key is another request's"]
        if response.status_code >= 500:
            return [f"I4: {said}, and nothing had failed"] if quiet else []
        if response.status_code == 201:
            made = response.json()
            if key:
                self.answered[key] = (body, made)
            return self._of_booking(wish, made, said)
        people = [wish.staff] if wish.staff else [self.stage.salon.emma, self.stage.salon.jonas]
        taken = all(is_taken(self.stage, each, wish) for each in people)
        return [f"I2: {said}, although it is free"] if quiet and not taken else []

    def _of_booking(self, wish: Wish, made: Mapping[str, Any], said: str) -> list[str]:
        row = Appointment.objects.filter(pk=made["id"]).first()
        if row is None or not row.is_blocking or row.starts_at != wish.start:
            return [f"I4: {said}, but stored is {row and (row.status, row.starts_at)}"]
        if wish.staff not in (None, row.staff) or row.service_id != wish.service.pk:
            return [f"I10: {said}, but stored is {row.staff}, {row.service}"]
        return []

    def moves(self, appointment: Appointment, wish: Wish, *, by_neighbour: bool) -> None:
        body = {"starts_at": wish.start.astimezone(BERLIN).isoformat(), "revision": appointment.revision}
        self._changes(
            appointment, "patch", f"/appointments/{appointment.pk}/", body, by_neighbour=by_neighbour
        )

    def cancels(self, appointment: Appointment, *, by_neighbour: bool) -> None:
        self._changes(
            appointment, "post", f"/appointments/{appointment.pk}/cancel/", {}, by_neighbour=by_neighbour
        )

    def _changes(
        self, appointment: Appointment, method: str, path: str, body: Mapping[str, Any], *, by_neighbour: bool
    ) -> None:
        stage = self.stage
        api = stage.other_api if by_neighbour else stage.api
        if not by_neighbour:
            stage.begun[appointment.pk] = False
        response = None
        with stage.work():
            response = getattr(api, method)(path, body)
        stage.journal.note("unplayed", what=f"another system: {method} {path} {body}")
        if response is None:
            return
        if by_neighbour and response.status_code != 404 and not stage.fate.hurt:
            stage.demand([f"I8: the neighbour's key got {response.status_code} for {appointment.pk}"])
        if response.status_code >= 500 and not (stage.fate.hurt or stage.fate.overtaken):
            stage.demand([f"I4: the API answered {response.status_code} to {method} {path}"])
        appointment.refresh_from_db()
        if response.status_code == 200 and method == "post" and appointment.status != Status.CANCELLED:
            stage.demand([f"I4: the API cancelled {appointment.pk}, which is {appointment.status}"])
