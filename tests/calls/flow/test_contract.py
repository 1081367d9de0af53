"""The published tools against the real endpoint, and whole dialogues through the flow (J10, B2)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from appointments.models import Customer
from calls.flow import build_flow
from calls.flow.tools import TOOLS
from calls.models import Callback
from calls.simulator.following import Did, Event, Follower, Said, State
from tests.calls.phone import Phone, booked, expect_reply, held, send
from tests.salons import MONDAY, Salon

FLOW = build_flow("https://salon.example")
SAID = {
    "wish_service": "Herrenhaarschnitt",
    "wish_day": "am Montag",
    "wish_time": "um zehn Uhr",
    "offer_choice": "2",
    "name": "Jana Probst",
    "move_old_day": "am Montag",
    "move_day": "am Dienstag",
    "move_time": "um elf Uhr",
    "move_choice": "1",
    "cancel_choice": "1",
    "callback_reason": "Frage zur Farbe",
}
# What no tool may be answered with, whatever the caller said.
FAULTS = {"error", "unknown_function", "unknown_number"}


class Voice:
    """The platform's side: posts what a tool publishes, to the address that it publishes."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone

    def ask(self, function: str, args: Mapping[str, str]) -> Mapping[str, Any]:
        (url,) = {each["url"] for each in FLOW["tools"] if each["url"].endswith(f"/{function}/")}
        tool = next(each for each in FLOW["tools"] if each["url"] == url)
        message = self.phone.message(tool["name"], dict(args))
        return expect_reply(send(message, path=urlsplit(url).path))


def with_values(schema: Any, variables: Mapping[str, str]) -> Any:
    """A tool's schema as the platform uses it: variables replaced."""
    text = json.dumps(schema)
    for name, value in variables.items():
        text = text.replace(f"{{{{{name}}}}}", json.dumps(value)[1:-1])
    return json.loads(text)


@pytest.mark.parametrize("caller_is", ["known", "new"])
def test_every_published_tool_is_answered(salon: Salon, phone: Phone, caller_is: str) -> None:
    """Once each, in an order in which a call could come to them, with arguments that fit the schema."""
    if caller_is == "known":
        Customer.objects.create(company=salon.company, name="Jana Probst", phone=phone.caller)
    variables = {**FLOW["default_dynamic_variables"], **SAID}
    published = {each["tool_id"]: each for each in FLOW["tools"]}
    answered: dict[str, str] = {}
    for tool in TOOLS:
        schema = with_values(published[tool.name]["parameters"], variables)
        args = {name: each["const"] for name, each in schema["properties"].items()}
        jsonschema.validate(args, schema)
        assert "{{" not in json.dumps(args)

        reply = Voice(phone).ask(tool.function, args)

        assert reply["status"] in set(tool.statuses) - FAULTS, (tool.name, reply)
        for variable, path in tool.response_variables.items():
            if path in reply:
                variables[variable] = str(reply[path])
        answered[tool.name] = reply["status"]
    assert (answered["start_booking"], answered["start_booking_for_caller"]) == ("booked", "already_booked")
    assert (answered["cancel_appointment"], booked()) == ("cancelled", [])


class Scripted:
    """Understands what a test says it has understood: (node, values that were heard)."""

    def __init__(self, steps: Sequence[tuple[str, dict[str, str]]]) -> None:
        self.steps = list(steps)
        self.heard: dict[str, str] = {}

    def choose(self, node: Mapping[str, Any], state: State) -> str | None:
        destination, self.heard = self.steps.pop(0)
        assert destination in {each["destination_node_id"] for each in node["edges"]}, (
            node["id"],
            destination,
        )
        return destination

    def extract(self, variable: Mapping[str, Any], state: State) -> str | None:
        return self.heard.get(variable["name"])

    def say(self, node: Mapping[str, Any], state: State) -> str:
        return "…"

    def pardon(self, node: Mapping[str, Any], state: State) -> str:
        return "?"


