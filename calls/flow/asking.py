"""Beginning and end, questions, callbacks, and what is said when something is broken."""

from collections.abc import Iterator

from calls.flow import prompts, spoken, tools
from calls.flow import variables as v
from calls.flow.intents import ANY
from calls.flow.parts import Answer, Node, asks, does, ends, says, takes

START = "greeting"
CALL_BACK = "Der Anrufer möchte zurückgerufen werden."
NO_CALLBACK = "Der Anrufer möchte keinen Rückruf."


def nodes() -> Iterator[Node]:
    yield says(START, "{{greeting}}", ANY)
    yield says("concern", spoken.what_then(), ANY)
    yield from _told()
    yield from _questions()
    yield from _callback()
    yield says(
        "trouble",
        spoken.went_wrong(),
        [
            (CALL_BACK, "take_reason"),
            ("Der Anrufer möchte es noch einmal versuchen.", "try_again"),
            ("Der Anrufer möchte nichts mehr.", "goodbye"),
        ],
    )
    yield asks("try_again", prompts.TRY_AGAIN, ANY)
    yield ends("call_later", spoken.call_later())
    yield ends("goodbye", spoken.goodbye())


def _told() -> Iterator[Node]:
    """The server's sentence about what has been done, and what else there may be."""
    for node, tool in (
        ("booked", tools.BOOK),
        ("outcome_told", tools.OUTCOME),
        ("moved", tools.MOVE),
        ("cancelled", tools.CANCEL),
        ("called_back", tools.CALLBACK),
    ):
        yield says(node, f"{tool.message} {spoken.anything_else()}", ANY)
    for node, tool in (("move_impossible", tools.MOVE), ("cancel_impossible", tools.CANCEL)):
        yield says(node, tool.message, ANY)
    for node, tool in (("move_not_identified", tools.MOVE), ("cancel_not_identified", tools.CANCEL)):
        yield says(node, tool.message, [("Der Anrufer nennt eine Rufnummer.", "take_number"), *ANY])


def _questions() -> Iterator[Node]:
    yield does(
        "appointments",
        tools.APPOINTMENTS,
        {"found": "told_appointments", "none": "told_appointments", "not_identified": "ask_callback_unknown"},
        otherwise="trouble",
    )
    yield says("told_appointments", tools.APPOINTMENTS.message, ANY)
    yield says(
        "ask_callback_unknown",
        tools.APPOINTMENTS.message,
        [("Der Anrufer sagt ja zu einem Rückruf.", "take_reason"), *ANY],
    )
    yield takes("take_service", [v.ASKED_SERVICE], "services")
    yield does("services", tools.SERVICES, {"found": "told_services"}, otherwise="trouble")
    yield says("told_services", tools.SERVICES.message, ANY)
    yield takes("take_day", [v.ASKED_DAY], "hours")
    hours = {"found": "told_hours", "needs_clarification": "ask_day"}
    yield does("hours", tools.HOURS, hours, otherwise="trouble")
    yield says("ask_day", tools.HOURS.message, [("Der Anrufer nennt einen Tag.", "take_day"), *ANY])
    yield says("told_hours", tools.HOURS.message, ANY)
    context = {"known": "told_context", "unknown": "told_context"}
    yield does("context", tools.CONTEXT, context, otherwise="trouble")
    yield says("told_context", tools.CONTEXT.message, ANY)


def _callback() -> Iterator[Node]:
    agreed: list[Answer] = [
        ("Der Anrufer sagt ausdrücklich ja zu einem Rückruf.", "take_reason"),
        (NO_CALLBACK, "concern"),
    ]
    yield says("offer_callback", spoken.shall_we_call_back(), agreed)
    yield takes("take_reason", [v.CALLBACK_REASON, v.CALLBACK_NUMBER], "callback")
    yield does(
        "callback",
        tools.CALLBACK,
        {"callback_queued": "called_back", "needs_clarification": "ask_number"},
        otherwise="call_later",
    )
    yield says(
        "ask_number",
        tools.CALLBACK.message,
        [("Der Anrufer nennt eine Rufnummer.", "take_number"), (NO_CALLBACK, "concern")],
    )
    yield takes("take_number", [v.CALLBACK_NUMBER], "callback_again")
    yield does(
        "callback_again",
        tools.CALLBACK,
        {"callback_queued": "called_back", "needs_clarification": "call_later"},
        otherwise="call_later",
    )
