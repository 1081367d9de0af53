"""Programs with a guard taken out: the negative control, so that a silent judge is known to be awake.

``tools.chaos.broken:application`` for gunicorn, ``python -m tools.chaos.broken qcluster`` for the queue.
"""

import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any
from unittest.mock import patch

import django

django.setup()

from django.core.management import execute_from_command_line  # noqa: E402

from appointments.availability import Request, Slot  # noqa: E402
from appointments.models import Staff  # noqa: E402
from appointments.models.ledger import Allocation, AllocationQuerySet  # noqa: E402
from config.wsgi import application  # noqa: E402
from integrations.messaging import sending  # noqa: E402
from integrations.models import Message, MessageState  # noqa: E402
from tools.chaos.breaks import LEDGER, MESSAGES, REPLAY, VARIABLE  # noqa: E402

__all__ = ["application"]


def break_ledger() -> None:
    """Nobody looks whether a time is free before it is taken; the constraint is gone as well."""

    def unseen(request: Request, staff: Staff, start: datetime) -> Slot:
        return Slot(staff, start, request.with_staff(staff).service.plan(request.branch))

    def nothing(_rows: AllocationQuerySet, _periods: Any) -> AllocationQuerySet:
        return Allocation.objects.none()

    patch("appointments.booking.slots.still_free", unseen).start()
    patch.object(AllocationQuerySet, "conflicting_with_any", nothing).start()


def break_replay() -> None:
    """A repeated request is a new one: by its tool call, by what the call has booked, and by its key."""

    def never(*_facts: Any, **_more: Any) -> None:
        return None

    def create(_request: Any, _company: Any, make: Callable[[], Any], **_more: Any) -> Any:
        return make()

    patch("calls.dispatch._replay", never).start()
    patch("calls.functions.booking._before", never).start()
    patch("appointments.api.views.appointments.once", create).start()


def break_messages() -> None:
    """What was sent is not noted, and so is sent again."""
    note = sending._close  # noqa: SLF001 - breaking it is the purpose

    def forget(message: Message, state: MessageState, **facts: object) -> None:
        note(message, state, **facts)
        if state is MessageState.SENT and message.attempts < 3:
            Message.objects.filter(pk=message.pk).update(
                state=MessageState.WAITING, next_try_at=message.created_at
            )

    patch("integrations.messaging.sending._close", forget).start()


{LEDGER: break_ledger, REPLAY: break_replay, MESSAGES: break_messages}[os.environ[VARIABLE]]()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
