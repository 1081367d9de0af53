"""Callers, through the voice functions over HTTP. Whatever they hear is held against what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from appointments.models import Appointment, Service
from tests.calls.phone import Phone, send
from tests.salons import BERLIN
from tests.whole.answers import Asked, Before, Heard, How, Wish
from tests.whole.journal import TALLY
from tests.whole.stage import CALLERS, Stage
from tests.whole.truths import untruths

Reply = dict[str, Any]
# What is said instead of an argument that is clear: (argument, words).
MUMBLED = (
    ("uhrzeit", None),
    ("datum", None),
    ("dienstleistung", None),
    ("dienstleistung", "Zahnreinigung"),
    ("mitarbeiter", "Kunigunde"),
    ("uhrzeit", "irgendwann halt"),
    ("datum", "am 31. Februar"),
)


@dataclass
class Line:
    """One call: whose, and what it has asked and heard. ``reservation``: the last it was given."""

    phone: Phone
    name: str
    heard: list[Asked] = field(default_factory=list)
    wish: Wish | None = None
    reservation: str = ""
    offers: list[Reply] = field(default_factory=list)
    tools: int = 0

    def tool(self) -> str:
        self.tools += 1
        return f"tool_{self.tools}"

    def has_asked(self, function: str, args: Mapping[str, str], tool: str) -> Asked | None:
        """This very thing under this very id, and what it heard."""
        same = (
            each for each in self.heard if (each.function, each.args, each.tool) == (function, args, tool)
        )
        return next(same, None)


class Callers:
    """Three telephones; who hangs up calls again as somebody new to the server."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.lines = [self._rings(name, number) for name, number in CALLERS]

    def _rings(self, name: str, number: str) -> Line:
        return Line(Phone(self.stage.salon.number, number), name)

    def checks(self, line: Line, wish: Wish) -> None:
        line.wish = wish
        self.ask(line, "check_availability", wish.words(), wish)

    def takes_offer(self, line: Line, number: int, *, books: bool) -> None:
        """One of the alternatives that were named last."""
        if not line.offers:
            return
        offer = line.offers[number % len(line.offers)]
        wish = Wish.of_offer(self.stage, offer)
        args = {"offer_id": offer["offer_id"], **({"name": line.name} if books else {})}
        self.ask(line, "start_booking" if books else "check_availability", args, wish)

    def revalidates(self, line: Line) -> None:
        if line.reservation:
            self.ask(line, "pre_booking_revalidation", {"reservation_id": line.reservation})
        elif line.wish:
            self.ask(line, "pre_booking_revalidation", line.wish.words(), line.wish)

    def books(self, line: Line, wish: Wish) -> None:
        """What is held, if anything is; else what is named now."""
        if line.reservation:
            self.ask(line, "start_booking", {"reservation_id": line.reservation, "name": line.name})
        else:
            line.wish = wish
            self.ask(line, "start_booking", {**wish.words(), "name": line.name}, wish)

    def moves(self, line: Line, number: int, start: datetime, *, says_which: bool) -> None:
        mine = self._own(line)
        local = start.astimezone(BERLIN)
        args = {"neues_datum": local.date().isoformat(), "neue_uhrzeit": f"{local:%H:%M}"}
        if says_which and mine:
            args["appointment_id"] = str(mine[number % len(mine)].pk)
        begun = dict.fromkeys(_ids(mine), True)
        self.ask(line, "reschedule_appointment", args, moves_to=start, begun=begun)

    def cancels(self, line: Line, number: int, *, says_which: bool) -> None:
        mine = self._own(line)
        args = {"appointment_id": str(mine[number % len(mine)].pk)} if says_which and mine else {}
        self.ask(line, "cancel_appointment", args, begun=dict.fromkeys(_ids(mine), False))

    def lists(self, line: Line) -> None:
        self.ask(line, "get_customer_appointments", {})

    def gives_back(self, line: Line) -> None:
        self.ask(line, "release_reservation", {})
        line.reservation = ""

    def mumbles(self, line: Line, wish: Wish, which: int, *, books: bool) -> None:
        """Something is missing or means nothing: that is a question, never a default (I10)."""
        argument, words = MUMBLED[which % len(MUMBLED)]
        args = {key: value for key, value in wish.words().items() if key != argument}
        if words is not None:
            args[argument] = words
        if books:
            args["name"] = line.name
        self.ask(line, "start_booking" if books else "check_availability", args, mumbles=True)

    def repeats(self, line: Line, *, same_tool: bool) -> None:
        """The platform sends it again, or the model asks once more."""
        if not line.heard:
            return
        last = line.heard[-1]
        tool = last.tool if same_tool else line.tool()
        self.ask(line, last.function, last.args, last.wish, tool=tool, repeats=last, moves_to=last.moves_to)

    def borrows_tool(self, line: Line, wish: Wish) -> None:
        """Parallel tool calls may carry the same last invocation: it is another question all the same."""
        if not line.heard:
            return
        line.wish = wish
        self.ask(line, "check_availability", wish.words(), wish, tool=line.heard[-1].tool)

    def borrows_id(self, line: Line, victim: Line, what: str) -> None:
        """What another call was given, or an appointment of another caller."""
        if line is victim:
            return
        if what == "reservation" and victim.reservation:
            args = {"reservation_id": victim.reservation}
            self.ask(line, "pre_booking_revalidation", args, is_anothers=True)
        elif what == "offer" and victim.offers:
            self.ask(line, "check_availability", {"offer_id": victim.offers[0]["offer_id"]}, is_anothers=True)
        elif what == "appointment" and (theirs := self._own(victim)):
            self.ask(line, "cancel_appointment", {"appointment_id": str(theirs[0].pk)}, is_anothers=True)

    def hangs_up(self, number: int) -> None:
        line = self.lines[number]
        call = {**line.phone.call(), "disconnection_reason": "user_hangup"}
        call["end_timestamp"] = int(self.stage.now.timestamp() * 1000)
        with self.stage.work():
            send({"event": "call_ended", "call": call}, path="/retell/webhook/")
        self.stage.journal.note("unplayed", what=f"{line.name} hangs up")
        self.lines[number] = self._rings(line.name, line.phone.caller or "anonymous")

    def ask(
        self,
        line: Line,
        function: str,
        args: Mapping[str, str],
        wish: Wish | None = None,
        *,
        tool: str = "",
        repeats: Asked | None = None,
        begun: Mapping[int, bool] | None = None,
        mumbles: bool = False,
        is_anothers: bool = False,
        moves_to: datetime | None = None,
    ) -> None:
        stage = self.stage
        tool = tool or line.tool()
        repeats = repeats or line.has_asked(function, args, tool)
        before = Before.of(stage, line.phone)
        stage.begun |= begun or ({} if repeats is None else self._begun_by(line, function))
        reply: Reply | None = None
        stood = {str(one.pk): one.starts_at for one in stage.appointments()}.get(
            args.get("appointment_id", "")
        )
        with stage.work():
            reply = line.phone.ask(function, tool_call_id=tool, **args)
        asked = Asked(function, args, tool, reply, wish, moves_to)
        facts = {"call": line.phone.call_id, "caller": line.phone.caller, "name": line.name}
        stage.journal.note("phone", asked=asked, stood=stood, **facts)
        if reply is None:
            return  # the process died, and nobody heard anything
        TALLY.answers[f"{function}: {reply['status']}"] += 1
        if reply["status"] != "error":
            line.heard.append(asked)
        self._keep(line, reply)
        how = How(repeats, mumbles=mumbles, is_anothers=is_anothers)
        stage.demand(untruths(Heard(stage, line.phone, line.name, asked, before, how)))

    def _begun_by(self, line: Line, function: str) -> dict[int, bool]:
        """A repetition may do what the first attempt did not get done."""
        if function not in ("reschedule_appointment", "cancel_appointment"):
            return {}
        return dict.fromkeys(_ids(self._own(line)), function == "reschedule_appointment")

    def _keep(self, line: Line, reply: Reply) -> None:
        if reply["status"] in ("available", "valid"):
            line.reservation = reply["reservation_id"]
        elif reply["status"] in ("booked", "provisional", "already_booked", "lost", "slot_taken"):
            line.reservation = ""
        if reply.get("alternatives"):
            line.offers = reply["alternatives"]

    def _own(self, line: Line) -> Sequence[Appointment]:
        """What the caller's number stands for; nobody's for a hidden one."""
        return [
            one
            for one in self.stage.appointments()
            if one.customer is not None and one.customer.phone == line.phone.caller and one.is_blocking
        ]


def _ids(appointments: Sequence[Appointment]) -> list[int]:
    return [one.pk for one in appointments]


def wished(stage: Stage, *, is_perm: bool, staff: bool | None, start: datetime) -> Wish:
    service: Service = stage.service(is_perm=is_perm)
    return Wish(service, None if staff is None else stage.staff(is_emma=staff), start)
