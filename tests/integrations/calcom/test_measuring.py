"""How long Cal.com takes, by endpoint: never with an id, a name or an address in a label."""

from datetime import UTC, datetime
from time import monotonic

import pytest

from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError
from integrations.calcom.measuring import endpoint_of
from tests.integrations.calcom import shapes
from tests.integrations.calcom.conftest import KEY
from tests.integrations.calcom.vendor import Reply, Vendor, closed_port
from tests.metrics import adding, counted

COUNT = "calcom_api_duration_seconds_count"
UID = "nadpHtyv5JnKqobnx1AZmi"


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/v2/slots", "/v2/slots"),
        ("/v2/slots/reservations/3ae23907-0b20-4544", "/v2/slots/reservations/{id}"),
        (f"/v2/bookings/{UID}/reschedule", "/v2/bookings/{id}/reschedule"),
        (f"/v2/bookings/{UID}", "/v2/bookings/{id}"),
        ("/v2/teams/12/event-types", "/v2/teams/{id}/event-types"),
        ("/v2/bookings/mara%40kundin.example/cancel", "/v2/bookings/{id}/cancel"),
    ],
)
def test_the_endpoint_is_the_path_without_ids(path: str, endpoint: str) -> None:
    assert endpoint_of(path) == endpoint


def test_each_request_is_timed_by_its_outcome(vendor: Vendor, client: Client) -> None:
    labels = {"endpoint": "/v2/bookings/{id}", "method": "GET"}
    vendor.will(Reply(body={"status": "success", "data": shapes.booking()}))
    with adding(COUNT, 1, **labels, success="true"), adding(COUNT, 0, **labels, success="false"):
        client.get(UID)

    vendor.will(Reply(404, shapes.framework("Booking not found", "NotFoundException", 404)))
    with (
        adding(COUNT, 0, **labels, success="true"),
        adding(COUNT, 1, **labels, success="false"),
        pytest.raises(CalendarError),
    ):
        client.get(UID)


def test_nobody_there_is_timed_too_each_time_it_is_tried() -> None:
    labels = {"endpoint": "/v2/slots", "method": "GET", "success": "false"}
    now = datetime(2026, 12, 10, 9, tzinfo=UTC)

    with adding(COUNT, 2, **labels), pytest.raises(CalendarError):
        Client(closed_port(), KEY).slots(3001, now, now.replace(hour=10))


def test_what_was_never_begun_is_not_timed(client: Client) -> None:
    labels = {"endpoint": "/v2/me", "method": "GET"}
    before = [counted(COUNT, **labels, success=success) for success in ("true", "false")]

    with pytest.raises(CalendarError):
        client.until(monotonic() - 1).me()

    assert [counted(COUNT, **labels, success=success) for success in ("true", "false")] == before
