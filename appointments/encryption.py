"""Secrets at rest: encrypted under the first of several keys, readable under all of them.

The keys are ``ENCRYPTION_KEYS``, then ``SECRET_KEY``, then ``SECRET_KEY_FALLBACKS``: without the first
everything is under ``SECRET_KEY``, and whoever changes either puts the former value behind the new one until
``rotate_keys`` has encrypted everything anew (``docs/privacy.md``). Columns whose names end in ``_encrypted``
are those that it looks at.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

# Never changed: what is stored was encrypted under keys that were derived with it.
PURPOSE = b"terminfest.integrations.secrets.1"
SUFFIX = "_encrypted"
BATCH = 500


class SecretUnreadable(Exception):
    """Encrypted under a key that is no longer known, or altered. ``str()`` is a sentence for staff."""

    code = "secret_unreadable"
    sentence = _(
        "A stored key cannot be decrypted. Please enter it again, or add the former key to ENCRYPTION_KEYS "
        "or SECRET_KEY_FALLBACKS."
    )

    def __str__(self) -> str:
        return str(self.sentence)


def encrypt(secret: str) -> str:
    """Nothing stays nothing, so that it can be seen without decrypting."""
    return _all().encrypt(secret.encode()).decode() if secret else ""


def decrypt(stored: str) -> str:
    """Raises SecretUnreadable."""
    if not stored:
        return ""
    try:
        return _all().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def is_current(stored: str) -> bool:
    """Whether it is encrypted under the present key; nothing is."""
    try:
        return not stored or _fernets()[0].decrypt(stored.encode()) is not None
    except InvalidToken:
        return False


@dataclass(frozen=True, slots=True)
class Column:
    model: type[Model]
    name: str

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"

    def stored(self) -> Iterator[tuple[Any, str]]:
        """Primary keys and what is stored, by batch, so that a table of any size is no burden."""
        last: Any = None
        rows = self.model._base_manager.exclude(**{self.name: ""}).order_by("pk").values_list("pk", self.name)
        while chunk := list((rows if last is None else rows.filter(pk__gt=last))[:BATCH]):
            yield from chunk
            last = chunk[-1][0]

    def replace(self, pk: Any, old: str, new: str) -> bool:
        """Whether it was still the old one: what somebody has entered meanwhile is under the present key."""
        mine = self.model._base_manager.filter(**{"pk": pk, self.name: old})
        return bool(mine.update(**{self.name: new}))


@dataclass(slots=True)
class Rotation:
    """Of one column: how many are under the present key, under a former one, under none that is known."""

    column: Column
    current: int = 0
    former: int = 0
    unreadable: int = 0


def columns() -> list[Column]:
    """Every column that holds secrets, of every app."""
    return [
        Column(model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if field.name.endswith(SUFFIX)
    ]


def rotate(*, changes: bool = True) -> list[Rotation]:
    """Encrypts everything anew that is under a former key; without ``changes`` it is counted only. Others may
    read and write meanwhile, and an interrupted run goes on where it was.
    """
    return [_rotated(column, changes=changes) for column in columns()]


def _rotated(column: Column, *, changes: bool) -> Rotation:
    found = Rotation(column)
    for pk, stored in column.stored():
        if is_current(stored):
            found.current += 1
            continue
        try:
            secret = decrypt(stored)
        except SecretUnreadable:
            found.unreadable += 1
            continue
        found.former += 1
        if changes:
            column.replace(pk, stored, encrypt(secret))
    return found


def _all() -> MultiFernet:
    return MultiFernet(_fernets())


def _fernets() -> list[Fernet]:
    keys = (*settings.ENCRYPTION_KEYS, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_derived(str(key)) for key in keys]


@lru_cache(maxsize=16)
def _derived(key: str) -> Fernet:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return Fernet(urlsafe_b64encode(hkdf.derive(key.encode())))
