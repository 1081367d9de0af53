"""A provider of SMS on loopback, and a salon that sends by it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.test import override_settings

from appointments.models import Customer
from integrations.models import Messaging, SmsGateway
from tests.salons import Salon


@dataclass
class Gateway:
    """What it was asked, and with what it shall answer: status, or 0 to break off."""

    port: int = 0
    asked: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    box = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            box.asked.append({**json.loads(body), "key": self.headers.get("Authorization")})
            status = box.answers.pop(0) if box.answers else 200
            if status == 0:
                self.connection.close()
                return
            answer = json.dumps({"id": f"gw-{len(box.asked)}"}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

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
    made = SmsGateway(
        company=salon.company, url=f"http://127.0.0.1:{gateway.port}/send", sender="Morgenrot", id_field="id"
    )
    made.secret = "Bearer geheim"
    made.renew_report_secret()
    made.save()
    return made


@pytest.fixture
def mobile(salon: Salon) -> Customer:
    return Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4915112345678")
