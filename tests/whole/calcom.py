"""What other people do at Cal.com, and what becomes of its letters."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import requests

from integrations.sandbox.records import Booking
from tests.whole.stage import Stage


class CalCom:
    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def guest_books(self, event_type: int, start: datetime) -> None:
        try:
            booked = self.stage.sandbox.book(event_type, start)
        except LookupError:
            return
        self.stage.guests.add(str(booked["uid"]))

    def guest_insists(self, event_type: int, start: datetime) -> None:
        """By an address of their own instead of the page, which would hide what is held."""
        guest = {"name": "Frida Lang", "email": "frida@gast.example", "timeZone": "Europe/Berlin"}
        wanted = {"eventTypeId": event_type, "start": start.isoformat(), "attendee": guest}

        def book() -> None:
            response = self.stage.sandbox.ask("POST", "/v2/bookings", **wanted)
            response.raise_for_status()
            self.stage.guests.add(str(response.json()["data"]["uid"]))

        self._by_people(book)

    def guest_will_slip_in(self, event_type: int, start: datetime) -> None:
        """Between the check and the effect of whatever is written next."""

        def once() -> None:
            self.stage.world.in_the_gap = lambda: None
            self.guest_books(event_type, start)

        self.stage.world.in_the_gap = once

    def cancelled(self, there: Booking) -> None:
        self.stage.guests.discard(there.uid)
        self._by_people(lambda: self.stage.sandbox.cancel(there.uid))

    def moved(self, there: Booking, start: datetime) -> None:
        def move() -> None:
            new = self.stage.sandbox.reschedule(there.uid, start)
            if there.uid in self.stage.guests:
                self.stage.guests.remove(there.uid)
                self.stage.guests.add(str(new["uid"]))

        self._by_people(move)

    def reassigned(self, there: Booking) -> None:
        """Nobody is told."""
        self.stage.world.change(there.uid, host_id={101: 102, 102: 101}[there.host_id])

    def _by_people(self, act: Callable[[], Any]) -> None:
        """Cal.com refuses people as well; what was arranged is for us and stays for later."""
        faults = self.stage.sandbox.faults
        waiting = faults.waiting()
        faults.clear()
        try:
            act()
        except requests.HTTPError:
            return
        finally:
            for fault in waiting:
                faults.add(
                    fault.fault, fault.operation, times=fault.times, skip=fault.skip, seconds=fault.seconds
                )
