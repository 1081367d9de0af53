"""What is sent to us: Cal.com's messages, and what the voice platform would be told of a running call."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

from django.test import Client

from integrations.incoming.signature import HEADER
from tools.evening.timeline import Timeline

FASTEST, SLOWEST = 0.1, 3.0  # seconds that a message of Cal.com's travels


class Post:
    """Listens at ``url``. Each letter reaches the site after a delay of its own, so they overtake each
    other. ``told``: calls whose agent has heard that their hold is lost.
    """

    def __init__(self, timeline: Timeline, random: Random, slug: str) -> None:
        self.timeline = timeline
        self.random = random
        self.path = f"/calcom/webhook/{slug}/"
        self.url = ""
        self.letters = 0
        self.told: set[str] = set()

    def receive(self, raw: bytes, signature: str) -> None:
        self.letters += 1
        delay = self.random.uniform(FASTEST, SLOWEST)
        self.timeline.after(delay, lambda: self._deliver(raw, signature))

    def _deliver(self, raw: bytes, signature: str) -> None:
        headers = {HEADER: signature}
        response = Client().post(self.path, data=raw, content_type="application/json", headers=headers)
        if response.status_code != 204:
            raise RuntimeError(f"The site refused a message of Cal.com: {response.status_code}")


@contextmanager
def listening(post: Post) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Of Cal.com; what is asked of the voice platform beside PATCH it does not know."""
            raw, is_ours = self._body(), self.path == post.path
            if is_ours:
                post.receive(raw, self.headers[HEADER])
            self._answer(204 if is_ours else 404)

        def do_PATCH(self) -> None:
            self._body()
            post.told.add(self.path.rpartition("/")[2])
            self._answer(204)

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"]))

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        post.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
