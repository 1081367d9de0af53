"""Servers that do not answer, or not in time: how long we wait, and what we say became of it."""

import logging
import socket
import time
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import pytest

from integrations.calcom import cutting
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError, Trouble, UnknownOutcome, Unreachable
from integrations.calcom.transport import MAX_BYTES
from integrations.calcom.types import Order
from tests.integrations.calcom import shapes
from tests.integrations.calcom.conftest import KEY
from tests.integrations.calcom.vendor import Handler, Reply, Vendor, closed_port, dying, silent, trickling

NINE = datetime(2026, 12, 10, 9, tzinfo=UTC)
ORDER = Order(event_type_id=3001, start=NINE, name="Lena Vogt", email="lena@kundin.example")
# Seconds. What must end by a deadline is given this much more, on a busy machine.
SLACK = 1.0


def failure_of(operation: Any) -> tuple[type[CalendarError], Trouble, float]:
    begun = time.monotonic()
    with pytest.raises((Unreachable, UnknownOutcome)) as caught:
        operation()
    return type(caught.value), caught.value.trouble, time.monotonic() - begun


def test_nobody_there_is_definite_also_for_a_write() -> None:
    client = Client(closed_port(), KEY)
    assert failure_of(lambda: client.create(ORDER))[:2] == (Unreachable, Trouble.NO_CONNECTION)
    assert failure_of(lambda: client.get("u"))[:2] == (Unreachable, Trouble.NO_CONNECTION)


