"""The one writer (invariant I3): everything that creates, moves or cancels comes through here.

All functions are atomic. The lock order, which must not change, is: staff rows sorted, then
reservations sorted, then appointments sorted (``architecture.md`` §3).
"""

from .changes import Move, cancel, edit, mark, replan, reschedule
from .customers import find_or_create_customer
from .errors import BookingError, HoldLost, NotAllowed, SlotTaken, Stale, Unavailable
from .ledger import writes
from .making import Visit, book, convert
from .holds import extend, hold, keep_alive, release, sweep

__all__ = [
    "BookingError",
    "HoldLost",
    "Move",
    "NotAllowed",
    "SlotTaken",
    "Stale",
    "Unavailable",
    "Visit",
    "book",
    "cancel",
    "convert",
    "edit",
    "extend",
    "find_or_create_customer",
    "hold",
    "keep_alive",
    "mark",
    "release",
    "replan",
    "reschedule",
    "sweep",
    "writes",
]
