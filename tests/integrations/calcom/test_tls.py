"""The same over TLS, as it is in production: a socket under encryption is shut down in another way."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from integrations.calcom.client import Client
from integrations.calcom.errors import Trouble, UnknownOutcome, Unreachable
from tests.integrations.calcom import shapes
from tests.integrations.calcom.conftest import KEY
from tests.integrations.calcom.test_silence import HEAD, ORDER, SLACK, failure_of
from tests.integrations.calcom.vendor import Vendor, trickling, vendor_on_loopback


def certificate(folder: Path) -> Path:
    """Key and certificate for loopback in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "calendar.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def secured(pem: Path) -> Iterator[Vendor]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with vendor_on_loopback(context) as vendor:
        yield vendor


def test_a_trickling_server_does_not_hold_us_past_the_deadline(
    secured: Vendor, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem))
    client = Client(secured.url, KEY)
    for step in (
        trickling(HEAD, b"X-More: 1\r\n"),
        trickling(HEAD + b"Content-Length: 9999999\r\n\r\n", b" "),
    ):
        secured.will(step)
        kind, trouble, seconds = failure_of(lambda: client.until(time.monotonic() + 0.4).create(ORDER))
        assert (kind, trouble) == (UnknownOutcome, Trouble.TIMEOUT)
        assert seconds < 0.4 + SLACK
    secured.says(shapes.booking())
    assert client.create(ORDER).uid == "uid71"


def test_a_certificate_of_nobody_we_trust_is_sent_nothing(secured: Vendor) -> None:
    client = Client(secured.url, KEY)
    assert failure_of(lambda: client.create(ORDER))[:2] == (Unreachable, Trouble.NO_CONNECTION)
    assert secured.seen == []
