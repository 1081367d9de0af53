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
from appointments.booking.entries import Entry, Placement
from appointments.booking.errors import (
    BookingError,
    HoldLost,
    NotAllowed,
    SlotTaken,
    Stale,
    Unavailable,
    sentence_for,
)
from appointments.booking.forgetting import (
    Coming,
    StillComing,
    coming_of,
    forget_contact,
    forget_former,
    take_leave,
)
from appointments.booking.holds import clear_away, extend, hold, keep_alive, release, sweep
from appointments.booking.importing import Foresight, foresee, import_entries
from appointments.booking.ledger import writes
from appointments.booking.limits import limits_reached
from appointments.booking.making import Visit, book, convert
from appointments.booking.mending import mend_ledger, mend_phases
from appointments.booking.policy import NOTHING, Denial, Denied, fee_for
from appointments.booking.quarantine import doubles_of, give_place, merge, took_place
from appointments.booking.recording import follow, record
from appointments.booking.statuses import cancel, mark, set_aside
from appointments.booking.undoing import settle_move, undo_move
from appointments.booking.uniting import unite
from appointments.booking.waiting import free_places, in_quarantine, in_the_way_of, is_decided_elsewhere

__all__ = [
    "NOTHING",
    "BookingError",
    "Coming",
    "Contact",
    "Denial",
    "Denied",
    "Entry",
    "Foresight",
    "HoldLost",
    "Move",
    "NotAllowed",
    "Placement",
    "SlotTaken",
    "Stale",
    "StillComing",
    "Unavailable",
    "Visit",
    "add_customer",
    "amend",
    "book",
    "cancel",
    "change_customer",
    "clear_away",
    "coming_of",
    "convert",
    "doubles_of",
    "edit",
    "extend",
    "fee_for",
    "find_or_create_customer",
    "follow",
    "foresee",
    "forget_contact",
    "forget_former",
    "free_places",
    "give_place",
    "hold",
    "import_entries",
    "in_quarantine",
    "in_the_way_of",
    "is_decided_elsewhere",
    "keep_alive",
    "limits_reached",
    "mark",
    "mend_ledger",
    "mend_phases",
    "merge",
    "record",
    "release",
    "replan",
    "reschedule",
    "sentence_for",
    "set_aside",
    "settle_move",
    "sweep",
    "take_leave",
    "took_place",
    "undo_move",
    "unite",
    "writes",
]
