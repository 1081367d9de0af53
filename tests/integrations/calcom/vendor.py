"""Another end of the line: a server on loopback that answers what a test tells it to, and remembers what came."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HEADERS = {
    "X-RateLimit-Limit-Default": "120",
    "X-RateLimit-Remaining-Default": "100",
    "X-RateLimit-Reset-Default": "60",
}


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case
    body: Any


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: Any = None  # JSON, or bytes as they are
    headers: dict[str, str] = field(default_factory=lambda: dict(HEADERS))


Handling = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes
    server: "Server"

    def handle_any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        parts = urlsplit(self.path)
        seen = Seen(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            json.loads(raw) if raw else None,
        )
        vendor = self.server.vendor
        with vendor.lock:
            vendor.seen.append(seen)
            step = vendor.steps.pop(0) if len(vendor.steps) > 1 else vendor.steps[0]
        if isinstance(step, Reply):
            self.reply(step)
        else:
            step(self)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def reply(self, reply: Reply) -> None:
        raw = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(raw)

    def hang_up(self) -> None:
        """As a server does that dies: no answer, no goodbye."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    vendor: "Vendor"

    def handle_error(self, *_args: Any) -> None:
        """Clients that cut the line are what some tests are about."""


class Vendor:
    """``will(...)`` sets the answers, one request after the other; the last one stays."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[Seen] = []
        self.steps: list[Reply | Handling] = [Reply(body={"status": "success", "data": []})]
        self.lock = Lock()
        self.enough = Event()  # set at the end of a test: whoever dawdles may stop

    def will(self, *steps: Reply | Handling) -> None:
        self.steps = list(steps)

    def says(self, data: Any, status: int = 200) -> None:
        self.will(Reply(status, {"status": "success", "data": data}))

    @property
    def last(self) -> Seen:
        return self.seen[-1]


@contextmanager
def vendor_on_loopback(tls: ssl.SSLContext | None = None) -> Iterator[Vendor]:
    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    vendor = Vendor(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}")
    server.vendor = vendor
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        vendor.enough.set()
        server.shutdown()
        server.server_close()
        thread.join()


def silent(handler: Handler) -> None:
    """Reads the request and says nothing, until the test is over."""
    handler.server.vendor.enough.wait(20)
    handler.hang_up()


def dying(handler: Handler) -> None:
    handler.hang_up()


def trickling(head: bytes, drop: bytes) -> Handling:
    """Sends ``head`` at once, then ``drop`` again and again: never late for a wait on the socket."""

    def step(handler: Handler) -> None:
        with suppress(OSError):
            handler.wfile.write(head)
            while not handler.server.vendor.enough.wait(0.02):
                handler.wfile.write(drop)
        handler.hang_up()

    return step


def closed_port() -> str:
    """An address where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
