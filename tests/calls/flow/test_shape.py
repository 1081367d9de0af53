"""The flow is what the vendor's types allow, leads everywhere it should, and claims nothing of its own."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ConfigDict, TypeAdapter, ValidationError
from retell.types import agent_create_params, conversation_flow_create_params, phone_number_update_params
from typing_extensions import is_typeddict

from calls.flow import build_flow, differences, problems
from calls.flow.agent import agent_settings, number_settings
from calls.flow.checking import edges_of, variables_in
from calls.flow.tools import TOOLS
from calls.functions import FUNCTIONS
from calls.functions.arguments import CANONICAL
from calls.functions.definitions import ARGUMENTS, DEFINITIONS
from calls.reply import STATUSES

URL = "https://salon.example"
WRITING = {
    "start_booking",
    "start_booking_for_caller",
    "reschedule_appointment",
    "cancel_appointment",
    "request_callback",
}


@pytest.fixture(scope="module")
def flow() -> dict[str, Any]:
    return build_flow(URL)


@pytest.fixture
def nodes(flow: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in flow["nodes"]}


def vendor_type(module: Any, name: str) -> TypeAdapter[Any]:
    """The vendor's own description, strict: a key that it does not know is refused.

    Lists in place of its ``Iterable``, whose entries pydantic would look at only when somebody reads them.
    """
    module.Iterable = module.SequenceNotStr = list
    for each in vars(module).values():
        if is_typeddict(each):
            each.__pydantic_config__ = ConfigDict(extra="forbid")
    return TypeAdapter(getattr(module, name))


def test_the_vendors_types_take_the_flow(flow: dict[str, Any]) -> None:
    adapter = vendor_type(conversation_flow_create_params, "ConversationFlowCreateParams")

    adapter.validate_python(flow)

    # Negative controls: the types are not so patient that they would take anything.
    first, *others = flow["tools"]
    for broken in (
        {**flow, "colour": "red"},
        {**flow, "start_speaker": "nobody"},
        {**flow, "nodes": [{"id": "x"}]},
        {**flow, "nodes": [{**flow["nodes"][0], "colour": "red"}]},
        {**flow, "tools": [{**first, "timeout_ms": "long"}, *others]},
    ):
        with pytest.raises(ValidationError):
            adapter.validate_python(broken)


def test_the_vendors_types_take_agent_and_number() -> None:
    agent = vendor_type(agent_create_params, "AgentCreateParams")
    agent.validate_python({**agent_settings(URL, "conversation_flow_1"), "voice_id": "a voice"})
    number = vendor_type(phone_number_update_params, "PhoneNumberUpdateParams")
    number.validate_python(number_settings(URL, "agent_1"))


def test_it_is_the_same_every_time_and_it_is_json(flow: dict[str, Any]) -> None:
    assert json.dumps(build_flow(URL)) == json.dumps(flow)


def test_nothing_is_wrong_with_it(flow: dict[str, Any]) -> None:
    """Every node reachable, every edge leads somewhere, every status has an edge, every variable is set."""
    assert problems(flow) == []


def test_what_is_wrong_is_found(flow: dict[str, Any]) -> None:
    """The negative control of the test above, one fault at a time."""
    copy = json.loads(json.dumps(flow))
    nodes = {each["id"]: each for each in copy["nodes"]}
    nodes["check_1"]["edges"].pop(0)
    nodes["revalidate"]["else_edge"]["destination_node_id"] = "nowhere"
    nodes["concern"]["instruction"]["text"] = "Am {{new_datum}}?"
    copy["tools"][0]["tool_id"] = "renamed"
    del nodes["release"]["else_edge"]

    found = "\n".join(problems(copy))

    assert "node check_1 has no edge for available" in found
    assert "edge revalidate-else leads to nowhere" in found
    assert "variable new_datum is not set" in found
    assert "node check_1 calls check_availability, which does not exist" in found
    assert "node release has no else edge" in found
    assert "node for_whom cannot be reached" not in found


def test_every_published_tool_is_dispatched() -> None:
    """Incident J10: a tool that the server did not know left the caller in silence."""
    for tool in TOOLS:
        assert FUNCTIONS[tool.function].name == tool.function
        assert set(tool.arguments) <= set(FUNCTIONS[tool.function].definition.arguments)
        assert set(tool.statuses) <= STATUSES


def test_every_function_is_defined_once_with_arguments_that_are_known() -> None:
    """Incidents A29, B2: no argument that the dispatcher does not read, none that it reads unnamed."""
    assert {function.name for function in FUNCTIONS.values()} == DEFINITIONS.keys()
    for definition in DEFINITIONS.values():
        assert set(definition.arguments) <= ARGUMENTS.keys()
        assert set(definition.statuses) <= STATUSES
        assert len(set(definition.arguments)) == len(definition.arguments)
    assert set(CANONICAL.values()) == ARGUMENTS.keys()


def test_no_schema_asks_for_who_is_calling_or_for_a_date(flow: dict[str, Any]) -> None:
    """Nothing goes through the model: every value is a variable of the flow or a fixed word. The one
    number is the one that a caller has dictated for the callback.
    """
    for tool in flow["tools"]:
        properties = tool["parameters"]["properties"]
        assert not properties.keys() & {"call_id", "customer_id", "appointment_id", "from_number", "email"}
        assert "telefon" not in properties or tool["name"] == "request_callback"
        assert tool["parameters"]["required"] == list(properties)
        for schema in properties.values():
            assert schema["const"] in ("true", "false") or re.fullmatch(r"\{\{\w+\}\}", schema["const"])
            assert "format" not in schema
            assert not re.search(r"YYYY|\d{4}|ISO", schema["description"])
        ids = {name: each["const"] for name, each in properties.items() if name.endswith("_id")}
        assert all(each.endswith("_reservation_id}}") for each in ids.values())


def test_timeouts_retries_and_fillers_are_said_for_every_tool(flow: dict[str, Any]) -> None:
    for tool in flow["tools"]:
        assert 1_000 <= tool["timeout_ms"] <= 15_000
        assert 0 <= tool["max_retry"] <= 5
        assert tool["args_at_root"] is False
        assert tool["url"].startswith(f"{URL}/retell/functions/")
        assert tool["execution_message_description"] == "Einen Moment, bitte."
        assert tool["speak_after_execution"] is False


def test_no_answer_is_taken_for_another_functions(flow: dict[str, Any]) -> None:
    """Response variables are kept when a call fails: each function has its own."""
    owners: dict[str, set[str]] = {}
    for tool in TOOLS:
        for variable in tool.response_variables:
            owners.setdefault(variable, set()).add(tool.function)

    assert {variable: names for variable, names in owners.items() if len(names) > 1} == {}


def test_only_the_server_speaks_of_times_and_results(nodes: dict[str, dict[str, Any]]) -> None:
    """Incidents C5, J12: "ist gebucht" stood in the flow's own text."""
    for name, node in nodes.items():
        if node["type"] not in ("conversation", "end"):
            continue
        own_words = re.sub(r"\{\{\w+\}\}", "", node["instruction"]["text"])
        assert not re.search(r"\d|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|heute|morgen", own_words), name
        if node["instruction"]["type"] == "static_text":
            assert not re.search(r"gebucht|frei|verschoben|abgesagt|storniert|Uhr", own_words), name


