"""A stand-in for Retell's REST API: real HTTP on the loopback, answers as the test has set them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote


@dataclass
class RetellApi:
    """``calls`` by id, as ``get-call`` gives them; the list leaves out what was said, as v3 does.

    ``status`` other than 200 is the answer to everything. ``page`` is how many are listed at once.
    """

    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 200
    page: int = 2
    requests: list[tuple[str, str, str | None, Any]] = field(default_factory=list)
    body: bytes | None = None
    breaks_at: int | None = None

    def add(self, message: dict[str, Any]) -> None:
        self.calls[message["call"]["call_id"]] = message["call"]

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if self.status != 200:
            return self.status, {"message": "Jana Probst"}
        if method == "GET" and path.startswith("/v2/get-call/"):
            call = self.calls.get(unquote(path.removeprefix("/v2/get-call/")))
            return (404, {"message": "not found"}) if call is None else (200, call)
        if (method, path) == ("POST", "/v3/list-calls"):
            return self._list(body)
        return 404, {}

    def _list(self, body: Any) -> tuple[int, Any]:
        since = body["filter_criteria"]["end_timestamp"]
        assert (since["type"], since["op"], body["sort_order"]) == ("number", "ge", "ascending")
        found = [each for each in self.calls.values() if each.get("end_timestamp", 0) >= since["value"]]
        found.sort(key=lambda each: each["end_timestamp"])
        first = int(body.get("pagination_key", 0))
        if self.breaks_at is not None and first >= self.breaks_at:
            return 500, {}
        last = first + min(self.page, body["limit"])
        spoken = {"transcript", "transcript_object", "transcript_with_tool_calls"}
        items = [{key: each[key] for key in each.keys() - spoken} for each in found[first:last]]
        more = last < len(found)
        return 200, {"items": items, "has_more": more, **({"pagination_key": str(last)} if more else {})}

    def asked(self, path: str) -> int:
        return sum(each[1].startswith(path) for each in self.requests)


@contextmanager
def retell_api(settings: Any) -> Iterator[RetellApi]:
    api = RetellApi()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            api.requests.append((self.command, self.path, self.headers["Authorization"], body))
            status, answer = api.answer(self.command, self.path, body)
            raw = json.dumps(answer).encode() if api.body is None else api.body
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    settings.RETELL_API_URL = f"http://127.0.0.1:{server.server_port}"
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
