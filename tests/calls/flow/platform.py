"""A stand-in for the part of Retell's REST API that flows, agents and numbers are deployed by."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote

from pytest_django import Settings

from calls.models import VoiceAgent
from tests.salons import Salon


class Retell:
    """Flows, agents and numbers by id, as far as they are deployed. What it is sent it merges."""

    def __init__(self) -> None:
        self.flows: dict[str, dict[str, Any]] = {}
        self.agents: dict[str, dict[str, Any]] = {}
        self.numbers: dict[str, dict[str, Any]] = {}
        self.published: list[tuple[str, int]] = []
        self.keys: set[str | None] = set()
        self.forgets: str | None = None
        # Instead of any answer.
        self.status: int | None = None

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if self.status is not None:
            return self.status, {}
        action, _slash, name = unquote(path.lstrip("/")).partition("/")
        if action == "create-conversation-flow":
            self.flows["flow_new"] = {**body, "conversation_flow_id": "flow_new", "version": 0}
            return 201, self.flows["flow_new"]
        if action == "create-agent":
            self.agents["agent_new"] = {**body, "agent_id": "agent_new", "version": 0}
            return 201, self.agents["agent_new"]
        if action == "publish-agent-version":
            self.published.append((name, body["version"]))
            return 200, {}
        kind = action.partition("-")[2]
        table = {"conversation-flow": self.flows, "agent": self.agents, "phone-number": self.numbers}[kind]
        if name not in table:
            return 404, {"message": "not found"}
        if method == "PATCH":
            table[name].update({key: value for key, value in body.items() if key != self.forgets})
        return 200, table[name]


@contextmanager
def serving(settings: Settings) -> Iterator[Retell]:
    api = Retell()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            api.keys.add(self.headers["Authorization"])
            status, answer = api.answer(self.command, self.path, body)
            raw = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 - the base class looks for these

        def log_message(self, *_args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    settings.RETELL_API_URL = f"http://127.0.0.1:{server.server_address[1]}"
    settings.RETELL_API_KEYS = ["key_first", "key_second"]
    yield api
    server.shutdown()
    thread.join()
    server.server_close()


def set_up(retell: Retell, salon: Salon) -> None:
    """The salon's agent and number, as somebody has once made them there."""
    VoiceAgent.objects.create(branch=salon.branch, agent_id="agent_one")
    retell.flows["flow_one"] = {"conversation_flow_id": "flow_one", "nodes": []}
    engine = {"type": "conversation-flow", "conversation_flow_id": "flow_one", "version": 4}
    retell.agents["agent_one"] = {
        "agent_id": "agent_one",
        "version": 4,
        "voice_id": "v",
        "response_engine": engine,
    }
    retell.numbers[salon.number] = {"phone_number": salon.number}