def test_a_name_that_does_not_exist_is_definite(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_args: Any, **_kwargs: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    client = Client("https://calendar.example", KEY)
    assert failure_of(lambda: client.create(ORDER))[:2] == (Unreachable, Trouble.NO_CONNECTION)


def test_a_server_that_accepts_but_speaks_no_tls_is_definite(vendor: Vendor) -> None:
    """Nothing of ours was sent yet, although there was a connection."""
    client = Client(vendor.url.replace("http:", "https:"), KEY)
    assert failure_of(lambda: client.create(ORDER))[0] is Unreachable


def test_a_time_out_after_sending_is_unknown_for_a_write(vendor: Vendor) -> None:
    vendor.will(silent)
    client = Client(vendor.url, KEY, timeout=(1.0, 0.1))
    assert failure_of(lambda: client.create(ORDER))[:2] == (UnknownOutcome, Trouble.TIMEOUT)
    assert failure_of(lambda: client.get("u"))[:2] == (Unreachable, Trouble.TIMEOUT)
    assert [seen.method for seen in vendor.seen] == ["POST", "GET"]  # neither was asked twice


def test_a_connection_that_breaks_after_sending_is_unknown_for_a_write(
    vendor: Vendor, client: Client
) -> None:
    vendor.will(dying)
    for write in (
        lambda: client.create(ORDER),
        lambda: client.cancel("u", "x"),
        lambda: client.reschedule("u", NINE, "x"),
        lambda: client.reserve(1, NINE, 5),
        lambda: client.delete_webhook("w"),
    ):
        vendor.seen.clear()
        assert failure_of(write)[:2] == (UnknownOutcome, Trouble.NO_CONNECTION)
        assert len(vendor.seen) == 1


def test_only_what_is_safe_is_asked_again_and_only_once(vendor: Vendor, client: Client) -> None:
    vendor.will(dying, Reply(200, {"status": "success", "data": shapes.booking()}))
    assert client.get("uid71").uid == "uid71"
    vendor.will(dying, Reply(200, {"status": "success"}))
    client.release("r")
    assert client.requests_made == 4

    vendor.will(dying)
    vendor.seen.clear()
    assert failure_of(lambda: client.get("u"))[0] is Unreachable
    assert len(vendor.seen) == 2


def test_an_answer_cut_short_is_no_answer(vendor: Vendor, client: Client) -> None:
    def half(handler: Handler) -> None:
        handler.wfile.write(b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"status": "succ')
        handler.hang_up()

    vendor.will(half)
    assert failure_of(lambda: client.create(ORDER))[0] is UnknownOutcome


HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
TRICKLES = [
    pytest.param(trickling(b"", b"H"), id="status-line"),
    pytest.param(trickling(HEAD, b"X-More: 1\r\n"), id="headers"),
    pytest.param(trickling(HEAD + b"Content-Length: 9999999\r\n\r\n", b" "), id="body"),
    pytest.param(trickling(HEAD + b"\r\n", b" "), id="body-without-length"),
    pytest.param(trickling(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), id="chunks"),
    pytest.param(silent, id="silence"),
]


@pytest.mark.parametrize("step", TRICKLES)
def test_a_trickling_server_does_not_hold_us_past_the_deadline(
    vendor: Vendor, client: Client, step: Any
) -> None:
    """The read time-out of five seconds would never strike: each byte comes in time."""
    vendor.will(step)
    kind, trouble, seconds = failure_of(lambda: client.until(time.monotonic() + 0.3).create(ORDER))
    assert (kind, trouble) == (UnknownOutcome, Trouble.TIMEOUT)
    assert 0.25 < seconds < 0.3 + SLACK


def test_negative_control_a_time_out_alone_would_be_held(
    vendor: Vendor, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guard's cut the same server still holds the thread long after the deadline."""
    monkeypatch.setattr(cutting.Guard, "_cut", lambda _guard: None)
    vendor.will(trickling(HEAD + b"Content-Length: 9999999\r\n\r\n", b" "))
    thread = Thread(target=lambda: failure_of(lambda: client.until(time.monotonic() + 0.2).create(ORDER)))
    thread.start()
    thread.join(0.8)
    held = thread.is_alive()
    vendor.enough.set()
    thread.join(10)
    assert held


def test_a_deadline_that_has_passed_sends_nothing(vendor: Vendor, client: Client) -> None:
    kind, trouble, _seconds = failure_of(lambda: client.until(time.monotonic() - 1).create(ORDER))
    assert (kind, trouble) == (Unreachable, Trouble.DEADLINE)
    assert vendor.seen == []


def test_a_deadline_that_passes_while_connecting_sends_nothing(
    vendor: Vendor, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = cutting.HTTPConnection.connect
    view = client.until(time.monotonic() + 0.1)

    def slowly(connection: Any) -> None:
        connect(connection)
        vendor.enough.wait(0.3)

    monkeypatch.setattr(cutting.HTTPConnection, "connect", slowly)
    assert failure_of(lambda: view.create(ORDER))[:2] == (Unreachable, Trouble.TIMEOUT)
    assert vendor.seen == []


def test_a_cut_connection_is_not_used_again(vendor: Vendor, client: Client) -> None:
    vendor.will(silent)
    failure_of(lambda: client.until(time.monotonic() + 0.1).get("u"))
    vendor.says(shapes.booking())
    assert client.create(ORDER).uid == "uid71"


def test_connections_are_kept_alive(vendor: Vendor, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    connect = cutting.HTTPConnection.connect
    monkeypatch.setattr(cutting.HTTPConnection, "connect", lambda it: (made.append(it), connect(it))[1])
    vendor.says(shapes.booking())
    for _time in range(3):
        client.get("u")
    thread = Thread(target=lambda: client.get("u"))  # another thread has its own session, and the same pool
    thread.start()
    thread.join(10)
    assert (len(made), len(vendor.seen)) == (1, 4)


def test_a_redirect_is_not_followed(vendor: Vendor, client: Client) -> None:
    vendor.will(Reply(302, b"", {"Location": f"{vendor.url}/elsewhere"}))
    assert failure_of(lambda: client.get("u"))[:2] == (Unreachable, Trouble.UNREADABLE)
    assert failure_of(lambda: client.create(ORDER))[:2] == (UnknownOutcome, Trouble.UNREADABLE)
    assert {seen.path for seen in vendor.seen} == {"/v2/bookings/u", "/v2/bookings"}


def test_a_huge_answer_is_not_read_to_its_end(vendor: Vendor, client: Client) -> None:
    vendor.will(Reply(200, b" " * (MAX_BYTES + 100_000)))
    assert failure_of(lambda: client.get("u"))[:2] == (Unreachable, Trouble.UNREADABLE)


def test_an_endless_answer_ends(vendor: Vendor, client: Client) -> None:
    vendor.will(trickling(HEAD + b"\r\n", b" " * 1_000_000))
    assert failure_of(lambda: client.get("u"))[:2] == (Unreachable, Trouble.UNREADABLE)


def test_cookies_are_not_kept(vendor: Vendor, client: Client) -> None:
    vendor.will(Reply(200, {"status": "success", "data": []}, {"Set-Cookie": "who=me; Path=/"}))
    client.teams()
    client.teams()
    assert "cookie" not in vendor.last.headers


def test_what_the_headers_say_can_be_read_afterwards(vendor: Vendor, client: Client) -> None:
    view = client.until(None)
    view.teams()
    (traffic,) = view.traffic
    assert (traffic.limit, traffic.remaining, traffic.reset_seconds, traffic.refused) == (
        120,
        100,
        60.0,
        False,
    )
    assert client.traffic == []


def test_neither_the_key_nor_an_address_is_in_errors_or_logs(
    vendor: Vendor, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # as the settings do
    caplog.set_level(logging.DEBUG)
    vendor.will(dying)
    said = []
    for operation in (
        lambda: client.create(ORDER),
        lambda: client.bookings(attendee_email="lena@kundin.example"),
        lambda: Client(closed_port(), KEY).bookings(attendee_email="lena@kundin.example"),
    ):
        with pytest.raises(CalendarError) as caught:
            operation()
        error: BaseException | None = caught.value
        while error is not None:
            said += [str(error), repr(error)]
            error = error.__cause__ or error.__context__
    for secret in (KEY, "lena", "Lena", "kundin"):
        assert secret not in " ".join([*said, caplog.text])
