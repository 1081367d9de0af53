"""A typed call on a terminal: every line is what the caller says, an empty one hangs up."""

from collections.abc import Callable, Iterable

from django.utils import timezone

from calls.simulator.agent import Turn, TypedCall
from calls.simulator.following import Did


def converse(call: TypedCall, lines: Iterable[str], *, say: Callable[[str], object]) -> None:
    """Raises ``Unreachable``."""
    show(call.begin(), say)
    for line in lines:
        if not line.strip():
            break
        show(call.hear(line.strip()), say)
        if call.state and call.state.ended:
            break
    call.hang_up(now=timezone.now())


def show(turn: Turn, say: Callable[[str], object]) -> None:
    for event in turn.events:
        if isinstance(event, Did):
            args = ", ".join(f"{name}={value}" for name, value in event.args.items() if value)
            say(f"  {event.function}({args}) -> {event.reply.get('status')}, {event.milliseconds} ms")
        else:
            say(f"agent: {event.text}")