def talk(phone: Phone, *steps: tuple[str, dict[str, str]], known: bool = False) -> Iterator[Event]:
    """All that happens if the caller's words lead along ``steps``."""
    follower = Follower(FLOW, ask=Voice(phone).ask, listener=Scripted(steps))
    state, events = follower.begin({"customer_known": "true" if known else "false"})
    yield from events
    for _step in steps:
        yield from follower.hear(state, "…")


def functions(events: Sequence[Event]) -> list[str]:
    return [f"{each.function} -> {each.reply['status']}" for each in events if isinstance(each, Did)]


def last_words(events: Sequence[Event]) -> str:
    return [each.text for each in events if isinstance(each, Said)][-1]


WISH = {"wish_service": "Herrenhaarschnitt", "wish_day": "Montag", "wish_time": "zehn Uhr"}


def test_a_first_booking(salon: Salon, phone: Phone) -> None:
    events = list(
        talk(
            phone,
            ("take_wish", WISH),
            ("revalidate", {}),
            ("take_name", {"name": "Jana Schuster", "name_clear": "nein"}),
            ("take_spelling", {"name": "Jana Schuster"}),
            ("goodbye", {}),
        )
    )

    assert functions(events) == [
        "check_availability -> available",
        "pre_booking_revalidation -> valid",
        "start_booking -> booked",
    ]
    assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]
    assert held() == []
    assert Customer.objects.get().name == "Jana Schuster"
    assert last_words(events) == "Vielen Dank für Ihren Anruf. Auf Wiederhören."


def test_a_known_caller_is_not_asked_for_a_name(salon: Salon, phone: Phone, jana: Customer) -> None:
    events = list(talk(phone, ("take_wish", WISH), ("revalidate", {}), known=True))

    assert functions(events)[-1] == "start_booking -> booked"
    assert last_words(events).startswith("Ihr Termin ist gebucht: Herrenhaarschnitt")


def test_a_known_caller_books_for_a_child(salon: Salon, phone: Phone, jana: Customer) -> None:
    """Incident H6."""
    list(
        talk(
            phone,
            ("take_wish", {**WISH, "for_other": "ja"}),
            ("revalidate", {}),
            ("take_name", {"name": "Tom Probst", "name_clear": "ja"}),
            known=True,
        )
    )

    (appointment,) = jana.appointments.all()
    assert (appointment.attendee, Customer.objects.get().name) == ("Tom Probst", "Jana Probst")


def test_a_correction_keeps_everything_else(salon: Salon, phone: Phone) -> None:
    """Incident J26; "Gleicher Tag, aber 16 Uhr"."""
    events = list(
        talk(phone, ("take_wish", WISH), ("correct_time_1", {"wish_time": "16 Uhr"}), ("revalidate", {}))
    )

    checks = [each for each in events if isinstance(each, Did) and each.function == "check_availability"]
    assert checks[1].args == {**checks[0].args, "uhrzeit": "16 Uhr"}
    assert [each[1] for each in held()] == ["Mo 16:00"]


def test_corrections_end_in_a_question(salon: Salon, phone: Phone) -> None:
    events = list(
        talk(
            phone,
            ("take_wish", WISH),
            ("correct_time_1", {"wish_time": "elf Uhr"}),
            ("correct_time_2", {"wish_time": "zwölf Uhr"}),
            ("correct_time_3", {"wish_time": "vierzehn Uhr"}),
        )
    )

    assert functions(events) == ["check_availability -> available"] * 3
    assert last_words(events).startswith("Das Richtige haben wir noch nicht gefunden.")


