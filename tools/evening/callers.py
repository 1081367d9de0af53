"""Callers: each checks, thinks, hears the truth once more, gives a name and books."""

import json
import secrets
from collections.abc import Generator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.test import Client

from appointments.models import Appointment, Reservation
from calls.models import Call, CallAppointment
from calls.models.link import Relationship
from calls.signature import HEADER, sign
from tools.evening.post import Post
from tools.evening.tally import Tally
from tools.evening.there import EveningWorld
from tools.evening.timeline import Story
from tools.evening.wishes import Wishes

Reply = dict[str, Any]
THINKS = (20.0, 60.0)  # seconds between check and booking
# For the calendar, in virtual time: CALENDAR_CALL_BUDGET_MS is measured by the real clock.
BUDGET_SECONDS = 1.5
ROUNDS = 4  # so many times somebody is content with another time
NAMES = (
    "Jana Probst",
    "Lena Vogel",
    "Tom Reuter",
    "Mia Sommer",
    "Nora Lange",
    "Paul Winkler",
    "Eva Schuster",
)


class Callers:
    def __init__(
        self,
        world: EveningWorld,
        random: Random,
        *,
        number: str,
        wishes: Wishes,
        post: Post,
        tally: Tally,
    ) -> None:
        self.world = world
        self.timeline = world.timeline
        self.random = random
        self.number = number
        self.wishes = wishes
        self.post = post
        self.tally = tally

    def call(self) -> Story:
        """One call from its first word to its last."""
        self.tally.calls += 1
        line = _Line(self, f"+4930900{self.tally.calls:04d}")
        args = self.wishes.of_caller()
        for _round in range(ROUNDS):
            alternatives = yield from self._try(line, args)
            if not alternatives:
                return
            yield self.random.uniform(5, 12)
            args = {"offer_id": self.random.choice(alternatives)["offer_id"]}
        self.tally.gave_up += 1

    def _try(self, line: "_Line", args: dict[str, str]) -> Generator[float, None, list[Reply]]:
        """The alternatives that the caller heard; none if the call is over."""
        tally, random = self.tally, self.random
        tally.checks += 1
        reply = line.ask("check_availability", **args)
        tally.checks_by_status[reply["status"]] += 1
        if reply["status"] != "available":
            tally.offers_gone += "offer_id" in args
            return self._heard(line, reply)
        tally.told_free += 1
        tally.unverified += reply["calendar"] == "unverified"
        thinks = random.uniform(*THINKS)
        before = thinks * random.uniform(0.4, 0.7)
        yield before
        reply = self._revalidate(line, reply)
        if reply["status"] != "valid":
            tally.lost_at_revalidation += 1
            return self._refused(line, reply)
        yield thinks - before
        if line.call_id in self.post.told:  # the agent has been told meanwhile, and asks again
            self.post.told.discard(line.call_id)
            reply = self._revalidate(line, reply)
            if reply["status"] != "valid":
                tally.lost_and_told += 1
                return self._refused(line, reply)
        return self._book(line, reply)

    def _revalidate(self, line: "_Line", reply: Reply) -> Reply:
        self.tally.revalidations += 1
        told = line.ask("pre_booking_revalidation", reservation_id=reply["reservation_id"])
        return {**reply, **told}

    def _book(self, line: "_Line", reply: Reply) -> list[Reply]:
        self.tally.attempts += 1
        name = self.random.choice(NAMES)
        told = line.ask("start_booking", reservation_id=reply["reservation_id"], name=name)
        if told["status"] == "booked":
            self.tally.calendar_words[told["calendar"]] += 1
            self._promised(told)
            return []
        if told["status"] == "slot_taken":
            self.tally.refused_at_booking += 1
            return self._refused(line, {**reply, **told})
        return self._heard(line, told)

    def _promised(self, told: Reply) -> None:
        start = datetime.fromisoformat(told["starts_at"])
        row = Appointment.objects.filter(pk=told["appointment_id"]).first()
        if row is None or not row.is_blocking or row.starts_at != start:
            self.tally.dishonest.append(f"booked was said of what is not: {told}")
        self.tally.booked[told["appointment_id"]] = start

    def _refused(self, line: "_Line", told: Reply) -> list[Reply]:
        """Nothing of what was refused may be left, and something else is offered."""
        call = Call.objects.get(call_id=line.call_id)
        start = datetime.fromisoformat(told["starts_at"])
        links = CallAppointment.objects.filter(call=call, relationship=Relationship.ORIGINAL)
        made = Appointment.objects.filter(pk__in=links.values("appointment"), starts_at=start)
        self.tally.rejected |= set(made.values_list("pk", flat=True))
        held = Reservation.objects.live(self.timeline.now).filter(holder=call.holder, starts_at=start)
        if told["success"] or made.blocking().exists() or held.exists():
            self.tally.dishonest.append(f"refused, but something of it stands: {told}")
        return self._heard(line, told)

    def _heard(self, line: "_Line", told: Reply) -> list[Reply]:
        if told["status"] not in {"unavailable", "lost", "slot_taken", "found"}:
            self.tally.others[told["status"]] += 1
            return []
        alternatives: list[Reply] = told.get("alternatives", [])
        self.tally.without_alternatives += not alternatives
        return alternatives


class _Line:
    """One call, as the voice platform sends its messages."""

    def __init__(self, callers: Callers, caller: str) -> None:
        self.callers = callers
        self.caller = caller
        self.call_id = f"call_{secrets.token_hex(14)[:27]}"

    def ask(self, function: str, **args: str) -> Reply:
        callers = self.callers
        begun = callers.timeline.now
        call = {"call_id": self.call_id, "from_number": self.caller, "to_number": callers.number}
        raw = json.dumps({"name": function, "args": args, "call": {**call, "direction": "inbound"}}).encode()
        signature = sign(raw, key=settings.RETELL_API_KEYS[0], now_ms=int(begun.timestamp() * 1000))
        callers.world.deadline = begun + timedelta(seconds=BUDGET_SECONDS)
        response = Client().post(
            "/retell/functions/", data=raw, content_type="application/json", headers={HEADER: signature}
        )
        callers.world.deadline = None
        if response.status_code != 200:
            raise RuntimeError(f"{function}: {response.status_code}")
        took = (callers.timeline.now - begun).total_seconds()
        callers.tally.longest_answer = max(callers.tally.longest_answer, took)
        reply: Reply = response.json()
        return reply
