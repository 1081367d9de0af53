"""How to ask Cal.com for slots."""

import secrets
from datetime import datetime, timedelta

SPREAD_SECONDS = 3600


def not_asked_before(end: datetime) -> datetime:
    """A little later, by chance: Cal.com remembers an answer for two seconds by its exact question, also
    after a booking that it should have changed (``calcom.md``, point 10).
    """
    return end + timedelta(seconds=1 + secrets.randbelow(SPREAD_SECONDS))
