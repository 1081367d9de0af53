"""Only what the voice platform has signed is answered, and it is told nothing else."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings
from retell.lib.webhook_auth import symmetric

from calls.signature import is_signed, sign
from tests.calls.phone import URL, Phone, expect_reply, now_ms, post
from tests.salons import Salon

# The platform's own example.
VECTOR = {
    "body": b'{"event":"call_ended"}',
    "key": "test-api-key",
    "v": 1700000000000,
    "d": "07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e",
}
FIVE_MINUTES = 5 * 60 * 1000
NOW_MS = 1763917200000
BODY = '{"name": "list_services", "args": {"notiz": "für Frau Müßig"}}'.encode()


def test_the_platforms_own_example_is_signed_as_the_platform_does() -> None:
    expected = f"v={VECTOR['v']},d={VECTOR['d']}"

    assert sign(VECTOR["body"], key=VECTOR["key"], now_ms=VECTOR["v"]) == expected
    assert is_signed(VECTOR["body"], expected, keys=[VECTOR["key"]], now_ms=VECTOR["v"])


@pytest.mark.parametrize("body", [BODY, b"{}", b"", '{"name": "Ä"}'.encode()])
def test_it_agrees_with_the_platforms_library(body: bytes) -> None:
    theirs = symmetric["sign"](body.decode(), "key_of_a_salon", NOW_MS)

    assert sign(body, key="key_of_a_salon", now_ms=NOW_MS) == theirs
    assert is_signed(body, theirs, keys=["key_of_a_salon"], now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("keys", "verified"),
    [
        (["right"], True),
        (["old", "right"], True),  # while a key is being replaced
        (["", "right"], True),
        (["wrong"], False),
        ([], False),
    ],
)
def test_one_of_the_keys_must_have_signed(keys: list[str], *, verified: bool) -> None:
    assert is_signed(BODY, sign(BODY, key="right", now_ms=NOW_MS), keys=keys, now_ms=NOW_MS) is verified


def test_an_empty_key_verifies_nothing() -> None:
    """The platform's library accepts what anybody can sign with an empty key (trap 9)."""
    forged = sign(BODY, key="", now_ms=NOW_MS)

    assert not is_signed(BODY, forged, keys=["", "right"], now_ms=NOW_MS)


@pytest.mark.parametrize(
    ("late_by", "verified"),
    [
        (FIVE_MINUTES, True),
        (FIVE_MINUTES + 1, False),
        (-FIVE_MINUTES, True),
        (-FIVE_MINUTES - 1, False),
    ],
)
def test_it_is_good_for_five_minutes(late_by: int, *, verified: bool) -> None:
    signature = sign(BODY, key="right", now_ms=NOW_MS)

    assert is_signed(BODY, signature, keys=["right"], now_ms=NOW_MS + late_by) is verified


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _header: None,
        lambda _header: "",
        lambda _header: "garbage",
        lambda header: header.replace(",d=", ";d="),
        lambda header: header.partition(",")[2],
        lambda header: header[:-1],
        lambda header: header + "0",
        lambda header: f"{header},d=0",
        lambda header: f"{header}\n",
        lambda header: header.replace("v=", "v=-"),
        lambda header: header.replace("v=1", "v=²"),
        lambda _header: "v=9" * 1000,
        lambda header: header.replace("d=", "d=é"),
    ],
)
def test_a_spoilt_header_verifies_nothing(spoil: Callable[[str], str | None]) -> None:
    header = spoil(sign(BODY, key="right", now_ms=NOW_MS))

    assert not is_signed(BODY, header, keys=["right"], now_ms=NOW_MS)


@pytest.mark.parametrize(
    "altered",
    [
        BODY + b" ",
        BODY.replace("ü".encode(), b"u"),
        # The same JSON written anew: why the raw bytes count.
        json.dumps(json.loads(BODY)).encode(),
    ],
)
def test_an_altered_body_is_not_what_was_signed(altered: bytes) -> None:
    signature = sign(BODY, key="right", now_ms=NOW_MS)

    assert not is_signed(altered, signature, keys=["right"], now_ms=NOW_MS)


@pytest.mark.parametrize("path", [URL, f"{URL}list_services/"])
@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize("signature", [None, "garbage", f"v={NOW_MS},d={'0' * 64}"])
def test_the_unsigned_learn_nothing(
    signature: str | None, path: str, settings: Settings, *, debug: bool
) -> None:
    settings.DEBUG = debug
    headers = {} if signature is None else {"X-Retell-Signature": signature}

    response = Client().post(path, data=BODY, content_type="application/json", headers=headers)

    assert (response.status_code, response.content) == (401, b"")


def test_without_any_key_nobody_is_let_in(settings: Settings, clock: time_machine.Traveller) -> None:
    settings.RETELL_API_KEYS = [""]
    forged = sign(BODY, key="", now_ms=now_ms())

    response = Client().post(
        URL, data=BODY, content_type="application/json", headers={"X-Retell-Signature": forged}
    )

    assert response.status_code == 401


@pytest.mark.parametrize("header", ["x-retell-signature", "X-RETELL-SIGNATURE", "X-Retell-Signature"])
def test_the_headers_name_is_read_in_any_case(header: str, salon: Salon) -> None:
    raw = json.dumps(Phone(salon.number).message("list_services", {})).encode()
    signature = sign(raw, key="test-api-key-of-retell", now_ms=now_ms())

    response = Client().post(URL, data=raw, content_type="application/json", headers={header: signature})

    assert expect_reply(response)["status"] == "found"


def test_a_body_with_umlauts_is_verified_as_it_came(salon: Salon) -> None:
    """Also when it is written with escapes, as some senders do."""
    message: dict[str, Any] = Phone(salon.number).message("list_services", {"notiz": "für Frau Müßig"})

    for ensure_ascii in (True, False):
        raw = json.dumps(message, ensure_ascii=ensure_ascii).encode()
        assert expect_reply(post(raw))["status"] == "found"
