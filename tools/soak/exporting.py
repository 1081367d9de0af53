"""A sequence that broke something, as a script for ``simulate_call``.

What people and systems outside do, and what the worker does, is played; deaths of processes, failures of
the database and whatever happened at Cal.com behind our back are only told, in comments. The last steps
ask the system itself: does everybody hear what they were told, and do its own checks find anything?
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from tests.integrations.calendar import CUTS, HOSTS, PERMS
from tests.salons import BERLIN
from tests.whole.answers import Asked
from tests.whole.journal import Entry, Journal
from tests.whole.stage import CALLERS, DAYS

DAY_NAMES = dict(zip(DAYS, ("monday", "tuesday"), strict=True))
DEMO_NUMBER = "+49301234501"
# What of the system's own checks says that an invariant is broken, and not that the salon is unusual.
CHECKS = ("appointments.overlap", "appointments.ledger", "appointments.phases", "appointments.hold",
          "appointments.tenants")  # fmt: skip
# As above, at Cal.com. Only where the script has let the worker do its work.
CALENDAR_CHECKS = ("integrations.calendar_missing", "integrations.calendar_other_time",
                   "integrations.calendar_other_host", "integrations.calendar_extra")  # fmt: skip
PERM_PHASES = {1: "Haare wickeln", 3: "Fixierung auftragen", 5: "Auswaschen und Pflege"}
STYLISTS = {HOSTS["emma"]: "Emma Keller", HOSTS["jonas"]: "Jonas Brandt"}
TASKS_PLAYED = ("syncs", "reads", "sweeps", "tells", "hears", "alarms")
HEARD = re.compile(r"^(I\d+): .* heard (\w+) to (\w+)\(")


@dataclass
class Script:
    """``event_types``: of the salon in which it is played, by stylist, service and phase."""

    number: str
    event_types: Mapping[tuple[str, str, str], int]
    steps: list[dict[str, Any]] = field(default_factory=list)
    calls: dict[str, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    wishes: set[tuple[str, str, str, str]] = field(default_factory=set)
    untold: list[str] = field(default_factory=list)


def export(
    journal: Journal,
    wrong: Sequence[str],
    *,
    number: str = DEMO_NUMBER,
    event_types: Mapping[tuple[str, str, str], int] | None = None,
) -> str:
    """The script's text. ``wrong``: what was broken, a line each, as the invariants said it."""
    script = Script(number, OWN_EVENT_TYPES if event_types is None else event_types)
    for entry in journal.entries:
        PLAYS.get(entry.kind, _untold)(script, entry)
    _expect_otherwise(script, wrong)
    second = journal.entries[-1].second if journal.entries else 0
    checks = list(CHECKS)
    if any(step.get("works") for step in script.steps):
        checks += CALENDAR_CHECKS
    script.steps += [
        {"second": second, "keeps_promises": True},
        {"second": second, "integrity": checks},
    ]
    return _text(script, journal, wrong)


def _text(script: Script, journal: Journal, wrong: Sequence[str]) -> str:
    _forget_what_nobody_needs(script)
    head = ["Found by the soak. What was broken:", *wrong, "", "Not played:", *(script.untold or ["nothing"])]
    document = {
        "title": "A sequence that the soak found",
        "number": script.number,
        "happened_at": journal.began.isoformat(timespec="seconds"),
        "days": _days(script),
        "calls": script.calls,
        "steps": script.steps,
    }
    comment = "\n".join(f"# {line}".rstrip() for text in head for line in text.splitlines() or [""])
    body = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)
    return f"{comment}\n{body}"


def _forget_what_nobody_needs(script: Script) -> None:
    said = str([step.get("args") for step in script.steps])
    for step in script.steps:
        if "keep" in step:
            step["keep"] = {name: path for name, path in step["keep"].items() if f"'${name}'" in said}
        if not step.get("keep", True):
            del step["keep"]


def _days(script: Script) -> dict[str, Any]:
    """Of the first such days on which everything that is wished is free."""
    return {
        name: {
            "weekday": name,
            "free": [
                {"dienstleistung": service, "uhrzeit": clock, **({"mitarbeiter": staff} if staff else {})}
                for day, clock, service, staff in sorted(script.wishes)
                if day == name
            ],
        }
        for name in DAY_NAMES.values()
        if any(day == name for day, *_rest in script.wishes)
    }


def _place(start: datetime) -> tuple[str, str]:
    """The day's name, and the salon's clock."""
    local = start.astimezone(BERLIN)
    return DAY_NAMES[local.date()], f"{local:%H:%M}"


# What is played.


def _phone(script: Script, entry: Entry) -> None:
    asked: Asked = entry.facts["asked"]
    name = _caller(script, entry)
    args = {key: _word(script, value) for key, value in asked.args.items()}
    stood: datetime | None = entry.facts.get("stood")
    if args.pop("appointment_id", None) and stood is not None:
        day, clock = _place(stood)
        old = ("altes_datum", "alte_uhrzeit") if "neues_datum" in args else ("datum", "uhrzeit")
        args |= {old[0]: f"${day}", old[1]: clock}
    if asked.wish is not None:
        staff = asked.wish.staff.name if asked.wish.staff else ""
        script.wishes.add((*_place(asked.wish.start), asked.wish.service.name, staff))
    number = len(script.steps)
    step = {
        "call": name,
        "second": entry.second,
        "function": asked.function,
        "args": args,
        "tool_call_id": f"{name} {asked.tool}",
    }
    keep = _keep(script, asked.reply or {}, number)
    script.steps.append({**step, "keep": keep} if keep else step)


