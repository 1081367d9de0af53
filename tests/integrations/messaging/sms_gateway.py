"""A provider of SMS on loopback, and a salon that sends by it."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import override_settings

from appointments.models import Customer
from integrations.models import Messaging, SmsGateway
from tests.integrations.messaging.silence import Silence
from tests.salons import Salon


@dataclass
class Gateway:
    """What it was asked, to whom it has taken one, and with what it shall answer: status, or 0 to break off."""

    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    silence: Silence | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    box = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers.get("Authorization") or self.headers.get("X-Api-Key")
            box.asked.append({**body, "key": key})
            if box.silence is not None:
                self.say_nothing(box.silence, body["to"])
                return
            status = box.answers.pop(0) if box.answers else 200
            if status == 0:
                self.connection.close()
                return
            if status < 300:
                box.taken.append(body["to"])
            answer = json.dumps({"id": f"gw-{len(box.asked)}"}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def say_nothing(self, silence: Silence, to: str) -> None:
            if to in silence.accepted:
                box.taken.append(to)
            silence.begun.release()
            self.connection.settimeout(30)
            with suppress(OSError):
                self.connection.recv(1)  # nothing comes: it returns when the line breaks

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    box.port = server.server_address[1]
    Thread(target=server.serve_forever, daemon=True).start()
    with override_settings(LOOPBACK_TARGETS=True, PUBLIC_URL="https://salon.example"):
        yield box
    server.shutdown()
    server.server_close()


@pytest.fixture
def sms(salon: Salon, gateway: Gateway) -> SmsGateway:
    Messaging.objects.update(sms=True)
    made = SmsGateway(company=salon.company, url=gateway.url, sender="Morgenrot", id_field="id")
    made.secret = "Bearer geheim"
    made.renew_report_secret()
    made.save()
    return made


@pytest.fixture
def mobile(salon: Salon) -> Customer:
    return Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4915112345678")
