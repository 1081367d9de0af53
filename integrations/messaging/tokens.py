"""The secret part of a customer's link: which appointment, signed and dated. Nothing is stored.

The signature is HMAC-SHA256 over the appointment's number and the moment of signing (Django's signer),
so a link cannot be guessed and one appointment's opens no other. It ends after ``LASTS``.
"""

from datetime import timedelta

from django.core import signing

LASTS = timedelta(days=200)
_SIGNER = signing.TimestampSigner(sep=".", salt="terminfest.customer-page")
_LONGEST = 120


def sign(appointment_id: int) -> str:
    """About 60 characters of letters, digits, ``-``, ``_`` and ``.``."""
    return _SIGNER.sign(str(appointment_id))


def read(token: str) -> int | None:
    """The appointment's primary key; None for what we did not sign, or too long ago."""
    try:
        value = _SIGNER.unsign(token[: _LONGEST + 1], max_age=LASTS)
    except signing.BadSignature:
        return None
    return int(value)
