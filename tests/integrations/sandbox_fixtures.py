"""A running sandbox for tests: no database, no clock of its own.

``from tests.integrations.sandbox_fixtures import sandbox`` in a conftest, or ``serve(small_world())``.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from integrations.sandbox import EventType, Host, Sandbox, Team, World, serve

# A Monday morning in Berlin's winter, and the Wednesday after it.
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
DAY = "2026-11-25"
EMMA, JONAS, MARA = 101, 102, 103
CUT, PERM, JONAS_CUT, ANYONE, BY_PHONE, PARENT, CHILD, ASKED_FIRST = (
    3001,
    3002,
    3101,
    3200,
    3300,
    3400,
    3401,
    3500,
)
SLOTS, BOOKINGS, EVENT_TYPES = "2024-09-04", "2024-08-13", "2024-06-14"
NINE_TO_FIVE = tuple((weekday, 9 * 60, 17 * 60) for weekday in range(6))
KEY = "cal_test"


class Clock:
    """Stands still until a test moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


def small_world(**facts: Any) -> World:
    """Emma and Jonas with an event type of their own each, and one of every other kind."""
    hosts = [
        Host(EMMA, "Emma Keller", "emma@morgenrot.example", hours=NINE_TO_FIVE),
        Host(JONAS, "Jonas Brandt", "jonas@morgenrot.example", hours=NINE_TO_FIVE),
        Host(MARA, "Mara Vogt", "mara@morgenrot.example", hours=NINE_TO_FIVE),
    ]
    event_types = [
        EventType(CUT, (EMMA,), 30, title="Haarschnitt", slug="cut"),
        EventType(PERM, (EMMA,), 50, title="Dauerwelle", interval=5, lengths=(50, 90)),
        EventType(JONAS_CUT, (JONAS,), 30, title="Haarschnitt"),
        EventType(ANYONE, (EMMA, JONAS), 30, title="Egal wer", team_id=1),
        EventType(BY_PHONE, (MARA,), 30, contact="phone"),
        EventType(PARENT, (), 30, scheduling="managed", team_id=1),
        EventType(CHILD, (MARA,), 30, parent_id=PARENT, team_id=1),
        EventType(ASKED_FIRST, (MARA,), 30, requires_confirmation=True),
    ]
    team = Team(1, "Salon Morgenrot", "morgenrot", (EMMA, JONAS, MARA))
    return World.of(hosts, event_types, [team], **{"clock": Clock(), **facts})


@dataclass
class Asker:
    """Asks the sandbox as a client would; ``key`` and ``version`` can be left out or wrong."""

    url: str
    key: str | None = KEY

    def __call__(
        self, method: str, path: str, body: Any = None, *, version: str | None = BOOKINGS, **query: Any
    ) -> requests.Response:
        headers = {} if version is None else {"cal-api-version": version}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        return requests.request(
            method, f"{self.url}{path}", json=body, headers=headers, params=query, timeout=10
        )

    def slots(self, event_type: int, *, start: str = DAY, end: str = DAY, **query: Any) -> list[str]:
        """Clock times in Berlin, of a single day."""
        query = {"eventTypeId": event_type, "start": start, "end": end, "timeZone": "Europe/Berlin", **query}
        response = self("GET", "/v2/slots", version=SLOTS, **query)
        assert response.status_code == 200, response.text
        return [slot["start"][11:16] for day in response.json()["data"].values() for slot in day]

    def create(self, event_type: int, clock: str, **facts: Any) -> requests.Response:
        return self("POST", "/v2/bookings", booking_body(event_type, clock, **facts))

    def book(self, event_type: int, clock: str, **facts: Any) -> dict[str, Any]:
        response = self.create(event_type, clock, **facts)
        assert response.status_code == 201, response.text
        return dict(response.json()["data"])

    def reserve(self, event_type: int, clock: str, **facts: Any) -> requests.Response:
        body = {"eventTypeId": event_type, "slotStart": utc(clock), **facts}
        return self("POST", "/v2/slots/reservations", body, version=SLOTS)


def utc(clock: str) -> str:
    """``utc("10:00")``: that time of ``DAY`` in Berlin."""
    return f"{DAY}T{clock}:00.000+01:00"


def booking_body(event_type: int, clock: str, *, name: str = "Jana Probst", **facts: Any) -> dict[str, Any]:
    attendee = {
        "name": name,
        "email": f"{name.split(maxsplit=1)[0].lower()}@salon.example",
        "timeZone": "Europe/Berlin",
        "language": "de",
        "phoneNumber": "+4930231250001",
    }
    attendee |= facts.pop("attendee", {})
    attendee = {key: value for key, value in attendee.items() if value is not None}
    return {"eventTypeId": event_type, "start": utc(clock), "attendee": attendee, **facts}


def message(response: requests.Response) -> tuple[int, str]:
    """Status and message, from whichever of the three envelopes."""
    document = response.json()
    return response.status_code, document["error"]["message"] if "error" in document else document["message"]


@dataclass
class Receiver:
    """Listens for webhooks. ``then`` is called inside of each delivery, before it is answered."""

    url: str
    status: int = 200
    then: Any = None
    raw: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(raw) for _headers, raw in self.raw]


@contextmanager
def receiving() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.raw.append((dict(self.headers), raw))
            if receiver.then is not None:
                receiver.then(json.loads(raw))
            self.send_response(receiver.status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def world() -> World:
    return small_world()


@pytest.fixture
def clock(world: World) -> Clock:
    assert isinstance(world.clock, Clock)
    return world.clock


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with serve(world) as running:
        yield running


@pytest.fixture
def ask(sandbox: Sandbox) -> Asker:
    return Asker(sandbox.url)


@pytest.fixture
def receiver(sandbox: Sandbox) -> Iterator[Receiver]:
    with receiving() as listening:
        sandbox.webhook(listening.url, "geheim")
        yield listening
