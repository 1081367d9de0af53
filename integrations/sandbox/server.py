"""HTTP/1.1 with keep-alive around the answerer."""

import json
import logging
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from integrations.sandbox.answering import Answerer, Cut, Reply
from integrations.sandbox.errors import NestError, VendorError, crash
from integrations.sandbox.request import Request
from integrations.sandbox.world import World

logger = logging.getLogger(__name__)
MAX_BODY = 10_000_000
CLOSING_SECONDS = 10


class Server(ThreadingHTTPServer):
    """A thread for each connection. ``close`` ends all of them."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, world: World, host: str, port: int) -> None:
        self.world = world
        self.answerer = Answerer(world)
        self._connections: set[socket.socket] = set()
        self._changed = threading.Condition()
        super().__init__((host, port), Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._changed:
            self._connections.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._changed:
                self._connections.discard(request)
                self._changed.notify_all()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The library prints a traceback. What is ours is logged where it happens; here clients went away."""
        logger.debug("The connection of %s broke off.", client_address)

    def close(self) -> None:
        """After ``shutdown``. Clients that are waiting see their connection cut."""
        self.world.stopping.set()
        self.server_close()
        with self._changed:
            for connection in self._connections:
                _cut(connection)
            self._changed.wait_for(lambda: not self._connections, timeout=CLOSING_SECONDS)


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        logger.debug("This connection was closed already.")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def _serve(self) -> None:
        try:
            reply = self._reply()
        except Cut:
            self.close_connection = True
            _cut(self.connection)
            return
        self._send(reply)

    def _reply(self) -> Reply:
        path = self.path
        try:
            return self.server.answerer.answer(self._request())
        except VendorError as error:
            return Reply(error.status, error.body(path=path, now=self.server.world.now()))
        except Cut:
            raise
        except Exception:
            logger.exception("The sandbox failed at %s %s.", self.command, path)
            failure = crash()
            return Reply(failure.status, failure.body(path=path, now=self.server.world.now()))

    def _request(self) -> Request:
        address = urlsplit(self.path)
        authorization = self.headers.get("Authorization", "")
        scheme, _space, key = authorization.partition(" ")
        return Request(
            method=self.command,
            path=unquote(address.path),
            raw_query=address.query,
            query=dict(parse_qsl(address.query, keep_blank_values=True)),
            body=self._body(),
            version=self.headers.get("cal-api-version"),
            key=key.strip() if scheme.lower() == "bearer" else None,
            address=str(self.client_address[0]),
        )

    def _body(self) -> dict[str, Any]:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            raise NestError(400, "request entity too large")
        raw = self.rfile.read(int(length))
        if not raw:
            return {}
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise NestError(400, f"Unexpected token in JSON: {error}") from error
        if not isinstance(body, dict):
            raise NestError(400, "Unexpected token in JSON: not an object")
        return body

    def _send(self, reply: Reply) -> None:
        raw = reply.raw()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        logger.debug("%s %s", self.address_string(), format % args)

    # The library finds them by these names.
    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815
