"""The functions by name. The published tools are made from this same table (incident J10)."""

from collections.abc import Callable
from dataclasses import dataclass

from calls.functions.conversation import Conversation
from calls.functions.definitions import DEFINITIONS, Definition
from calls.reply import Reply

Handler = Callable[[Conversation], Reply]


@dataclass(frozen=True, slots=True)
class VoiceFunction:
    """``needs_call``: it holds or changes something, so the call must have an identity.

    ``refusal``: the status with which it refuses a wish; None if it only asks.
    """

    name: str
    handler: Handler
    aliases: tuple[str, ...] = ()
    needs_call: bool = True
    refusal: str | None = None

    @property
    def definition(self) -> Definition:
        return DEFINITIONS[self.name]


FUNCTIONS: dict[str, VoiceFunction] = {}


def voice_function(
    *, aliases: tuple[str, ...] = (), needs_call: bool = True, refusal: str | None = None
) -> Callable[[Handler], Handler]:
    """Registers the handler under its own name and its aliases. What is not defined is not answered."""

    def register(handler: Handler) -> Handler:
        if handler.__name__ not in DEFINITIONS:
            raise ValueError(handler.__name__)
        function = VoiceFunction(handler.__name__, handler, aliases, needs_call, refusal)
        for name in (function.name, *aliases):
            if name in FUNCTIONS:
                raise ValueError(name)
            FUNCTIONS[name] = function
        return handler

    return register


def find(name: str) -> VoiceFunction | None:
    return FUNCTIONS.get(name)
