"""An address that somebody of a salon enters leads to the public internet, or nowhere (SSRF)."""

import socket
from typing import Any

import pytest
import requests
from django.core.exceptions import ValidationError

from integrations import outside
from integrations.outside import only_outside, refuse_inside
from tests.integrations.alarms.receivers import http_receiver


def refused_as(url: str) -> str | None:
    try:
        refuse_inside(url)
    except ValidationError as error:
        return str(error.code)
    return None


@pytest.mark.parametrize(
    "url", ["https://gateway.example/send", "https://1.1.1.1/", "https://[2606:4700:4700::1111]:8443/x?y=1"]
)
def test_what_may_be_entered(url: str) -> None:
    assert refused_as(url) is None


@pytest.mark.parametrize(
    ("code", "urls"),
    [
        (
            "unreadable_address",
            [
                *("", "gateway.example", "https://", "https:///x", "ftp://gateway.example/"),
                *("file:///etc/passwd", "gopher://gateway.example/", "javascript:alert(1)"),
                # Which of the two hosts is it? Programs differ.
                *("https://gateway.example@127.0.0.1/", "https://127.0.0.1\\@gateway.example/"),
                *("https://gateway.example:port/", "https://[::1/", "https://gateway.example/\r\nHost: x"),
                *(
                    "https://gateway.example/\x00",
                    "https://gateway.example/ x",
                    "https://" + "a" * 600 + ".example/",
                ),
            ],
        ),
        ("not_encrypted", ["http://gateway.example/", "http://127.0.0.1/", "http://localhost:5432/"]),
        (
            "address_inside",
            [
                *("https://127.0.0.1/", "https://localhost/", "https://LOCALHOST./", "https://[::1]/"),
                *("https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1:8443/"),
                *("https://169.254.169.254/latest/meta-data", "https://[fd00:ec2::254]/", "https://0.0.0.0/"),
                # 127.0.0.1 as it can be written, too.
                *("https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0x7f.0.0.1/"),
                *("https://017700000001/", "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/"),
                *("https://postgres/", "https://drucker.local/", "https://metadata.google.internal/"),
            ],
        ),
    ],
    ids=["unreadable_address", "not_encrypted", "address_inside"],
)
def test_what_may_not(code: str, urls: list[str]) -> None:
    assert {url: refused_as(url) for url in urls} == dict.fromkeys(urls, code)


def test_the_demo_may_name_this_machine_and_nothing_else_inside(settings: Any) -> None:
    settings.LOOPBACK_TARGETS = True

    assert [refused_as(f"http://{host}:9000/") for host in ("127.0.0.1", "localhost", "[::1]")] == [None] * 3
    assert refused_as("http://10.0.0.1/") == "not_encrypted"
    assert refused_as("https://10.0.0.1/") == "address_inside"


class TestAtTheMomentOfConnecting:
    """A name, whatever it led to when it was entered."""

    def asked(self, url: str) -> bool:
        """Whether somebody inside was reached for; nothing there has heard of it then."""
        with only_outside() as watch, pytest.raises(requests.ConnectionError):
            requests.post(url, json={}, timeout=5)
        return watch.refused

    def test_the_address_counts_and_not_the_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        resolve = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda _host, *rest, **facts: resolve("127.0.0.1", *rest, **facts)
        )
        with http_receiver() as receiver:
            assert self.asked(f"http://gateway.example:{receiver.port}/")
        assert receiver.received == []

    def test_what_the_demo_may_reach(self, settings: Any) -> None:
        with http_receiver() as receiver:
            assert self.asked(f"http://127.0.0.1:{receiver.port}/")
            settings.LOOPBACK_TARGETS = True
            with only_outside() as watch:
                requests.post(f"http://127.0.0.1:{receiver.port}/", json={}, timeout=5)
        assert (len(receiver.received), watch.refused) == (1, False)

    def test_a_redirect_leads_nowhere_inside(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What it is sent on to is asked about again, and is not the internet any more."""
        answers = [True, False]
        monkeypatch.setattr(outside, "is_public", lambda _host: answers.pop(0))
        with http_receiver() as receiver:
            receiver.status, receiver.location = 307, f"http://127.0.0.1:{receiver.port}/inside"
            assert self.asked(f"http://127.0.0.1:{receiver.port}/")
        assert (answers, len(receiver.received)) == ([], 1)

    def test_outside_of_it_nothing_is_watched(self) -> None:
        with http_receiver() as receiver:
            with only_outside():
                pass
            requests.post(f"http://127.0.0.1:{receiver.port}/", json={}, timeout=5)
        assert len(receiver.received) == 1
