"""Who waits for time to become free, and what is free for them now.

Whether something fits says the solver, in :mod:`appointments.waitlist.matching` and nowhere else.
"""

from appointments.waitlist.entries import add, expire, offer, refresh, refresh_soon, take, withdraw
from appointments.waitlist.matching import (
    MOST,
    RELATED,
    Freed,
    Match,
    branches_waited_for,
    fitting_into,
    matches,
    waiting_for,
)

__all__ = [
    "MOST",
    "RELATED",
    "Freed",
    "Match",
    "add",
    "branches_waited_for",
    "expire",
    "fitting_into",
    "matches",
    "offer",
    "refresh",
    "refresh_soon",
    "take",
    "waiting_for",
    "withdraw",
]
