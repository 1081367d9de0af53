"""When a branch writes to nobody: by its own clock, over midnight, on nights of 23 and of 25 hours."""

from datetime import datetime, timedelta

from appointments.rules.hours import DAY, instant
from integrations.models import Medium, MessageKind, Messaging

# What begins sooner after the quiet time than this cannot wait for its end.
_ROOM = timedelta(hours=2)
# Answers to what the customer has done at this moment.
_AT_ONCE = frozenset({MessageKind.CONFIRMATION, MessageKind.CALLBACK})


def is_quiet(messaging: Messaging, now: datetime) -> bool:
    """By the branch's clock; a quiet time may run over midnight."""
    local = now.astimezone(messaging.branch.zone)
    minute = local.hour * 60 + local.minute
    begins, ends = messaging.quiet_from_minute, messaging.quiet_until_minute
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends


def quiet_until(messaging: Messaging, now: datetime) -> datetime | None:
    """When the quiet time ends in which ``now`` lies; None if it lies in none."""
    if not is_quiet(messaging, now):
        return None
    zone = messaging.branch.zone
    today = now.astimezone(zone).date()
    ends = instant(today, messaging.quiet_until_minute, zone)
    return ends if ends > now else instant(today + DAY, messaging.quiet_until_minute, zone)


def waits_until(
    messaging: Messaging, medium: str, kind: str, starts_at: datetime, now: datetime
) -> datetime | None:
    """None: it may leave now. An e-mail wakes nobody. An SMS waits for the morning, unless it answers the
    customer, or the morning would be too late. A reminder always waits.
    """
    if kind == MessageKind.REMINDER:
        return quiet_until(messaging, now)
    if medium != Medium.SMS or kind in _AT_ONCE:
        return None
    morning = quiet_until(messaging, now)
    return None if morning is None or starts_at <= morning + _ROOM else morning
