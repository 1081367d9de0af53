"""Only what Cal.com has signed with the salon's own secret is taken in, and nobody learns why not."""

import hashlib
import hmac
from typing import Any

import pytest

from appointments.models import Company
from integrations.incoming.signature import NO_SECRET, is_signed, sign
from integrations.models import CalendarConnection, CalendarEvent
from tests.integrations.incoming.letters import SECRET, URL, created, post, send
from tests.salons import Salon, make_salon

BODY = '{"triggerEvent":"BOOKING_CREATED","payload":{"title":"Schnitt für Frau Müßig"}}'.encode()
# Computed once with openssl: printf '%s' 'hello' | openssl dgst -sha256 -hmac 'key'
VECTOR = "9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b"


def test_it_is_the_hmac_of_the_raw_bytes() -> None:
    assert sign(b"hello", secret="key") == VECTOR
    assert sign(BODY, secret=SECRET) == hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    assert is_signed(BODY, sign(BODY, secret=SECRET), secret=SECRET)


@pytest.mark.parametrize("secret", ["", NO_SECRET])
def test_what_anybody_can_sign_is_not_signed(secret: str) -> None:
    assert not is_signed(BODY, sign(BODY, secret=secret), secret=secret)


@pytest.mark.parametrize("header", [None, "", NO_SECRET, "0" * 64, "zz", sign(BODY, secret=SECRET).upper()])
def test_a_spoilt_header_verifies_nothing(header: str | None) -> None:
    assert not is_signed(BODY, header, secret=SECRET)


def test_the_same_json_written_anew_is_not_what_was_signed() -> None:
    signature = sign(BODY, secret=SECRET)

    assert not is_signed(BODY.replace("ü".encode(), b"\\u00fc"), signature, secret=SECRET)
    assert not is_signed(BODY + b"\n", signature, secret=SECRET)


@pytest.mark.parametrize(
    "how",
    [{"secret": "wrong"}, {"X-Cal-Signature-256": ""}, {"url": "/calcom/webhook/nobody/"}],
    ids=["wrong secret", "no signature", "no such salon"],
)
def test_the_unsigned_learn_nothing(how: dict[str, str], salon: Salon) -> None:
    response = send(created("u1"), **how)

    assert (response.status_code, response.content) == (401, b"")
    assert not CalendarEvent.objects.exists()


def test_without_any_secret_nobody_is_let_in(salon: Salon, settings: Any) -> None:
    settings.CALCOM_WEBHOOK_SECRET = ""

    assert send(created("u1"), secret="").status_code == 401
    assert post(b"{}", secret=NO_SECRET, **{"X-Cal-Signature-256": NO_SECRET}).status_code == 401


def test_a_salons_own_secret_wins(salon: Salon) -> None:
    CalendarConnection.objects.create(company=salon.company, webhook_secret="its own")

    assert send(created("u1"), secret=SECRET).status_code == 401
    assert send(created("u1"), secret="its own").status_code == 204


def test_the_secret_of_one_salon_opens_no_other(salon: Salon) -> None:
    other = make_salon("zeitreise").company
    CalendarConnection.objects.create(company=other, webhook_secret="theirs")

    assert send(created("u1"), secret="theirs", url=URL).status_code == 401
    assert send(created("u1"), secret="theirs", url="/calcom/webhook/zeitreise/").status_code == 204
    assert CalendarEvent.objects.get().company == other


def test_a_secret_that_cannot_be_read_is_none(salon: Salon) -> None:
    CalendarConnection.objects.create(company=salon.company, webhook_secret_encrypted="garbage")

    assert send(created("u1")).status_code == 401
    assert Company.objects.count() == 1
