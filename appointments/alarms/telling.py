"""Whoever wants to hear of alarms attaches itself here."""

from collections.abc import Callable
from datetime import datetime

from appointments.models import Alarm
from appointments.models.alarms import Notice

NoticeHook = Callable[[Alarm, Notice, datetime], None]
_hooks: list[NoticeHook] = []


def on_notice(hook: NoticeHook) -> NoticeHook:
    """``hook`` runs in the transaction in which an alarm is raised, repeated or over. It may only write
    to the database: the alarm and the note that people must hear of it commit together.
    """
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def tell(alarm: Alarm, notice: Notice, *, now: datetime) -> None:
    for hook in _hooks:
        hook(alarm, notice, now)
