"""Lists: bookings, event types, teams and people."""

from typing import Any

import pytest

from tests.integrations.sandbox_fixtures import (
    ANYONE,
    CHILD,
    CUT,
    EMMA,
    EVENT_TYPES,
    JONAS_CUT,
    MARA,
    PARENT,
    Asker,
    Clock,
    message,
    utc,
)


def clocks(ask: Asker, **query: Any) -> list[str]:
    response = ask("GET", "/v2/bookings", **query)
    assert response.status_code == 200, response.text
    return [row["attendees"][0]["name"] for row in response.json()["data"]]


@pytest.fixture
def booked(ask: Asker, clock: Clock) -> dict[str, str]:
    """Anna at ten, Berta at eleven by another stylist, Clara at twelve, cancelled; a minute apart."""
    uids = {}
    for name, event_type, time in (
        ("Anna", CUT, "10:00"),
        ("Berta", JONAS_CUT, "11:00"),
        ("Clara", CUT, "12:00"),
    ):
        uids[name] = ask.book(event_type, time, name=name)["uid"]
        clock.forward(minutes=1)
    ask("POST", f"/v2/bookings/{uids['Clara']}/cancel", {"cancellationReason": "krank"})
    return uids


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Anna", "Berta", "Clara"]),
        ({"status": "upcoming"}, ["Anna", "Berta"]),
        ({"status": "cancelled"}, ["Clara"]),
        ({"status": "upcoming,cancelled"}, ["Anna", "Berta", "Clara"]),
        ({"status": "past"}, []),
        ({"eventTypeId": CUT}, ["Anna", "Clara"]),
        ({"eventTypeIds": f"{CUT},{JONAS_CUT}"}, ["Anna", "Berta", "Clara"]),
        ({"attendeeEmail": "berta@salon.example"}, ["Berta"]),
        ({"attendeeName": "cla"}, ["Clara"]),
        ({"afterStart": utc("11:00")}, ["Berta", "Clara"]),
        ({"beforeEnd": utc("11:30")}, ["Anna", "Berta"]),
        ({"afterStart": utc("10:30"), "beforeEnd": utc("11:30")}, ["Berta"]),
        ({"afterCreatedAt": "2026-11-23T07:01:00Z"}, ["Berta", "Clara"]),
        ({"beforeCreatedAt": "2026-11-23T07:00:00Z"}, ["Anna"]),
        ({"afterUpdatedAt": "2026-11-23T07:03:00.000Z"}, ["Clara"]),
        ({"sortStart": "desc"}, ["Clara", "Berta", "Anna"]),
        ({"sortUpdatedAt": "desc", "take": 1}, ["Clara"]),
        ({"take": 1, "skip": 1}, ["Berta"]),
        ({"misspelt": "x"}, ["Anna", "Berta", "Clara"]),
        ({"teamId": 1}, []),
    ],
)
def test_filters_and_sorts(
    ask: Asker, booked: dict[str, str], query: dict[str, Any], names: list[str]
) -> None:
    assert clocks(ask, **query) == names


def test_one_booking_by_its_uid(ask: Asker, booked: dict[str, str]) -> None:
    assert clocks(ask, bookingUid=booked["Berta"]) == ["Berta"]


def test_pages(ask: Asker, booked: dict[str, str]) -> None:
    page = ask("GET", "/v2/bookings", take=2, skip=2).json()
    assert page["pagination"] == {
        "returnedItems": 1,
        "totalItems": 3,
        "itemsPerPage": 2,
        "remainingItems": 0,
        "currentPage": 2,
        "totalPages": 2,
        "hasNextPage": False,
        "hasPreviousPage": True,
    }
    assert ask("GET", "/v2/bookings", take=2).json()["pagination"]["remainingItems"] == 1


@pytest.mark.parametrize(
    "query", [{"take": 251}, {"take": 0}, {"skip": "x"}, {"status": "all"}, {"afterStart": "x"}]
)
def test_bad_filters(ask: Asker, query: dict[str, Any]) -> None:
    response = ask("GET", "/v2/bookings", **query)
    assert response.status_code == 400
    assert [error["property"] for error in response.json()["error"]["details"]["errors"]] == list(query)


def test_lists_need_a_key_and_a_wrong_one_is_refused_everywhere(ask: Asker) -> None:
    ask.key = None
    status, text = message(ask("GET", "/v2/bookings"))
    assert (status, text[:47]) == (403, "PermissionsGuard - no authentication provided. ")
    assert ask("GET", "/v2/me").status_code == 403
    assert ask.slots(CUT)
    ask.key = "sk_wrong"
    for path in ("/v2/bookings", "/v2/bookings/x", "/v2/me"):
        assert message(ask("GET", path)) == (401, "CustomThrottlerGuard - Invalid API Key")


def test_event_types_of_a_person(ask: Asker) -> None:
    listed = ask("GET", "/v2/event-types", version=EVENT_TYPES, username="emma-101").json()["data"]
    assert [one["id"] for one in listed] == [3001, 3002]
    assert listed[0]["ownerId"] == EMMA
    assert listed[1]["slotInterval"] == 5
    one = ask("GET", "/v2/event-types", version=EVENT_TYPES, username="emma-101", eventSlug="cut").json()[
        "data"
    ]
    assert [row["id"] for row in one] == [CUT]
    single = ask("GET", f"/v2/event-types/{CUT}", version=EVENT_TYPES).json()["data"]
    assert (single["lengthInMinutes"], single["minimumBookingNotice"]) == (30, 0)
    assert ask("GET", "/v2/event-types/99", version=EVENT_TYPES).status_code == 404


def test_a_team_its_people_and_its_event_types(ask: Asker) -> None:
    assert [team["id"] for team in ask("GET", "/v2/teams").json()["data"]] == [1]
    people = ask("GET", "/v2/teams/1/memberships").json()["data"]
    assert [person["userId"] for person in people] == [101, 102, 103]
    found = ask("GET", "/v2/teams/1/memberships", emails="mara@morgenrot.example").json()["data"]
    assert [(row["userId"], row["user"]["name"]) for row in found] == [(MARA, "Mara Vogt")]
    types = {row["id"]: row for row in ask("GET", "/v2/teams/1/event-types").json()["data"]}
    assert {number: row["schedulingType"] for number, row in types.items()} == {
        ANYONE: "roundRobin",
        PARENT: "managed",
        CHILD: None,
    }
    assert types[CHILD]["parentEventTypeId"] == PARENT
    assert [host["userId"] for host in types[ANYONE]["hosts"]] == [101, 102]
    assert ask("GET", "/v2/teams/2/memberships").status_code == 404


def test_whose_key_it_is(ask: Asker) -> None:
    assert ask("GET", "/v2/me").json()["data"]["username"] == "emma-101"


def test_unknown_paths_and_bodies_that_are_no_json(ask: Asker) -> None:
    assert message(ask("GET", "/v2/nothing")) == (404, "Cannot GET /v2/nothing")
    assert ask("POST", "/v2/bookings", [1]).status_code == 400