def _caller(script: Script, entry: Entry) -> str:
    """The name in the script: a new one for each call of the same person."""
    known = script.kept.get(entry.facts["call"])
    if known is None:
        number = sum(each.startswith(entry.facts["name"]) for each in script.calls) + 1
        known = f"{entry.facts['name']} {number}"
        script.kept[entry.facts["call"]] = known
        script.calls[known] = entry.facts["caller"]
    return known


def _word(script: Script, value: str) -> str:
    """A day's name for a date, a kept one for an id."""
    days = {day.isoformat(): f"${name}" for day, name in DAY_NAMES.items()}
    return days.get(value) or script.kept.get(value) or value


def _keep(script: Script, reply: Mapping[str, Any], number: int) -> dict[str, str]:
    """The ids in an answer that later steps may name."""
    keep: dict[str, str] = {}
    if reply.get("reservation_id"):
        keep[f"hold_{number}"] = "reservation_id"
        script.kept[reply["reservation_id"]] = f"$hold_{number}"
    for place, offer in enumerate(reply.get("alternatives", ())):
        keep[f"offer_{number}_{place}"] = f"alternatives.{place}.offer_id"
        script.kept[offer["offer_id"]] = f"$offer_{number}_{place}"
    return keep


def _counter(script: Script, entry: Entry) -> None:
    facts = entry.facts
    part = {"does": facts["does"]}
    if facts["does"] == "books":
        day, clock = _place(facts["start"])
        part |= {"staff": facts["staff"].name, "day": f"${day}", "time": clock}
        name, phone = CALLERS[0]
        part |= {"service": facts["service"].name, "customer": name, "phone": phone}
        script.wishes.add((day, clock, facts["service"].name, facts["staff"].name))
    else:
        one = facts["appointment"]
        day, clock = _place(one.starts_at)
        part |= {"staff": one.staff.name, "day": f"${day}", "time": clock}
    if facts["does"] == "moves":
        day, clock = _place(facts["start"])
        part |= {"to_staff": facts["staff"].name, "to_day": f"${day}", "to_time": clock}
    script.steps.append({"second": entry.second, "counter": part})


def _calendar(script: Script, entry: Entry) -> None:
    day, clock = _place(entry.facts["start"])
    number = script.event_types.get(_who_does_what(entry.facts["event_type"]))
    if number is None or entry.facts["in_the_gap"]:
        _tell(script, entry, f"a guest books {entry.facts['event_type']} at {day} {clock}")
        return
    stranger = {"event_type": number, "day": f"${day}", "time": clock}
    script.steps.append({"second": entry.second, "sandbox": {"stranger": stranger}})


def _fault(script: Script, entry: Entry) -> None:
    script.steps.append({"second": entry.second, "sandbox": {"faults": [dict(entry.facts)]}})


def _works(script: Script, entry: Entry) -> None:
    if entry.facts["task"] in TASKS_PLAYED:
        script.steps.append({"second": entry.second, "works": [entry.facts["task"]]})
    else:
        _tell(script, entry, f"the worker {entry.facts['task']}")


def _untold(script: Script, entry: Entry) -> None:
    _tell(script, entry, str(entry.facts.get("what", entry.kind)))


def _tell(script: Script, entry: Entry, what: str) -> None:
    script.untold.append(f"{entry.second:.1f} s: {what}")


PLAYS: Mapping[str, Callable[[Script, Entry], None]] = {
    "phone": _phone,
    "counter": _counter,
    "calendar": _calendar,
    "fault": _fault,
    "works": _works,
}


def _expect_otherwise(script: Script, wrong: Sequence[str]) -> None:
    """Where an answer itself was wrong: another one, or about what was wished."""
    heard = next((found for line in wrong if (found := HEARD.match(line))), None)
    if heard is None:
        return
    number, status, function = heard.groups()
    step = next(each for each in reversed(script.steps) if each.get("function") == function)
    clock = step["args"].get("neue_uhrzeit") or step["args"].get("uhrzeit")
    if number == "I10" and clock:
        step["expect"] = {"starts_at": {"contains": f"T{clock}"}}
    else:
        step["expect"] = {"status": {"lacks": status}}


# Event types.


def _who_does_what(number: int) -> tuple[str, str, str]:
    """Stylist, service and phase of an event type of the test's world."""
    for host, name in STYLISTS.items():
        if number == CUTS[host]:
            return name, "Herrenhaarschnitt", ""
        for position, of_phase in PERMS[host].items():
            if number == of_phase:
                return name, "Dauerwelle", PERM_PHASES[position]
    raise LookupError(number)


def _all_numbers() -> list[int]:
    return [*CUTS.values(), *(number for of_host in PERMS.values() for number in of_host.values())]


OWN_EVENT_TYPES = {_who_does_what(number): number for number in _all_numbers()}


def event_types_of(salon_file: Path) -> dict[tuple[str, str, str], int]:
    """Those of a salon file, for a script that is to be played there."""
    document = yaml.safe_load(salon_file.read_text(encoding="utf-8"))
    return {
        (each["staff"], each["service"], each.get("phase", "")): each["id"]
        for each in document["calendar_event_types"]
    }