def test_a_choice_is_made_by_its_place(salon: Salon, phone: Phone) -> None:
    """Incident A13: the second of what was offered, with its day."""
    for staff in (salon.emma, salon.jonas):
        salon.book(salon.cut, staff, day=MONDAY, clock="10:00")
    events = list(talk(phone, ("take_wish", WISH), ("pick_1", {"offer_choice": "2"}), ("revalidate", {})))

    first, second, third = (each for each in events if isinstance(each, Did))
    assert (first.reply["status"], second.args) == ("unavailable", {"position": "2"})
    assert second.reply["starts_at"] == first.reply["alternatives"][1]["starts_at"]
    assert third.reply["status"] == "valid"


def test_a_hold_that_was_lost_is_no_booking(salon: Salon, phone: Phone, clock: Any) -> None:
    """Incidents 3 and 4: the caller says yes too late."""
    steps = [("take_wish", WISH), ("revalidate", {})]
    follower = Follower(FLOW, ask=Voice(phone).ask, listener=Scripted(steps))
    state, _greeting = follower.begin({})
    follower.hear(state, "Herrenhaarschnitt Montag zehn Uhr")
    clock.shift(1000)
    other = Phone(salon.number, caller="+4915000000002")
    for _stylist in (salon.emma, salon.jonas):
        other.ask(
            "check_availability", datum="2025-11-24", uhrzeit="10:00", dienstleistung="Herrenhaarschnitt"
        )
        assert other.ask(
            "start_booking",
            datum="2025-11-24",
            uhrzeit="10:00",
            dienstleistung="Herrenhaarschnitt",
            name="Tom Keller",
        )["success"]
        other = Phone(salon.number, caller="+4915000000003")

    events = follower.hear(state, "Ja")

    assert functions(events) == ["pre_booking_revalidation -> lost"]
    assert "gebucht" not in last_words(events)


def test_a_move_is_asked_before_it_is_done(salon: Salon, phone: Phone, jana: Customer) -> None:
    list(talk(phone, ("take_wish", WISH), ("revalidate", {}), known=True))
    phone = Phone(salon.number)
    events = list(
        talk(phone, ("take_move", {"move_day": "Dienstag", "move_time": "elf Uhr"}), ("move", {}), known=True)
    )

    assert functions(events) == [
        "reschedule_appointment -> ready_for_confirmation",
        "reschedule_appointment -> rescheduled",
    ]
    assert [each[1] for each in booked()] == ["Di 11:00"]


def test_a_cancellation_is_asked_before_it_is_done(salon: Salon, phone: Phone, jana: Customer) -> None:
    list(talk(phone, ("take_wish", WISH), ("revalidate", {}), known=True))
    phone = Phone(salon.number)
    first = list(talk(phone, ("take_cancel", {}), known=True))
    assert len(booked()) == 1
    events = list(talk(phone, ("take_cancel", {}), ("cancel", {}), known=True))

    assert functions(first) == ["cancel_appointment -> needs_clarification"]
    assert functions(events)[-1] == "cancel_appointment -> cancelled"
    assert booked() == []


def test_a_hidden_number_leaves_one_for_the_callback(salon: Salon) -> None:
    """Dialogue 8 of german.md: nothing of any appointment is said, and somebody calls back."""
    phone = Phone(salon.number, caller="anonymous")
    events = list(talk(phone, ("take_cancel", {}), ("take_number", {"callback_number": "0150 00000007"})))

    assert functions(events) == [
        "cancel_appointment -> not_identified",
        "request_callback -> callback_queued",
    ]
    assert [str(each.phone) for each in Callback.objects.all()][-1] == "+4915000000007"


@pytest.mark.parametrize(
    ("node", "function"),
    [
        ("take_service", "list_services"),
        ("context", "get_current_context"),
        ("take_day", "get_opening_hours"),
        ("appointments", "get_customer_appointments"),
    ],
)
def test_questions_are_answered_by_the_server(salon: Salon, phone: Phone, node: str, function: str) -> None:
    did, said = list(talk(phone, (node, {})))[1:]

    assert isinstance(did, Did)
    assert isinstance(said, Said)
    assert (did.function, said.text) == (function, did.reply["message"])
