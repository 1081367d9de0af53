"""Forgetting old messages about calls."""

from datetime import datetime, timedelta

from calls.models import CallEvent, CallEventOutcome

# The platform repeats within minutes, and its signature is good for five.
KEY_KEPT = timedelta(days=30)
# What could not be worked on holds what somebody said: longer than an operator needs to see it.
BODY_KEPT = timedelta(days=7)


def purge_events(*, now: datetime) -> int:
    """Empties bodies, then forgets the rows; how many it were. What is not worked on yet stays."""
    done = CallEvent.objects.exclude(outcome=CallEventOutcome.NEW)
    emptied = done.filter(received_at__lt=now - BODY_KEPT).exclude(body={}).update(body={})
    deleted, _by_model = done.filter(received_at__lt=now - KEY_KEPT).delete()
    return emptied + deleted
