"""What goes over the wire, field by field, and what is made of the answers.

Incidents F10 (fields refused, four releases in two days) and F13 (only some requests were counted).
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.calcom.client import Client
from integrations.calcom.errors import UnknownOutcome, Unreachable
from integrations.calcom.types import Booking, EventType, Member, Order, SlotReservation, Team, Webhook
from tests.integrations.calcom import shapes
from tests.integrations.calcom.conftest import KEY
from tests.integrations.calcom.vendor import Reply, Vendor

NINE = datetime(2026, 12, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOOKING = Booking(
    uid="uid71",
    status="accepted",
    start=NINE,
    end=NINE + timedelta(minutes=55),
    host_id=101,
    event_type_id=3001,
    title="Haarschnitt zwischen Emma und Lena Vogt",
    attendee_name="Lena Vogt",
    attendee_email="lena@kundin.example",
    attendee_phone="+493012345099",
    metadata={"terminfest_id": "5:1:1"},
    created_at=datetime(2026, 11, 20, 10, 0, 0, 402000, tzinfo=UTC),
    updated_at=datetime(2026, 11, 20, 10, 0, 1, 457000, tzinfo=UTC),
    rescheduled_from=None,
    rescheduled_to=None,
)


def asked(vendor: Vendor) -> tuple[str, str, str | None, dict[str, str], Any]:
    seen = vendor.last
    return seen.method, seen.path, seen.headers.get("cal-api-version"), seen.query, seen.body


def test_every_request_carries_the_key_and_asks_for_json(vendor: Vendor, client: Client) -> None:
    vendor.says(shapes.booking())
    client.get("uid71")
    assert vendor.last.headers["authorization"] == f"Bearer {KEY}"
    assert vendor.last.headers["accept"] == "application/json"


def test_a_netrc_file_does_not_replace_the_key(
    vendor: Vendor, client: Client, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client.teams()
    assert vendor.last.headers["authorization"] == f"Bearer {KEY}"


def test_create_sends_exactly_the_fields_that_are_known(vendor: Vendor, client: Client) -> None:
    vendor.says(shapes.booking(), 201)
    booking = client.create(
        Order(
            event_type_id=3001,
            start=datetime.fromisoformat("2026-12-10T10:00:00+01:00"),
            name="Lena Vogt",
            email="lena@kundin.example",
            phone="+493012345099",
            metadata={"terminfest_id": "5:1:1"},
        )
    )
    assert booking == BOOKING
    assert booking.stands
    assert asked(vendor) == (
        "POST",
        "/v2/bookings",
        "2024-08-13",
        {},
        {
            "eventTypeId": 3001,
            "start": "2026-12-10T09:00:00Z",
            "attendee": {
                "name": "Lena Vogt",
                "email": "lena@kundin.example",
                "phoneNumber": "+493012345099",
                "timeZone": "Europe/Berlin",
                "language": "de",
            },
            "metadata": {"terminfest_id": "5:1:1"},
        },
    )


def test_what_is_empty_is_left_out_and_what_is_optional_is_sent_if_given(
    vendor: Vendor, client: Client
) -> None:
    vendor.says(shapes.booking(), 201)
    client.create(
        Order(event_type_id=1, start=NINE, name="A", phone="+493012345099", notes="Farbe", length_minutes=60)
    )
    assert vendor.last.body == {
        "eventTypeId": 1,
        "start": "2026-12-10T09:00:00Z",
        "attendee": {
            "name": "A",
            "phoneNumber": "+493012345099",
            "timeZone": "Europe/Berlin",
            "language": "de",
        },
        "metadata": {},
        "lengthInMinutes": 60,
        "bookingFieldsResponses": {"notes": "Farbe"},
    }


@pytest.mark.parametrize(
    "metadata", [{"n": 1}, {"k" * 41: "x"}, {"k": "x" * 501}, {str(n): "x" for n in range(51)}]
)
def test_f10_metadata_that_would_be_refused_is_not_even_an_order(metadata: Any) -> None:
    with pytest.raises(ValueError, match="Metadata"):
        Order(event_type_id=1, start=NINE, name="A", metadata=metadata)


def test_get_reschedule_and_cancel(vendor: Vendor, client: Client) -> None:
    vendor.says(shapes.booking())
    assert client.get("uid71") == BOOKING
    assert asked(vendor) == ("GET", "/v2/bookings/uid71", "2024-08-13", {}, None)

    vendor.says(shapes.booking(uid="new", rescheduledFromUid="uid71"), 201)
    moved = client.reschedule("uid71", NINE + HOUR, "Kundin rief an")
    assert (moved.uid, moved.rescheduled_from) == ("new", "uid71")
    assert asked(vendor) == (
        "POST",
        "/v2/bookings/uid71/reschedule",
        "2024-08-13",
        {},
        {"start": "2026-12-10T10:00:00Z", "reschedulingReason": "Kundin rief an"},
    )

    vendor.says(shapes.booking(status="cancelled", rescheduledToUid="new"))
    gone = client.cancel("uid71", "Kundin rief an")
    assert (gone.stands, gone.rescheduled_to) == (False, "new")
    assert asked(vendor) == (
        "POST",
        "/v2/bookings/uid71/cancel",
        "2024-08-13",
        {},
        {"cancellationReason": "Kundin rief an"},
    )


def test_a_uid_stays_one_part_of_the_path(vendor: Vendor, client: Client) -> None:
    vendor.says(shapes.booking())
    client.get("../me?x=1")
    assert vendor.last.path == "/v2/bookings/..%2Fme%3Fx%3D1"


def test_slots_are_aware_utc_sorted_and_only_those_asked_for(vendor: Vendor, client: Client) -> None:
    """Cal.com names slots outside the asked range and refuses them afterwards (their issue 24260)."""
    vendor.says(
        {
            "2026-12-11": [{"start": "2026-12-11T09:00:00.000+01:00"}],
            "2026-12-10": [
                {"start": "2026-12-10T11:00:00.000+01:00"},
                {"start": "2026-12-10T10:00:00.000+01:00", "seatsTotal": 3},
                {"start": "2026-12-10T12:00:00.000+01:00"},
            ],
        }
    )
    assert client.slots(3001, NINE, NINE + 2 * HOUR, "Europe/Berlin") == [NINE, NINE + HOUR]
    assert asked(vendor) == (
        "GET",
        "/v2/slots",
        "2024-09-04",
        {
            "eventTypeId": "3001",
            "start": "2026-12-10T09:00:00Z",
            "end": "2026-12-10T11:00:00Z",
            "timeZone": "Europe/Berlin",
        },
        None,
    )
    client.slots(3001, NINE, NINE + HOUR, minutes=90)
    assert vendor.last.query["duration"] == "90"


def test_no_slots_at_all(vendor: Vendor, client: Client) -> None:
    vendor.says({})
    assert client.slots(3001, NINE, NINE + HOUR) == []


def test_a_naive_instant_is_refused_before_anything_is_sent(vendor: Vendor, client: Client) -> None:
    with pytest.raises(ValueError, match="aware"):
        client.slots(3001, datetime(2026, 12, 10), NINE)  # noqa: DTZ001
    assert vendor.seen == []


def test_reservations(vendor: Vendor, client: Client) -> None:
    kept = SlotReservation(
        uid="7d0c2c4e-0000-4000-8000-000000000001",
        event_type_id=3001,
        start=NINE,
        end=NINE + timedelta(minutes=55),
        until=datetime(2026, 11, 20, 10, 5, 0, 124000, tzinfo=UTC),
    )
    path = f"/v2/slots/reservations/{kept.uid}"
    vendor.says(shapes.reservation(), 201)
    assert client.reserve(3001, NINE, 5) == kept
    assert asked(vendor) == (
        "POST",
        "/v2/slots/reservations",
        "2024-09-04",
        {},
        {"eventTypeId": 3001, "slotStart": "2026-12-10T09:00:00Z", "reservationDuration": 5},
    )
    vendor.says(shapes.reservation())
    assert client.reservation(kept.uid) == kept
    assert asked(vendor) == ("GET", path, "2024-09-04", {}, None)
    assert (kept.stands_at(kept.until - HOUR), kept.stands_at(kept.until)) == (True, False)

    vendor.says(None)
    assert client.reservation("unknown") is None

    vendor.will(Reply(200, {"status": "success"}))
    client.release(kept.uid)
    assert asked(vendor) == ("DELETE", path, "2024-09-04", {}, None)
    vendor.will(Reply(404, shapes.framework("Reservation not found", "NotFoundException", 404)))
    client.release(kept.uid)


def test_lists_name_their_filters_and_their_order(vendor: Vendor, client: Client) -> None:
    vendor.will(Reply(200, shapes.page(shapes.booking())))
    found = client.bookings(
        attendee_email="lena@kundin.example",
        event_type_ids=[3001, 3002],
        after_start=NINE,
        before_end=NINE + HOUR,
        status=["upcoming", "unconfirmed"],
    )
    assert found == [BOOKING]
    assert asked(vendor) == (
        "GET",
        "/v2/bookings",
        "2024-08-13",
        {
            "attendeeEmail": "lena@kundin.example",
            "eventTypeIds": "3001,3002",
            "afterStart": "2026-12-10T09:00:00Z",
            "beforeEnd": "2026-12-10T10:00:00Z",
            "status": "upcoming,unconfirmed",
            "sortStart": "asc",
            "take": "250",
            "skip": "0",
        },
        None,
    )


def test_event_types_members_and_webhooks(vendor: Vendor, client: Client) -> None:
    expected = EventType(
        id=3001,
        title="Haarschnitt",
        slug="haarschnitt",
        length_minutes=55,
        length_options=(),
        slot_interval=None,
        minimum_notice_minutes=120,
        buffer_before_minutes=0,
        buffer_after_minutes=5,
        host_ids=(101,),
        owner_id=101,
        parent_id=None,
        team_id=None,
        scheduling_type="",
        requires_confirmation=False,
        hidden=False,
    )
    vendor.says(shapes.event_type())
    assert client.event_type(3001) == expected
    assert asked(vendor) == ("GET", "/v2/event-types/3001", "2024-06-14", {}, None)
    vendor.says([shapes.event_type()])
    assert client.event_types("emma") == [expected]
    assert asked(vendor) == ("GET", "/v2/event-types", "2024-06-14", {"username": "emma"}, None)
    assert client.team_event_types(9) == [expected]
    assert asked(vendor)[1] == "/v2/teams/9/event-types"

    vendor.says([{"id": 9, "name": "Salon", "isOrganization": False}])
    assert client.teams() == [Team(id=9, name="Salon", is_organization=False)]
    emma = Member(user_id=101, name="Emma", email="emma@salon.example", username="emma")
    vendor.says(
        [
            {
                "id": 1,
                "userId": 101,
                "user": {"name": "Emma", "email": "emma@salon.example", "username": "emma"},
            }
        ]
    )
    assert client.members(9) == [emma]
    assert asked(vendor) == ("GET", "/v2/teams/9/memberships", None, {"take": "250", "skip": "0"}, None)
    vendor.says({"id": 101, "email": "emma@salon.example", "name": "Emma", "username": "emma"})
    assert client.me() == emma

    hook = {
        "id": "w-1",
        "subscriberUrl": "https://us.example/",
        "triggers": ["BOOKING_CREATED"],
        "active": True,
    }
    found = Webhook(id="w-1", url="https://us.example/", triggers=("BOOKING_CREATED",), active=True)
    vendor.says({**hook, "secret": "pssst"}, 201)
    assert client.create_webhook("https://us.example/", ["BOOKING_CREATED"], "pssst") == found
    assert asked(vendor) == (
        "POST",
        "/v2/webhooks",
        None,
        {},
        {
            "active": True,
            "subscriberUrl": "https://us.example/",
            "triggers": ["BOOKING_CREATED"],
            "secret": "pssst",
        },
    )
    assert client.update_webhook("w-1", active=False) == found
    assert asked(vendor) == ("PATCH", "/v2/webhooks/w-1", None, {}, {"active": False})
    client.delete_webhook("w-1")
    assert asked(vendor)[:2] == ("DELETE", "/v2/webhooks/w-1")
    vendor.says([{**hook, "id": 7}])
    assert client.webhooks()[0].id == "7"


def test_kinds_of_event_types(vendor: Vendor, client: Client) -> None:
    parent = shapes.event_type(
        schedulingType="MANAGED", users=[], ownerId=None, hosts=[{"userId": 101}, {"userId": 102}]
    )
    child = shapes.event_type(id=3005, schedulingType=None, parentEventTypeId=3001, users=[])
    pending = shapes.event_type(
        confirmationPolicy={"type": "always", "blockUnconfirmedBookingsInBooker": True}
    )
    vendor.says([parent, child, pending])
    one, two, three = client.event_types()
    assert (one.is_managed_parent, one.host_ids) == (True, (101, 102))
    assert (two.is_managed_parent, two.host_ids, two.parent_id) == (False, (101,), 3001)
    assert three.requires_confirmation


def test_what_other_programs_left_in_a_booking_does_no_harm(vendor: Vendor, client: Client) -> None:
    vendor.says(
        shapes.booking(
            hosts=[{"id": "unknown"}],
            attendees=None,
            metadata=None,
            title=None,
            eventTypeId=None,
            createdAt=None,
        )
    )
    booking = client.get("uid71")
    assert (booking.host_id, booking.event_type_id, booking.attendee_name, booking.metadata) == (
        None,
        None,
        "",
        {},
    )
    vendor.says(shapes.booking(hosts=[], metadata={"n": 1, "b": True}))
    assert (client.get("uid71").host_id, client.get("uid71").metadata) == (None, {"n": "1", "b": "True"})


@pytest.mark.parametrize("missing", ["uid", "status", "start", "end"])
def test_what_we_need_is_needed(vendor: Vendor, client: Client, missing: str) -> None:
    shape = shapes.booking()
    del shape[missing]
    vendor.says(shape)
    with pytest.raises(Unreachable):
        client.get("uid71")
    with pytest.raises(UnknownOutcome):
        client.create(Order(event_type_id=1, start=NINE, name="A"))


def test_neither_key_nor_attendee_shows_in_a_repr(vendor: Vendor, client: Client) -> None:
    order = Order(
        event_type_id=1, start=NINE, name="Lena Vogt", email="lena@kundin.example", phone="+493012345099"
    )
    shown = repr([client, client.transport, client.transport.__dict__, order, BOOKING])
    for secret in (KEY, "Lena", "lena@", "+4930"):
        assert secret not in shown
