"""How many e-mails the mail server is given in a minute, by all workers together.

Whoever sends more is taken for a sender of spam, and then nobody's confirmation arrives any more.
"""

from datetime import datetime

from django.conf import settings

from integrations.calcom import budget

KEY = "e-mail"


def may_send(*, now: datetime) -> bool:
    """Takes the place of one message among those of this minute, if there is one left. One statement."""
    limit = settings.EMAILS_PER_MINUTE
    return limit == 0 or budget.take(KEY, 1, ceiling=limit, now=now)


def seconds_to_wait(*, now: datetime) -> float:
    """Until a message may leave again; 0: now."""
    limit = settings.EMAILS_PER_MINUTE
    if limit == 0 or budget.used(KEY, now=now) < limit:
        return 0.0
    return budget.seconds_to_wait(KEY, now=now)
