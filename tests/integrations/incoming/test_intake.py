"""Stored as it came, once, and answered before anything is understood."""

import json
from collections.abc import Callable
from threading import Event, Thread
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django_q.models import OrmQ

from appointments.models import Appointment, Staff
from integrations.incoming.intake import LARGEST_BODY
from integrations.models import CalendarEvent, EventOutcome
from tests.integrations.incoming.letters import created, deliver, event_of, post, send
from tests.salons import Salon


def test_it_is_stored_and_queued_and_not_yet_understood(
    salon: Salon, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    body = created("u1")

    with django_capture_on_commit_callbacks(execute=True):
        response = send(body)

    assert (response.status_code, response.content) == (204, b"")
    event = event_of(body)
    assert (event.uid, event.outcome, event.body) == ("u1", EventOutcome.NEW, body)
    (queued,) = OrmQ.objects.all()
    assert (queued.task["func"], queued.task["args"]) == (
        "integrations.tasks.process_calendar_event",
        (event.pk,),
    )
    assert not Appointment.objects.exists()


def test_the_message_counts_not_the_task(committed: Salon) -> None:
    """With the queue away it is stored all the same, and answered: Cal.com does not try again."""
    with patch("integrations.views.async_task", side_effect=OSError):
        assert send(created("u1")).status_code == 204

    assert CalendarEvent.objects.count() == 1


@pytest.mark.parametrize("times", [2, 3])
def test_a_repeat_is_known_as_one(times: int, salon: Salon) -> None:
    body = created("u1")

    outcomes = deliver(*[body] * times)

    assert outcomes == ["taken_over"] * times
    assert CalendarEvent.objects.count() == Appointment.objects.count() == 1


@pytest.mark.parametrize(
    "raw",
    [b"", b"not json", b"[]", b'"text"', b"null", b"[" * 100_000, b'{"a": NaN}', b'{"a": 1e999}', b"\xff"],
)
def test_what_is_no_json_object_is_refused(raw: bytes, salon: Salon) -> None:
    assert post(raw).status_code == 400
    assert not CalendarEvent.objects.exists()


def test_a_body_has_a_largest_size(salon: Salon) -> None:
    assert post(b" " * (LARGEST_BODY + 1)).status_code == 413
    padded = json.dumps({"triggerEvent": "PING", "note": "x" * 100_000}).encode()
    assert post(padded).status_code == 204


def test_there_is_nothing_to_get(salon: Salon, client: Any) -> None:
    assert client.get("/calcom/webhook/morgenrot/").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        {"triggerEvent": "MEETING_ENDED", "uid": "u1", "createdAt": "2025-11-23T17:00:00Z", "startTime": "x"},
        {"triggerEvent": "MEETING_STARTED", "createdAt": "2025-11-23T17:00:00Z"},
        {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": "1", "payload": {"bookingUid": "u1"}},
        {"triggerEvent": "SOMETHING_NEW", "createdAt": "1", "payload": {"uid": "u1"}},
        {"triggerEvent": "FORM_SUBMITTED", "createdAt": "1", "payload": "text"},
    ],
    ids=lambda body: body["triggerEvent"],
)
def test_what_is_of_no_concern_is_stored_and_ignored(body: dict[str, Any], salon: Salon) -> None:
    assert deliver(body) == ["ignored"]


@pytest.mark.parametrize("body", [{}, {"triggerEvent": None, "createdAt": 5, "payload": []}])
def test_a_message_without_its_parts_is_ignored(body: dict[str, Any], salon: Salon) -> None:
    assert send(body).status_code == 204
    assert CalendarEvent.objects.get().trigger == ""


@pytest.mark.parametrize("missing", ["uid", "startTime", "endTime"])
def test_a_booking_without_its_parts_is_kept_and_says_what_is_missing(missing: str, salon: Salon) -> None:
    body = created("u1")
    del body["payload"][missing]

    assert deliver(body) == ["failed"]
    assert missing in event_of(body).error


@pytest.mark.parametrize(
    "end", ["2025-11-24T09:00:00Z", "2025-11-24T09:00:20Z", "2025-11-24 11:00", "tomorrow"]
)
def test_a_booking_without_a_true_end_is_no_booking(end: str, salon: Salon) -> None:
    body = created("u1", "10:00")
    body["payload"]["endTime"] = end

    assert deliver(body) == ["failed"]


def test_characters_that_cannot_be_stored_are_left_out(salon: Salon) -> None:
    body = created("u1", name="No\x00ra \ud800Vogt")

    assert post(json.dumps(body).encode()).status_code == 204
    assert CalendarEvent.objects.get().body["payload"]["attendees"][0]["name"] == "Nora Vogt"


def test_it_waits_for_nobody(committed: Salon) -> None:
    """BOOKING_CREATED comes inside our own request: with the stylist locked it must be answered."""
    locked, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            list(Staff.objects.lock())
            locked.set()
            done.wait(20)
        connection.close()

    other = Thread(target=hold)
    other.start()
    try:
        assert locked.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        assert send(created("u1")).status_code == 204
    finally:
        done.set()
        other.join(20)
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
