"""The published tools: a function of ours, its arguments from variables, its answer in variables.

Everything a tool sends is fixed (``const``), either a variable of the flow or a word: the model can
neither invent a value nor spoil an id. No call id, no caller's number and no date is among them: who
calls is known from the call itself. The one number is what the caller has dictated for a callback.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from calls.flow import spoken
from calls.flow import variables as v
from calls.functions.definitions import ANYWHERE, ARGUMENTS, DEFINITIONS

# Our answers take at most a few seconds, the calendar's included; a repeated call is answered the same.
TIMEOUT_MS = 10_000
MAX_RETRY = 2


@dataclass(frozen=True, slots=True)
class Tool:
    """``arguments``: by canonical name, a variable's name in braces or the word itself. ``prefix``: of
    the response variables, one for each function, so that no answer is taken for another's.
    ``keeps``: further variables, by the field of the reply.
    """

    name: str
    function: str
    prefix: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    keeps: Mapping[str, str] = field(default_factory=dict)
    takes_a_while: bool = False

    @property
    def status(self) -> str:
        return f"{self.prefix}_status"

    @property
    def message(self) -> str:
        return f"{{{{{self.prefix}_message}}}}"

    @property
    def response_variables(self) -> dict[str, str]:
        """By name, the field of the reply. All are overwritten by every answer that has the field."""
        return {self.status: "status", f"{self.prefix}_message": "message", **self.keeps}

    @property
    def statuses(self) -> tuple[str, ...]:
        """What the function may answer, its own statuses first."""
        return (*DEFINITIONS[self.function].statuses, *ANYWHERE)

    def as_published(self, url: str) -> dict[str, Any]:
        """``url``: the site's public address. The address names the function, so the tool's name is free."""
        definition = DEFINITIONS[self.function]
        return {
            "type": "custom",
            "tool_id": self.name,
            "name": self.name,
            "description": definition.purpose,
            "url": f"{url}/retell/functions/{self.function}/",
            "method": "POST",
            "args_at_root": False,
            "parameters": {
                "type": "object",
                "properties": {name: _fixed(name, value) for name, value in self.arguments.items()},
                "required": list(self.arguments),
            },
            "response_variables": self.response_variables,
            "timeout_ms": TIMEOUT_MS,
            "max_retry": MAX_RETRY,
            "speak_during_execution": self.takes_a_while,
            "execution_message_type": "static_text",
            "execution_message_description": spoken.one_moment(),
            "speak_after_execution": False,
        }


def _fixed(name: str, value: str) -> dict[str, str]:
    return {"type": "string", "description": ARGUMENTS[name].description, "const": value}


def _of(variable: v.Variable) -> str:
    return f"{{{{{variable.name}}}}}"


CHECK = Tool(
    "check_availability",
    "check_availability",
    arguments={
        "dienstleistung": _of(v.WISH_SERVICE),
        "datum": _of(v.WISH_DAY),
        "uhrzeit": _of(v.WISH_TIME),
        "mitarbeiter": _of(v.WISH_STAFF),
    },
    prefix="check",
    keeps={"check_reservation_id": "reservation_id"},
    takes_a_while=True,
)
CHECK_CHOICE = Tool(
    "check_choice",
    "check_availability",
    arguments={"position": _of(v.OFFER_CHOICE)},
    prefix="check",
    keeps={"check_reservation_id": "reservation_id"},
    takes_a_while=True,
)
ALTERNATIVES = Tool(
    "get_alternatives",
    "get_alternatives",
    arguments=CHECK.arguments,
    prefix="alternatives",
    takes_a_while=True,
)
REVALIDATE = Tool(
    "pre_booking_revalidation",
    "pre_booking_revalidation",
    arguments={"reservation_id": "{{check_reservation_id}}"},
    prefix="revalidation",
    keeps={"revalidation_reservation_id": "reservation_id"},
)
BOOK = Tool(
    "start_booking",
    "start_booking",
    arguments={"reservation_id": "{{revalidation_reservation_id}}", "name": _of(v.NAME)},
    prefix="booking",
    takes_a_while=True,
)
BOOK_FOR_CALLER = Tool(
    "start_booking_for_caller",
    "start_booking",
    arguments={"reservation_id": "{{revalidation_reservation_id}}"},
    prefix="booking",
    takes_a_while=True,
)
OUTCOME = Tool("confirm_booking", "confirm_booking", prefix="outcome")
RELEASE = Tool(
    "release_reservation",
    "release_reservation",
    arguments={"reservation_id": "{{check_reservation_id}}"},
    prefix="release",
)
MOVE_CHECK = Tool(
    "reschedule_check",
    "reschedule_appointment",
    arguments={
        "altes_datum": _of(v.MOVE_OLD_DAY),
        "alte_uhrzeit": _of(v.MOVE_OLD_TIME),
        "neues_datum": _of(v.MOVE_DAY),
        "neue_uhrzeit": _of(v.MOVE_TIME),
        "bestaetigung": "false",
    },
    prefix="move",
    takes_a_while=True,
)
# The server still knows what was said before about the same move.
MOVE_CHOICE = Tool(
    "reschedule_choice",
    "reschedule_appointment",
    arguments={"position": _of(v.MOVE_CHOICE), "bestaetigung": "false"},
    prefix="move",
    takes_a_while=True,
)
MOVE = Tool(
    "reschedule_appointment",
    "reschedule_appointment",
    arguments={"bestaetigung": "true"},
    prefix="move",
    takes_a_while=True,
)
CANCEL_CHECK = Tool(
    "cancel_check",
    "cancel_appointment",
    arguments={
        "altes_datum": _of(v.CANCEL_DAY),
        "alte_uhrzeit": _of(v.CANCEL_TIME),
        "dienstleistung": _of(v.CANCEL_SERVICE),
        "bestaetigung": "false",
    },
    prefix="cancel",
)
CANCEL_CHOICE = Tool(
    "cancel_choice",
    "cancel_appointment",
    arguments={"position": _of(v.CANCEL_CHOICE), "bestaetigung": "false"},
    prefix="cancel",
)
CANCEL = Tool(
    "cancel_appointment",
    "cancel_appointment",
    arguments={"bestaetigung": "true"},
    prefix="cancel",
    takes_a_while=True,
)
APPOINTMENTS = Tool("get_customer_appointments", "get_customer_appointments", prefix="appointments")
SERVICES = Tool(
    "list_services",
    "list_services",
    arguments={"dienstleistung": _of(v.ASKED_SERVICE)},
    prefix="services",
)
HOURS = Tool("get_opening_hours", "get_opening_hours", arguments={"datum": _of(v.ASKED_DAY)}, prefix="hours")
CONTEXT = Tool("get_current_context", "get_current_context", prefix="context")
CALLBACK = Tool(
    "request_callback",
    "request_callback",
    arguments={"grund": _of(v.CALLBACK_REASON), "telefon": _of(v.CALLBACK_NUMBER)},
    prefix="callback",
)

TOOLS: tuple[Tool, ...] = (
    CHECK,
    CHECK_CHOICE,
    ALTERNATIVES,
    REVALIDATE,
    BOOK,
    BOOK_FOR_CALLER,
    OUTCOME,
    RELEASE,
    MOVE_CHECK,
    MOVE_CHOICE,
    MOVE,
    CANCEL_CHECK,
    CANCEL_CHOICE,
    CANCEL,
    APPOINTMENTS,
    SERVICES,
    HOURS,
    CONTEXT,
    CALLBACK,
)


def answered_variables() -> Iterator[str]:
    """The names of all response variables."""
    for tool in TOOLS:
        yield from tool.response_variables
