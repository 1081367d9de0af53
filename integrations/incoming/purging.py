"""Forgetting what old messages said."""

from datetime import datetime, timedelta

from integrations.models import CalendarEvent, EventOutcome

# The names and numbers in them are needed as long as somebody may ask what happened.
BODY_KEPT = timedelta(days=30)
# The keys are kept longer: a signature is good for ever, and a repeat should still be known as one.
KEY_KEPT = timedelta(days=365)


def purge_events(*, now: datetime) -> int:
    """Empties bodies, then forgets the rows; how many it were. What is not worked on yet stays."""
    done = CalendarEvent.objects.exclude(outcome=EventOutcome.NEW)
    emptied = done.filter(received_at__lt=now - BODY_KEPT).exclude(body={}).update(body={})
    deleted, _by_model = done.filter(received_at__lt=now - KEY_KEPT).delete()
    return emptied + deleted
