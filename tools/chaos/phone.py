"""Callers: they ask, think, book, call again, move and cancel; and the platform delivers as it does."""

import json
import time
from datetime import datetime
from itertools import count
from typing import Any

from calls.signature import HEADER, sign
from tools.chaos.crew import PAUSE_SECONDS, TWICE, Actor, at_once, delivered, start_of
from tools.chaos.diary import Entry
from tools.chaos.journal import Act, Outcome, What
from tools.evening.callers import NAMES
from tools.stage.environment import RETELL_KEY
from tools.stage.system import NUMBER, SECOND_NUMBER
from tools.stage.telephone import Line, new_tool_call_id
from tools.stage.wire import NoAnswer

Reply = dict[str, Any]
BOOKED = ("booked", "already_booked", "provisional", "existing")
NOT_BOOKED = ("slot_taken", "refused", "needs_name", "needs_clarification")
NOT_CHANGED = ("slot_taken", "denied", "needs_clarification", "several", "none", "not_identified")
ROUNDS = 3
_numbers = count(1)


class Callers(Actor):
    name = "phone"

    def turn(self) -> None:
        entry = self.crew.diary.take(self.random) if self.happens(0.4) else None
        if entry is None:
            self._book_something()
        elif entry.number:
            self._change_something(entry)
        else:
            self.crew.diary.put(entry)

    def _line(self, number: str, caller: str | None) -> Line:
        return Line(self.crew.wire, number, caller)

    def _book_something(self) -> None:
        salon = NUMBER if self.happens(0.85) else SECOND_NUMBER
        line = self._line(salon, f"+491500{next(_numbers):07d}")
        self._tell(line, "call_started")
        wish: Reply = self.wishes.of_caller()
        start: datetime | None = start_of(wish)
        for _round in range(ROUNDS):
            reply = self._ask(line, What.ASK, "check_availability", **wish)
            if reply is None:
                break
            if reply["status"] == "available":
                self._expect_start(reply, start)
                self._confirm(line, reply)
                break
            offers = reply.get("alternatives") or []
            if not offers:
                break
            offer = self.random.choice(offers)
            wish, start = {"offer_id": offer["offer_id"]}, datetime.fromisoformat(offer["starts_at"])
            self.wait(0.05, 0.3)
        self._tell(line, "call_ended")

    def _confirm(self, line: Line, held: Reply) -> None:
        """The name takes its time; most agents ask once more before."""
        self.wait(0.05, 0.8)
        if self.happens(0.8):
            told = self._ask(
                line, What.ASK, "pre_booking_revalidation", reservation_id=held["reservation_id"]
            )
            if told is not None and told["status"] != "valid":
                return
        self.wait(0.05, 0.5)
        args = {"reservation_id": held["reservation_id"], "name": self.random.choice(NAMES)}
        if self.happens(0.5):
            args["email"] = f"kunde{line.caller[-7:]}@kunde.example" if line.caller else ""
        start = datetime.fromisoformat(held["starts_at"])
        act = Act("phone", What.BOOK, "start_booking", key=line.call_id, start=start, staff=held["staff"])
        reply = self._insist(line, act, "start_booking", args)
        self._settle(act, reply, BOOKED, NOT_BOOKED)
        if reply is not None and act.outcome is Outcome.DONE:
            self._expect_start(reply, start)
            act.appointment = reply["appointment_id"]
            self.crew.diary.put(Entry(reply["appointment_id"], start, line.caller or "", line.number))
            if self.happens(0.2):
                self._confirm_again(line, act)

    def _confirm_again(self, line: Line, act: Act) -> None:
        reply = self._ask(line, What.ASK, "confirm_booking")
        if reply is not None and reply.get("appointment_id") != act.appointment:
            self.crew.journal.complain(f"confirm_booking speaks of another appointment: {act.key}")

    def _change_something(self, entry: Entry) -> None:
        self.wait(0.05, 0.3)
        if self.happens(0.15):
            self._try_as_somebody_else(entry)
        line = self._line(entry.salon, entry.number)
        told = self._ask(line, What.ASK, "get_customer_appointments")
        if told is not None:
            self._expect_entry(told, entry)
        kept = self._cancel(line, entry) if self.happens(0.4) else self._move(line, entry)
        if kept:
            self.crew.diary.put(entry)

    def _move(self, line: Line, entry: Entry) -> bool:
        """Whether it is known how it stands now, and that it does."""
        wish = self.wishes.of_caller()
        args = {
            "appointment_id": str(entry.appointment),
            "neues_datum": wish["datum"],
            "neue_uhrzeit": wish["uhrzeit"],
        }
        start = start_of(wish)
        act = Act("phone", What.MOVE, "reschedule_appointment", line.call_id, entry.appointment, start)
        reply = self._insist(line, act, "reschedule_appointment", args)
        self._settle(act, reply, ("rescheduled",), NOT_CHANGED)
        if reply is not None and act.outcome is Outcome.DONE:
            self._expect_start(reply, start)
            entry.start = start
        return self._is_sure(act)

    def _cancel(self, line: Line, entry: Entry) -> bool:
        act = Act("phone", What.CANCEL, "cancel_appointment", line.call_id, entry.appointment)
        reply = self._insist(line, act, "cancel_appointment", {"appointment_id": str(entry.appointment)})
        self._settle(act, reply, ("cancelled",), NOT_CHANGED)
        return self._is_sure(act) and act.outcome is not Outcome.DONE

    def _is_sure(self, act: Act) -> bool:
        if act.status in {"none", "not_identified"}:
            self.crew.journal.complain(f"{act.appointment} stands, but its caller hears “{act.status}”")
        return act.outcome is not Outcome.UNANSWERED

    def _try_as_somebody_else(self, entry: Entry) -> None:
        """Invariant I9: an id proves nothing."""
        caller = None if self.happens(0.5) else f"+491500{next(_numbers):07d}"
        line = self._line(entry.salon, caller)
        reply = self._ask(line, What.ASK, "cancel_appointment", appointment_id=str(entry.appointment))
        if reply is not None and reply["status"] not in {"none", "not_identified"}:
            self.crew.journal.complain(f"A stranger was answered “{reply['status']}” on {entry.appointment}")

    def _ask(self, line: Line, what: What, function: str, **args: Any) -> Reply | None:
        act = Act("phone", what, function, key=line.call_id, began=time.time())
        reply = self._deliver(line, act, function, args)
        act.outcome = Outcome.UNANSWERED if reply is None else Outcome.DONE
        act.status = reply["status"] if reply else ""
        self.crew.journal.note(act)
        return reply

    def _insist(self, line: Line, act: Act, function: str, args: dict[str, str]) -> Reply | None:
        """An agent that hears of an error mostly tries once more, as another tool call."""
        act.began = time.time()
        reply = self._deliver(line, act, function, args)
        if reply is None and self.happens(0.6):
            self.wait(0.5, 2)
            reply = self._deliver(line, act, function, args)
        return reply

    def _deliver(self, line: Line, act: Act, function: str, args: dict[str, Any]) -> Reply | None:
        raw = line.message(function, args, new_tool_call_id())
        if self.happens(TWICE):
            reply = self._both(at_once(lambda: line.deliver(raw)), act)
        else:
            answer = delivered(act, lambda: line.deliver(raw), pause=lambda: time.sleep(PAUSE_SECONDS))
            reply = answer if isinstance(answer, dict) else None
        if reply is None:
            return None
        act.deliveries.append(reply["status"])
        return None if reply["status"] == "error" else reply

    def _both(self, answers: list[object], act: Act) -> Reply | None:
        """Invariant I7: the same answer, if there are two."""
        replies = [one for one in answers if isinstance(one, dict)]
        told = [one for one in replies if one["status"] != "error"]
        act.deliveries.append("twice at once")
        if len(told) == 2 and told[0] != told[1]:
            act.facts["answers"] = told
            self.crew.journal.complain(
                f"{act.key} {act.name}: delivered twice at once, answered {told[0]['status']} and "
                f"{told[1]['status']}"
            )
        return (told or replies or [None])[0]

    def _settle(
        self, act: Act, reply: Reply | None, done: tuple[str, ...], not_done: tuple[str, ...]
    ) -> None:
        act.status = reply["status"] if reply else ""
        if reply is None:
            act.outcome = Outcome.UNANSWERED
        elif act.status in done:
            act.outcome = Outcome.DONE
            act.appointment = reply["appointment_id"]
        else:
            act.outcome = Outcome.REFUSED if act.status in not_done else Outcome.BAD
        self.crew.journal.note(act)

    def _expect_start(self, reply: Reply, start: datetime | None) -> None:
        """Incident 2: never another time than was asked for."""
        if datetime.fromisoformat(reply["starts_at"]) != start:
            self.crew.journal.complain(f"asked for {start}, answered {reply['starts_at']}")

    def _expect_entry(self, told: Reply, entry: Entry) -> None:
        rows = {one["appointment_id"]: one["starts_at"] for one in told.get("appointments", [])}
        stands = rows.get(entry.appointment)
        if stands is None or datetime.fromisoformat(stands) != entry.start:
            self.crew.journal.complain(
                f"{entry.appointment} stands at {entry.start}, its caller hears {told['status']} {stands}"
            )

    def _tell(self, line: Line, event: str) -> None:
        """Messages about the call itself; the platform sends them again if they are not taken."""
        call = {
            "call_id": line.call_id,
            "direction": "inbound",
            "from_number": line.caller,
            "to_number": line.number,
            "call_status": "ended" if event == "call_ended" else "ongoing",
            "start_timestamp": int(time.time() * 1000),
        }
        raw = json.dumps({"event": event, "call": call}).encode()
        try:
            headers = {HEADER: sign(raw, key=RETELL_KEY, now_ms=int(time.time() * 1000))}
            self.crew.wire.send("POST", "/retell/webhook/", data=raw, headers=headers)
        except NoAnswer:
            return  # nobody is lied to by it
