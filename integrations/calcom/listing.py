"""Lists that are longer than one answer."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from integrations.calcom.errors import Trouble, Unreachable
from integrations.calcom.transport import Query
from integrations.calcom.types import Booking, Page
from integrations.calcom.wire import instant

PAGE_SIZE = 250  # the most that Cal.com gives at once
MAX_PAGES = 1000


def every_booking(page_of: Callable[[Query], Page], filters: Mapping[str, str | int]) -> list[Booking]:
    """All pages of ``filters`` (``bodies.filters``), each booking once."""
    found: dict[str, Booking] = {}
    query: dict[str, str | int] = {**filters, "take": PAGE_SIZE, "skip": 0}
    for _page in range(MAX_PAGES):
        page = page_of(query)
        known = len(found)
        found.update({booking.uid: booking for booking in page.bookings})
        if not page.has_next or not page.bookings:
            return list(found.values())
        query = _next(query, page, is_new=len(found) > known)
    raise Unreachable(Trouble.UNREADABLE)  # a list that has no end


def _next(query: Mapping[str, str | int], page: Page, *, is_new: bool) -> dict[str, str | int]:
    """The query of the following page.

    Sorted by their last change, a booking that changes while we read moves to the end, all others move up,
    and counting on would skip one that then is never seen again. So the list goes on from the last change
    read instead. Only as many as a whole page within one second need counting.
    """
    last = page.bookings[-1].updated_at
    if "afterUpdatedAt" in query and last is not None and is_new:
        # A second back: what is sent has whole seconds, and whether the bound is included is not promised.
        since = instant(last - timedelta(seconds=1))
        if since != query["afterUpdatedAt"]:
            return {**query, "afterUpdatedAt": since, "skip": 0}
    return {**query, "skip": int(query["skip"]) + PAGE_SIZE}
