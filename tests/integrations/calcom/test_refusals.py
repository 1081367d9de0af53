"""Every refusal of Cal.com that is known, in each of its three envelopes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from integrations.calcom import errors
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError
from integrations.calcom.types import Order
from tests.integrations.calcom.shapes import core, filtered, framework
from tests.integrations.calcom.vendor import Reply, Vendor

NINE = datetime(2026, 12, 10, 9, tzinfo=UTC)
ORDER = Order(event_type_id=3001, start=NINE, name="Lena Vogt", email="lena@kundin.example")
SUCCESSOR = (
    "Can't reschedule booking with uid=uid71 because it has been cancelled and rescheduled already to booking "
    "with uid=uid72. You probably want to reschedule uid72 instead by passing it within the request URL."
)
RANGE = "The event type can't be booked at the \"start\" time provided. This could be because it's too soon"


def create(client: Client) -> Any:
    return client.create(ORDER)


def get(client: Client) -> Any:
    return client.get("uid71")


def cancel(client: Client) -> Any:
    return client.cancel("uid71", "x")


def move(client: Client) -> Any:
    return client.reschedule("uid71", NINE, "x")


def reserve(client: Client) -> Any:
    return client.reserve(3001, NINE, 5)


TABLE = [
    (create, 400, framework("User either already has booking at this time or is not available"), "taken"),
    (create, 400, core("no_available_users_found_error"), "taken"),
    (create, 409, core("booking_conflict_error", 409), "taken"),
    (create, 409, core("words of next year", 409), "taken"),
    (create, 400, core("An error occurred while querying the database."), "taken"),
    (
        create,
        400,
        framework("One of the hosts either already has booking at this time or is not available"),
        "host_unavailable",
    ),
    (create, 500, core("fixed_hosts_unavailable_for_booking", 500), "host_unavailable"),
    (create, 500, core("round_robin_host_unavailable_for_booking", 500), "host_unavailable"),
    (create, 400, framework(RANGE), "out_of_bounds"),
    (create, 400, core("booking_time_out_of_bounds_error"), "out_of_bounds"),
    (create, 400, framework("Attempting to book a meeting in the past."), "out_of_bounds"),
    (
        move,
        403,
        core("Rescheduling is not allowed within the minimum notice period before the event", 403),
        "out_of_bounds",
    ),
    (create, 404, framework("Event type with id 3001 not found.", "NotFoundException", 404), "not_found"),
    (create, 422, framework("No hosts.", "UnprocessableEntityException", 422), "rejected_input"),
    (create, 400, filtered("responses - {email}error_required_field, "), "rejected_input"),
    (create, 400, framework("property wrongField should not exist"), "rejected_input"),
    (
        get,
        404,
        framework("Booking with uid=uid71 was not found in the database", "NotFoundException", 404),
        "not_found",
    ),
    (cancel, 404, framework("Booking with uid=uid71 not found", "NotFoundException", 404), "not_found"),
    (
        cancel,
        400,
        framework(
            "Can't cancel booking with uid=uid71 because it has been cancelled already. Please provide"
        ),
        "already_cancelled",
    ),
    (
        move,
        400,
        framework("Can't reschedule booking with uid=uid71 because it has been cancelled."),
        "already_cancelled",
    ),
    (move, 400, framework(SUCCESSOR), "already_rescheduled"),
    (cancel, 400, core("Cannot cancel a booking that has already ended"), "already_ended"),
    (cancel, 400, core("This event type does not allow cancellations"), "rejected_input"),
    (
        reserve,
        422,
        framework("This time slot is already reserved by another user. Please choose a different time."),
        "reservation_taken",
    ),
    (reserve, 422, framework("Can't reserve a slot if the event is already booked."), "reservation_taken"),
    (reserve, 422, framework("Words of next year"), "reservation_taken"),
    (
        get,
        401,
        framework("CustomThrottlerGuard - Invalid API Key", "UnauthorizedException", 401),
        "unauthorized",
    ),
    (get, 403, framework("PermissionsGuard - no authentication", "ForbiddenException", 403), "unauthorized"),
    (
        get,
        429,
        framework("CustomThrottlerGuard - Too many requests.", "ThrottlerException", 429),
        "rate_limited",
    ),
    (create, 429, b"slow down", "rate_limited"),
]


@pytest.mark.parametrize(("operation", "status", "body", "code"), TABLE)
def test_each_refusal_is_known_and_definite(
    *, vendor: Vendor, client: Client, operation: Any, status: int, body: Any, code: str
) -> None:
    vendor.will(Reply(status, body))
    with pytest.raises(CalendarError) as caught:
        operation(client)
    assert (caught.value.code, caught.value.is_definite) == (code, True)
    assert len(vendor.seen) == 1


NO_WORDS_OF_THEIRS = [
    (500, core("Internal server error", 500), "server_error"),
    (503, b"<html>Service Unavailable</html>", "server_error"),
    (404, b"<html>Not Found</html>", "unreadable"),
    (404, {"detail": "of some proxy"}, "unreadable"),
    (403, b"<html>Are you a robot?</html>", "unreadable"),
    (408, framework("Request Timeout", "RequestTimeoutException", 408), "unreadable"),
    (301, b"", "unreadable"),
    (200, b"<html>Welcome</html>", "unreadable"),
    (200, b'{"status": "succ', "unreadable"),
    (200, b"[" * 100_000, "unreadable"),
    (200, {"status": "error"}, "unreadable"),
    (200, ["success"], "unreadable"),
    (200, {"status": "success"}, "unreadable"),
    (200, {"status": "success", "data": "text"}, "unreadable"),
    (200, b"\xff\xfe", "unreadable"),
]


@pytest.mark.parametrize(("status", "body", "trouble"), NO_WORDS_OF_THEIRS)
def test_what_is_not_cal_coms_word_is_never_a_refusal(
    vendor: Vendor, client: Client, status: int, body: Any, trouble: str
) -> None:
    """Above all not "not found": a proxy's error page must not make bookings disappear (invariant I6)."""
    vendor.will(Reply(status, body))
    with pytest.raises(errors.Unreachable) as read:
        client.get("uid71")
    with pytest.raises(errors.UnknownOutcome) as written:
        client.create(ORDER)
    assert (read.value.trouble, written.value.trouble) == (trouble, trouble)
    assert (read.value.is_definite, written.value.is_definite) == (True, False)


