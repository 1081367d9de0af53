"""The other end of the line: signs requests, prints the dialogue, compares the answers."""

import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from string import Template
from typing import Any

from calls.simulator.back_office import BackOffice
from calls.simulator.calendar import Calendar
from calls.simulator.expecting import disappointments
from calls.simulator.line import HttpLine
from calls.simulator.promises import Promises
from calls.simulator.script import (
    WEEKDAYS,
    AgentStep,
    AnyStep,
    CounterPart,
    CounterStep,
    Day,
    HangUpStep,
    IntegrityStep,
    PromisesStep,
    SandboxStep,
    Script,
    Step,
    Unplayable,
    WorksStep,
)
from calls.simulator.talk import Talk

DAYS_TRIED = 170


class Player:
    """Plays one script. ``say`` prints a line; ``wait_until`` is told the seconds since the script's
    beginning before each step (a test moves its clock; live, nothing is waited for). ``calendar`` is
    what the script's sandbox steps speak to.
    """

    def __init__(
        self,
        script: Script,
        *,
        url: str,
        key: str,
        now: Callable[[], datetime],
        say: Callable[[str], None],
        wait_until: Callable[[float], None] = lambda _second: None,
        calendar: Calendar | None = None,
    ) -> None:
        self.script = script
        self.line = HttpLine(url, key=key, now=now)
        self.now = now
        self.say = say
        self.wait_until = wait_until
        self.calendar = calendar
        self.names: dict[str, str] = {}
        self.call_ids = {name: new_call_id() for name in script.calls}
        self.talks = {name: Talk() for name in script.calls}
        self.promises = Promises()
        self.back_office = BackOffice(number=script.number, now=now)
        self.failures: list[str] = []

    def play(self) -> list[str]:
        """One line for each disappointed expectation. Raises ``Unreachable`` or ``Unplayable``."""
        self.say(f"\n{self.script.title}")
        calendar = self._required_calendar() if self.script.needs_sandbox else None
        if self.script.needs_back_office:
            self.back_office.insist_on_this_machine(self.line.url)
        try:
            self._play_all()
        finally:
            self.line.close()
            if calendar is not None:
                calendar.clear()
        return self.failures

    def _required_calendar(self) -> Calendar:
        if self.calendar is None:
            raise Unplayable("This script needs a sandbox in the calendar's place: see CALCOM_API_URL.")
        self.calendar.insist_on_a_sandbox()
        return self.calendar

    def _play_all(self) -> None:
        for name, day in self.script.days.items():
            self._name_day(name, self._find_day(name, day))
        for step in self.script.steps:
            self.wait_until(step.second)
            self._play_any(step)

    def _play_any(self, step: AnyStep) -> None:
        match step:
            case SandboxStep():
                self._play_sandbox_step(step)
            case AgentStep():
                self.talks[step.call].said("agent", step.agent, step.second)
                self.say(f"  {step.second:6.1f}  agent, of its own accord: {step.agent}")
            case HangUpStep():
                self._hang_up(step)
            case CounterStep() | WorksStep() | PromisesStep() | IntegrityStep():
                self._play_inside(step)
            case _:
                self._play_step(step)

    def _name_day(self, name: str, day: date) -> None:
        self.names[name] = day.isoformat()
        self.names[f"{name}_dmy"] = f"{day:%d.%m.%Y}"
        self.say(f"  ${name} = {day:%A} {day.isoformat()}")

    def _find_day(self, name: str, day: Day) -> date:
        for candidate in self._candidates(day):
            if all(self._is_free(candidate, wish) for wish in day.free):
                return candidate
        raise Unplayable(f"${name}: no such day is free")

    def _candidates(self, day: Day) -> Iterator[date]:
        today = self.now().date()
        for offset in range(1, DAYS_TRIED):
            candidate = today + timedelta(days=offset)
            if day.weekday is None or WEEKDAYS[candidate.weekday()] == day.weekday:
                yield candidate

    def _is_free(self, candidate: date, wish: dict[str, str]) -> bool:
        call_id = new_call_id()
        args = {"datum": candidate.isoformat(), **wish}
        reply = self._ask("check_availability", args, call_id=call_id, caller="anonymous")
        self._ask("release_reservation", {}, call_id=call_id, caller="anonymous")
        return bool(reply["status"] == "available")

    def _play_step(self, step: Step) -> None:
        args = self._filled(step.args)
        call_id = self.call_ids[step.call]
        caller = self.script.calls[step.call]
        talk, tool = self.talks[step.call], step.tool_call_id or f"tool_{secrets.token_hex(8)}"
        if step.says:
            talk.said("user", step.says, step.second)
            self.say(f"  {step.second:6.1f}  {step.call}: {step.says}")
        talk.asked(step.function, tool)
        reply = self._ask(step.function, args, call_id=call_id, caller=caller, tool_call_id=tool)
        talk.answered(tool, reply["message"], step.second)
        self.say(f"  {step.second:6.1f}  [{step.call}] {step.function}({_short(args)}) -> {reply['status']}")
        self.say(f"          agent: {reply['message']}")
        for name, field in step.keep.items():
            self.names[name] = str(_pick(reply, field))
        self.promises.hear(caller, reply)
        self._compare(f"{step.call}, {step.function}", reply, step.expect)

    def _hang_up(self, step: HangUpStep) -> None:
        self.say(f"  {step.second:6.1f}  {step.call} hangs up")
        call = {
            **self._call(self.call_ids[step.call], self.script.calls[step.call]),
            "call_status": "ended",
            "end_timestamp": int(self.now().timestamp() * 1000),
            "disconnection_reason": "user_hangup",
            "transcript_with_tool_calls": self.talks[step.call].entries,
        }
        self.line.post("/retell/webhook/", {"event": "call_ended", "call": call})

    def _play_sandbox_step(self, step: SandboxStep) -> None:
        part = step.sandbox.model_validate(self._filled(step.sandbox.model_dump()))
        reply = self.calendar.do(part) if self.calendar else {}
        wanted = part.model_dump(exclude_defaults=True)
        self.say(f"  {step.second:6.1f}  (calendar) {_short(wanted)}")
        if reply:
            self.say(f"          {_short(reply)}")
        self._compare("calendar", reply, step.expect)

    def _play_inside(self, step: CounterStep | WorksStep | PromisesStep | IntegrityStep) -> None:
        """What the salon itself does, and whether all is as it was promised."""
        office = self.back_office
        match step:
            case CounterStep():
                who, reply = "counter", office.at_counter(self._part(step))
                self.promises.decide(reply)
            case WorksStep():
                who, reply = "worker", office.work(step.works)
            case PromisesStep():
                who, reply = "promises", {"broken": self.promises.broken(self._list_of)}
            case IntegrityStep():
                who, reply = "integrity", office.look(step.integrity)
        wanted = step.model_dump(exclude_defaults=True, exclude={"second", "expect"})
        self.say(f"  {step.second:6.1f}  ({who}) {_short(wanted)} -> {_short(reply)}")
        self._compare(who, reply, step.expect)

    def _part(self, step: CounterStep) -> CounterPart:
        return CounterPart.model_validate(self._filled(step.counter.model_dump()))

    def _list_of(self, caller: str) -> dict[str, Any]:
        return self._ask("get_customer_appointments", {}, call_id=new_call_id(), caller=caller)

    def _compare(self, who: str, reply: dict[str, Any], expect: dict[str, Any]) -> None:
        for line in disappointments(reply, self._filled(expect)):
            self.failures.append(f"{who}: {line}")
            self.say(f"          NOT AS EXPECTED {line}")

    def _filled(self, value: Any) -> Any:
        """``value`` with every ``$name`` replaced."""
        if isinstance(value, dict):
            return {key: self._filled(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [self._filled(entry) for entry in value]
        return Template(value).safe_substitute(self.names) if isinstance(value, str) else value

    def _ask(
        self, function: str, args: dict[str, Any], *, call_id: str, caller: str, tool_call_id: str = ""
    ) -> dict[str, Any]:
        call = {
            **self._call(call_id, caller),
            "transcript_with_tool_calls": _transcript(function, tool_call_id),
        }
        return self.line.post("/retell/functions/", {"name": function, "args": args, "call": call})

    def _call(self, call_id: str, caller: str) -> dict[str, Any]:
        return {
            "call_id": call_id,
            "call_type": "phone_call",
            "direction": "inbound",
            "agent_id": self.script.agent,
            "from_number": caller,
            "to_number": self.script.number,
        }


def new_call_id() -> str:
    """As the platform makes them: ``call_`` and 27 hexadecimal digits."""
    return f"call_{secrets.token_hex(14)[:27]}"


def _transcript(function: str, tool_call_id: str) -> list[dict[str, str]]:
    """The running invocation; none where a day is looked for."""
    if not tool_call_id:
        return []
    return [{"role": "tool_call_invocation", "tool_call_id": tool_call_id, "name": function}]


def _pick(reply: dict[str, Any], field: str) -> Any:
    """``alternatives.0.offer_id`` reaches into lists and objects; what is not there is empty."""
    value: Any = reply
    for part in field.split("."):
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = (value or {}).get(part)
    return "" if value is None else value


def _short(args: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in args.items())
