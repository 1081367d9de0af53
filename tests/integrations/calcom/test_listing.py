"""Lists of many pages, also while they change under our hands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.calcom import bodies, listing
from integrations.calcom.client import Client
from integrations.calcom.errors import Unreachable
from integrations.calcom.types import Page
from integrations.calcom.wire import Booking
from tests.integrations.calcom import shapes
from tests.integrations.calcom.vendor import Reply, Vendor

START = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 4)


class Calendar:
    """Bookings by their last change, as Cal.com lists them; ``after_page`` changes some in between."""

    def __init__(self, number: int, *, every: timedelta = timedelta(minutes=1)) -> None:
        self.updated = {f"uid{index:03}": START + index * every for index in range(number)}
        self.after_page: list[str] = []
        self.queries: list[dict[str, Any]] = []

    def page_of(self, query: Any) -> Page:
        self.queries.append(dict(query))
        since = query.get("afterUpdatedAt")
        bound = datetime.fromisoformat(str(since)) if since else START - timedelta(days=1)
        order = sorted(self.updated, key=lambda uid: (self.updated[uid], uid))
        found = [uid for uid in order if self.updated[uid] >= bound][int(query["skip"]) :]
        page = [
            Booking.model_validate(shapes.booking(uid=uid, updatedAt=self.updated[uid].isoformat())).value()
            for uid in found[:4]
        ]
        if self.after_page:
            self.updated[self.after_page.pop(0)] = max(self.updated.values()) + timedelta(minutes=1)
        return Page(bookings=tuple(page), has_next=len(found) > 4)


def uids(calendar: Calendar, filters: dict[str, str | int]) -> list[str]:
    return sorted(booking.uid for booking in listing.every_booking(calendar.page_of, filters))


def test_all_pages_each_booking_once() -> None:
    calendar = Calendar(11)
    assert uids(calendar, bodies.filters()) == sorted(calendar.updated)
    assert [query["skip"] for query in calendar.queries] == [0, 4, 8]


def test_a_booking_that_changes_meanwhile_hides_no_other() -> None:
    calendar = Calendar(11)
    calendar.after_page = ["uid000", "uid001"]
    assert uids(calendar, bodies.filters(after_updated_at=START)) == sorted(calendar.updated)


def test_negative_control_counting_on_would_miss_one() -> None:
    calendar = Calendar(11)
    calendar.after_page = ["uid000", "uid001"]
    found: set[str] = set()
    for skip in (0, 4, 8, 12):
        query = {**bodies.filters(after_updated_at=START), "skip": skip}
        found |= {booking.uid for booking in calendar.page_of(query).bookings}
    assert found < set(calendar.updated)


def test_more_in_one_second_than_a_page_holds() -> None:
    calendar = Calendar(11, every=timedelta(milliseconds=5))
    assert uids(calendar, bodies.filters(after_updated_at=START)) == sorted(calendar.updated)


def test_a_list_without_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MAX_PAGES", 5)
    booking = Booking.model_validate(shapes.booking()).value()
    with pytest.raises(Unreachable):
        listing.every_booking(lambda _query: Page(bookings=(booking,), has_next=True), {})


def test_the_client_walks_the_pages(vendor: Vendor, client: Client) -> None:
    vendor.will(
        Reply(200, shapes.page(shapes.booking(uid="a"), more=True)),
        Reply(200, shapes.page(shapes.booking(uid="b"))),
    )
    assert [booking.uid for booking in client.bookings()] == ["a", "b"]
    assert [seen.query["skip"] for seen in vendor.seen] == ["0", "4"]
