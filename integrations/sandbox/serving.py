"""A sandbox that runs inside this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests

from integrations.sandbox.faults import Faults
from integrations.sandbox.routes import BOOKINGS
from integrations.sandbox.server import Server
from integrations.sandbox.webhooks import subscribe
from integrations.sandbox.world import World

KEY = "cal_sandbox"
TIMEOUT_SECONDS = 60
POLL_SECONDS = 0.02


class Sandbox:
    """A running one. ``book``, ``cancel`` and so on are other people's acts, by HTTP, with webhooks."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.world: World = server.world
        self.url = self.world.url
        self.key = KEY

    @property
    def faults(self) -> Faults:
        return self.world.faults

    def webhook(self, url: str, secret: str | None = None, *, event_type: int | None = None) -> None:
        subscribe(self.world, url, secret, event_type=event_type)

    def operations(self) -> list[str]:
        """What was asked since the last ``forget_requests``, in order of ending."""
        return [request.operation for request in list(self.world.requests)]

    def forget_requests(self) -> None:
        self.world.requests.clear()

    def book(self, event_type: int, start: datetime | str, **facts: Any) -> dict[str, Any]:
        """A stranger books an open slot; keys as ``/sandbox/foreign-bookings``. ``LookupError`` if it
        is not open.
        """
        start = start if isinstance(start, str) else start.isoformat()
        response = self.ask("POST", "/sandbox/foreign-bookings", eventTypeId=event_type, start=start, **facts)
        if not response.ok:
            raise LookupError(response.text)
        return dict(response.json()["data"])

    def cancel(self, uid: str, reason: str = "at Cal.com") -> dict[str, Any]:
        return self._done(self.ask("POST", f"/v2/bookings/{uid}/cancel", cancellationReason=reason))

    def reschedule(self, uid: str, start: datetime | str) -> dict[str, Any]:
        start = start if isinstance(start, str) else start.isoformat()
        return self._done(self.ask("POST", f"/v2/bookings/{uid}/reschedule", start=start))

    def ask(self, method: str, path: str, *, version: str = BOOKINGS, **body: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", "cal-api-version": version}
        return requests.request(
            method, f"{self.url}{path}", json=body or None, headers=headers, timeout=TIMEOUT_SECONDS
        )

    def _done(self, response: requests.Response) -> dict[str, Any]:
        response.raise_for_status()
        return dict(response.json()["data"])


def listen(world: World, *, host: str = "127.0.0.1", port: int = 0) -> Server:
    """Bound to its address, which ``world.url`` then is. Raises ``OSError`` if it is in use."""
    server = Server(world, host, port)
    world.url = f"http://{host}:{server.port}"
    return server


@contextmanager
def serve(world: World, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Sandbox]:
    """Port 0 takes a free one. Afterwards nothing of it runs."""
    server = listen(world, host=host, port=port)
    thread = threading.Thread(
        target=server.serve_forever,
        kwargs={"poll_interval": POLL_SECONDS},
        name="calcom-sandbox",
        daemon=True,
    )
    thread.start()
    try:
        yield Sandbox(server)
    finally:
        world.stopping.set()
        server.shutdown()
        thread.join()
        server.close()
        world.store.close()
