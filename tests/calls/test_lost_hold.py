"""The agent of a running call is told that what it has just promised is gone."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_q.models import OrmQ

from appointments import booking
from appointments.models import Reservation
from appointments.models.appointment import Source
from appointments.rules.phases import Phase, Plan
from calls.tasks import tell_of_lost_hold
from integrations.retell.client import RetellError, add_context
from tests.calls.phone import CUT, Phone, expect_spoken
from tests.salons import MONDAY, Salon, at

Request = tuple[str, str, str | None, dict[str, Any]]


@contextmanager
def retell(status: int = 200) -> Iterator[tuple[str, list[Request]]]:
    """A stand-in for Retell's REST API: its address, and what it was sent."""
    received: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_PATCH(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.append(("PATCH", self.path, self.headers["Authorization"], body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def lose(salon: Salon) -> None:
    """Somebody has booked Emma at ten in the calendar."""
    booking.record(
        staff=salon.emma,
        service=salon.cut,
        start=at(MONDAY, "10:00"),
        plan=Plan(phases=(Phase("", 55),)),
        visit=booking.Visit(source=Source.CALENDAR),
        now=timezone.now(),
    )


@pytest.fixture
def lost(salon: Salon, phone: Phone, django_capture_on_commit_callbacks: Callable[..., Any]) -> Reservation:
    phone.ask("check_availability", **CUT, mitarbeiter="Emma")
    with django_capture_on_commit_callbacks(execute=True):
        lose(salon)
    return Reservation.objects.get()


def test_the_worker_is_asked_to_tell(lost: Reservation) -> None:
    tasks = [(each.task["func"], each.task["args"]) for each in OrmQ.objects.all()]

    assert ("calls.tasks.tell_of_lost_hold", (lost.pk,)) in tasks


def test_the_agent_is_told_in_a_sentence(lost: Reservation, phone: Phone, settings: Any) -> None:
    with retell() as (url, received):
        settings.RETELL_API_URL = url
        assert tell_of_lost_hold(lost.pk) is True

    ((method, path, authorization, body),) = received
    assert (method, path) == ("PATCH", f"/v2/update-live-call/{phone.call_id}")
    assert authorization == f"Bearer {settings.RETELL_API_KEYS[0]}"
    assert list(body) == ["call_control"]
    (text,) = body["call_control"].values()
    assert list(body["call_control"]) == ["additional_context"]  # nobody is interrupted
    expect_spoken(text)
    assert "Emma" in text


@pytest.mark.parametrize("status", [400, 401, 404, 500, 302])
def test_a_failure_is_only_logged(status: int, lost: Reservation, settings: Any, caplog: Any) -> None:
    with retell(status) as (url, _received):
        settings.RETELL_API_URL = url
        assert tell_of_lost_hold(lost.pk) is False

    assert [record.levelname for record in caplog.records if record.name == "calls.telling"] == ["WARNING"]
    assert settings.RETELL_API_KEYS[0] not in caplog.text


def test_nobody_at_the_other_end_is_only_logged(lost: Reservation, settings: Any) -> None:
    settings.RETELL_API_URL = "http://127.0.0.1:1"

    assert tell_of_lost_hold(lost.pk) is False


def test_a_hold_that_is_no_longer_known_is_nobodys(db: None) -> None:
    assert tell_of_lost_hold(4711) is False


def test_a_call_id_stays_a_part_of_the_path(settings: Any) -> None:
    with retell() as (url, received):
        settings.RETELL_API_URL = url + "/"
        add_context("../other?x=1", "Text.")

    assert received[0][1] == "/v2/update-live-call/..%2Fother%3Fx%3D1"


def test_without_a_key_nothing_is_sent(settings: Any) -> None:
    settings.RETELL_API_KEYS = []

    with pytest.raises(RetellError):
        add_context("call_1", "Text.")


def test_only_calls_are_told(
    salon: Salon, clock: time_machine.Traveller, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    request = salon.request(salon.cut, salon.emma, holder="api:1", now=timezone.now())
    booking.hold(request, start=at(MONDAY, "10:00"))

    with django_capture_on_commit_callbacks(execute=True):
        lose(salon)

    assert not [each for each in OrmQ.objects.all() if "tell_of_lost_hold" in each.task["func"]]