def test_a_failure_of_their_database_is_a_taken_time_only_where_a_time_is_taken(
    vendor: Vendor, client: Client
) -> None:
    vendor.will(Reply(400, core("An error occurred while querying the database.")))
    with pytest.raises(errors.Taken):
        move(client)
    for write in (cancel, reserve):
        with pytest.raises(errors.UnknownOutcome):
            write(client)
    with pytest.raises(errors.Unreachable):
        get(client)


def test_an_address_that_is_gone_is_no_booking_that_is_gone(vendor: Vendor, client: Client) -> None:
    vendor.will(Reply(404, framework("Cannot GET /v2/bookings/uid71", "NotFoundException", 404)))
    with pytest.raises(errors.RejectedInput):
        client.get("uid71")


def test_a_moved_booking_names_its_successor(vendor: Vendor, client: Client) -> None:
    vendor.will(Reply(400, framework(SUCCESSOR)))
    with pytest.raises(errors.AlreadyRescheduled) as caught:
        move(client)
    assert caught.value.successor == "uid72"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60.0),
        ({"X-RateLimit-Reset-Default": "42"}, 42.0),
        ({"X-RateLimit-Reset-Booking": "7"}, 7.0),
        ({"Retry-After": "9"}, 9.0),
        ({"X-RateLimit-Reset-Default": "soon"}, 60.0),
        ({"X-RateLimit-Reset-Default": "999999"}, 300.0),
    ],
)
def test_after_too_many_requests_the_headers_say_how_long(
    vendor: Vendor, client: Client, headers: dict[str, str], seconds: float
) -> None:
    vendor.will(Reply(429, framework("Too many requests."), headers))
    with pytest.raises(errors.RateLimited) as caught:
        get(client)
    assert caught.value.retry_after == seconds


def test_validation_says_which_field_but_not_what_was_in_it(vendor: Vendor, client: Client) -> None:
    body = framework("Bad Request Exception")
    body["error"]["details"] = {
        "errors": [
            {
                "property": "email",
                "value": "lena@kundin.example",
                "target": {"name": "Lena Vogt"},
                "constraints": {
                    "isEmail": "email must be an email, not lena@kundin.example or +49 30 12345099"
                },
            }
        ]
    }
    vendor.will(Reply(400, body))
    with pytest.raises(errors.RejectedInput) as caught:
        create(client)
    assert caught.value.detail == "email must be an email, not … or …"


def test_a_long_detail_is_short(vendor: Vendor, client: Client) -> None:
    vendor.will(Reply(400, core("word\n " * 1000)))
    with pytest.raises(errors.RejectedInput) as caught:
        create(client)
    assert len(str(caught.value.detail)) == 200
    assert "\n" not in str(caught.value)


def test_codes_are_stable_and_sentences_come_in_the_readers_language() -> None:
    kinds: set[type[CalendarError]] = set()
    waiting = [CalendarError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            kinds.add(kind)
            waiting.append(kind)
    assert {kind.code for kind in kinds if kind is not errors.NoAnswer} == {
        "taken", "host_unavailable", "out_of_bounds", "not_found", "rejected_input", "unauthorized",
        "key_unreadable", "already_cancelled", "already_rescheduled", "already_ended", "reservation_taken",
        "rate_limited", "unreachable", "unknown_outcome",
    }  # fmt: skip
    with translation.override("en"):
        assert str(errors.Taken()) == "This time is taken in the calendar."
        assert str(errors.RejectedInput("x")) == "Cal.com does not accept this request: x"
        error = errors.UnknownOutcome(errors.Trouble.TIMEOUT)
        assert str(error) == "Cal.com did not answer in time."
        assert errors.sentence_for(errors.name_of(error)) == str(error)
        assert errors.sentence_for("unauthorized") == str(errors.Unauthorized())
