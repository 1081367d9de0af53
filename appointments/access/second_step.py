"""Logging in in two steps: after the password a code from a phone, or one of eight codes on paper.

django-otp keeps the devices, refuses a code that was used before, and lets whoever guesses wait longer
each time. The phone's secret is kept encrypted, of the codes on paper only digests are.
"""

import re
import secrets
from base64 import b32encode
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from appointments.encryption import SecretUnreadable
from appointments.models.second_step import PhoneDevice

CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PHONE_CODE = re.compile(r"[0-9]{6}")
_NAME = "Terminfest"


def is_on(user: Any) -> bool:
    return bool(PhoneDevice.objects.filter(user=user, confirmed=True).exists())


def begin(user: Any) -> PhoneDevice:
    """What the phone is to scan; of no effect until :func:`confirm`. The same when asked again."""
    device: PhoneDevice | None = PhoneDevice.objects.filter(user=user, confirmed=False).first()
    if device is not None and _is_readable(device):
        return device
    device = device or PhoneDevice(user=user, confirmed=False, name=_NAME)
    device.make_secret()
    device.save()
    return device


def _is_readable(device: PhoneDevice) -> bool:
    try:
        return bool(device.bin_key)
    except SecretUnreadable:
        return False


def secret_of(device: PhoneDevice) -> str:
    """The secret as people type it who cannot scan, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


@transaction.atomic
def confirm(user: Any, code: str) -> list[str]:
    """Switches it on if the phone shows ``code``. The codes on paper, to show once; empty: it does not."""
    device = PhoneDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    if device is None or is_on(user) or not device.verify_token(_tidy(code)):
        return []
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    return _new_codes(user)


@transaction.atomic
def verify(user: Any, code: str) -> bool:
    """Whether ``code`` is the phone's of this moment or one of those on paper; each is good for once.

    Raises ``SecretUnreadable`` for the phone's, if its secret was encrypted under a key that is lost.
    """
    text = _tidy(code)
    if _PHONE_CODE.fullmatch(text):
        phone = PhoneDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
        return phone is not None and bool(phone.verify_token(text))
    paper = StaticDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    return paper is not None and bool(paper.verify_token(_known_digest(paper, text)))


def renew_codes(user: Any, code: str) -> list[str]:
    """New codes on paper for whoever knows one of the present ones; empty otherwise."""
    with transaction.atomic():
        return _new_codes(user) if is_on(user) and verify(user, code) else []


def codes_left(user: Any) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


@transaction.atomic
def switch_off(user: Any) -> bool:
    """Whether there was anything to switch off."""
    StaticDevice.objects.filter(user=user).delete()
    deleted, _models = PhoneDevice.objects.filter(user=user).delete()
    return bool(deleted)


def _new_codes(user: Any) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=_NAME)
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(code: str, key: str | None = None) -> str:
    """As much of it as the column holds: 64 bits."""
    return salted_hmac("terminfest.second_step", code, secret=key, algorithm="sha256").hexdigest()[:16]


def _known_digest(device: StaticDevice, code: str) -> str:
    """That of ``code`` under the key of its day; the present one's if none is known."""
    digests = [_digest(code), *(_digest(code, key) for key in settings.SECRET_KEY_FALLBACKS)]
    return next((each for each in digests if device.token_set.filter(token=each).exists()), digests[0])


def _tidy(code: str) -> str:
    return re.sub(r"[^a-z0-9]", "", code.lower())[:20]
