"""What staff can do where calendar and salon disagree: each way out is one function.

A way out decides in one transaction and only once for a case; Cal.com is asked afterwards, outside of it.
What is refused raises ``ResolvingError`` or ``booking.BookingError``, whose text is for staff.
"""

from integrations.resolving.comparing import Compared, compare_now
from integrations.resolving.deciding import AlreadySolved, NotPossible, ResolvingError
from integrations.resolving.moving import Place, calendar_place, move, promote, proposals, take_over
from integrations.resolving.settling import cancel, dismiss, keep
from integrations.resolving.trying import try_again
from integrations.resolving.ways import Way, ways_of

__all__ = [
    "AlreadySolved",
    "Compared",
    "NotPossible",
    "Place",
    "ResolvingError",
    "Way",
    "calendar_place",
    "cancel",
    "compare_now",
    "dismiss",
    "keep",
    "move",
    "promote",
    "proposals",
    "take_over",
    "try_again",
    "ways_of",
]
