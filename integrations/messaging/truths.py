"""Whether a message that is about no appointment still says what is so: asked right before it leaves."""

from collections.abc import Callable
from datetime import datetime

from integrations.models import Message

Truth = Callable[[Message, datetime], bool]

_truths: dict[str, Truth] = {}


def register(kind: str, truth: Truth) -> None:
    """Call it in ``AppConfig.ready()``. ``truth`` reads ``message.about``, which its own writer wrote."""
    _truths[kind] = truth


def holds(message: Message, now: datetime) -> bool:
    return _truths[message.kind](message, now)
