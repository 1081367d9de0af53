"""The one writer (invariant I3): everything that creates, moves or cancels comes through here.

All functions are atomic. The lock order, which must not change, is: staff rows sorted, then
reservations sorted, then the customer, then appointments sorted (``architecture.md`` §3).
"""

from appointments.booking.amending import amend, edit
from appointments.booking.changes import Move, replan, reschedule
from appointments.booking.customers import (
    Contact,
    add_customer,
    change_customer,
    find_or_create_customer,
)
from appointments.booking.errors import (
    BookingError,
    HoldLost,
    NotAllowed,
    SlotTaken,
    Stale,
    Unavailable,
    sentence_for,
)
from appointments.booking.holds import clear_away, extend, hold, keep_alive, release, sweep
from appointments.booking.ledger import writes
from appointments.booking.limits import limits_reached
from appointments.booking.making import Visit, book, convert
from appointments.booking.mending import mend_ledger, mend_phases
from appointments.booking.policy import NOTHING, Denial, Denied, fee_for
from appointments.booking.recording import follow, record
from appointments.booking.statuses import cancel, mark, set_aside
from appointments.booking.undoing import settle_move, undo_move

__all__ = [
    "NOTHING",
    "BookingError",
    "Contact",
    "Denial",
    "Denied",
    "HoldLost",
    "Move",
    "NotAllowed",
    "SlotTaken",
    "Stale",
    "Unavailable",
    "Visit",
    "add_customer",
    "amend",
    "book",
    "cancel",
    "change_customer",
    "clear_away",
    "convert",
    "edit",
    "extend",
    "fee_for",
    "find_or_create_customer",
    "follow",
    "hold",
    "keep_alive",
    "limits_reached",
    "mark",
    "mend_ledger",
    "mend_phases",
    "record",
    "release",
    "replan",
    "reschedule",
    "sentence_for",
    "set_aside",
    "settle_move",
    "sweep",
    "undo_move",
    "writes",
]