def test_whatever_is_not_foreseen_claims_nothing(nodes: dict[str, dict[str, Any]]) -> None:
    """The else edge of a function, followed to the first words: an apology, or the server's own."""
    for node in nodes.values():
        if node["type"] != "function":
            continue
        destination = nodes[node["else_edge"]["destination_node_id"]]
        assert destination["id"] in {"trouble", "outcome", "call_later", "concern"}
        if destination["id"] == "concern":
            assert node["tool_id"] == "release_reservation"


def test_writing_stands_behind_an_explicit_yes(nodes: dict[str, dict[str, Any]]) -> None:
    """Every way to a function that changes something passes an answer in which the caller agrees."""
    consent = re.compile(
        r"ausdrücklich ja|möchte zurückgerufen werden|sagt ja zu einem Rückruf|nennt eine Rufnummer"
    )
    for start in (each for each in nodes.values() if each.get("tool_id") in WRITING):
        for words in ways_into(start["id"], nodes):
            assert consent.search(words) or "Namen genannt" in words, (start["id"], words)


def ways_into(
    node: str, nodes: dict[str, dict[str, Any]], seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    """What the caller has said last on each way to ``node``; a name is asked for only after a yes."""
    for other in nodes.values():
        for edge in edges_of(other):
            if edge["destination_node_id"] != node or other["id"] in seen:
                continue
            if other["type"] == "conversation":
                yield edge["transition_condition"]["prompt"]
            else:
                yield from ways_into(other["id"], nodes, seen | {node})


def test_the_name_is_asked_only_after_the_truth_has_been_asked_again(
    nodes: dict[str, dict[str, Any]],
) -> None:
    """Incident 4."""
    into = {
        other["id"]
        for other in nodes.values()
        for edge in edges_of(other)
        if edge["destination_node_id"] == "for_whom"
    }
    asked = {
        other["id"]
        for other in nodes.values()
        for edge in edges_of(other)
        if edge["destination_node_id"] == "ask_name"
    }

    assert into == {"revalidate"}
    assert asked == {"for_whom", "book_for_caller"}


@pytest.mark.parametrize("prefix", ["correct_", "pick_"])
def test_a_correction_changes_one_thing_and_never_leads_back_to_the_beginning(
    prefix: str, nodes: dict[str, dict[str, Any]]
) -> None:
    """Incident J26: a correction restarted the whole conversation, endlessly."""
    corrections = [each for each in nodes.values() if each["id"].startswith(prefix)]
    assert corrections
    for node in corrections:
        assert len(node["variables"]) == (
            2 if re.search("day_and_time|old|cancel", node["id"]) and prefix == "correct_" else 1
        )
        (edge,) = edges_of(node)
        assert re.match(
            r"(check|move_check|cancel_check|check_choice|move_choice|cancel_choice)_[23]|still_searching|offer_callback",
            edge["destination_node_id"],
        )


def test_corrections_come_to_an_end(nodes: dict[str, dict[str, Any]]) -> None:
    """J26's guard: without a question whether to go on, an agreement or a new concern, no way of the
    caller's corrections comes back to where it was.
    """
    passes = {"still_searching", "offer_callback", "concern", "revalidate", "move", "cancel", "trouble"}
    passes |= {"take_move", "take_cancel", "ask_wish", "take_wish"}  # another concern than the one corrected
    rest = {
        name: {edge["destination_node_id"] for edge in edges_of(node)} - passes
        for name, node in nodes.items()
        if name not in passes
    }
    changing = {name for name in rest if re.match("correct_|pick_", name)}

    assert not [name for name in changing if name in reachable(name, rest)]


def test_no_circle_without_the_caller(nodes: dict[str, dict[str, Any]]) -> None:
    silent = {
        name: {edge["destination_node_id"] for edge in edges_of(node)}
        for name, node in nodes.items()
        if node["type"] != "conversation"
    }

    assert not [name for name in silent if name in reachable(name, silent)]


def reachable(start: str, edges: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += edges.get(name, ())
    return found


def test_names_are_listened_for(nodes: dict[str, dict[str, Any]]) -> None:
    """Common surnames as hints, and a question for the spelling where it was unclear."""
    assert {"Müller", "Maier", "Schubert"} <= set(nodes["ask_name"]["boosted_keywords"])
    (unclear,) = nodes["take_name"]["edges"]
    assert unclear["destination_node_id"] == "ask_spelling"
    assert "buchstabieren" in nodes["ask_spelling"]["instruction"]["text"]


def test_every_variable_of_the_flow_has_a_value_from_the_start(flow: dict[str, Any]) -> None:
    """Incidents A19 and A24; the platform's own clock is never used, it is Los Angeles'."""
    used = variables_in(repr(flow["nodes"]) + repr(flow["tools"]) + flow["global_prompt"])

    assert used <= flow["default_dynamic_variables"].keys()
    assert all(isinstance(value, str) for value in flow["default_dynamic_variables"].values())
    assert "current_time" not in repr(flow)


def test_differences_are_found_and_additions_are_none() -> None:
    sent = {"a": [{"id": "x", "b": 1}], "c": {"d": "e"}}

    assert differences(sent, {**sent, "version": 3, "a": [{"id": "x", "b": 1, "position": {}}]}) == []
    assert differences(sent, {"a": [{"id": "x", "b": 2}], "c": None}) == [
        "a[x].b is 2, not 1",
        "c is missing",
    ]
    assert differences(sent, {**sent, "a": []}) == ["a has 0 entries, not 1"]
