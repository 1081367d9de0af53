"""Secrets of others at rest: encrypted with a key that is derived from ``SECRET_KEY``.

What was encrypted under a former key can be read as long as that key stands in ``SECRET_KEY_FALLBACKS``; it
is encrypted under the present one when it is next entered.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

PURPOSE = b"terminfest.integrations.secrets.1"


class SecretUnreadable(Exception):
    """Encrypted under a key that is no longer known, or altered. ``str()`` is a sentence for staff."""

    code = "secret_unreadable"
    sentence = _("A stored key cannot be decrypted. Please enter it again, or add the former SECRET_KEY.")

    def __str__(self) -> str:
        return str(self.sentence)


def encrypt(secret: str) -> str:
    """Nothing stays nothing, so that it can be seen without decrypting."""
    return _fernet().encrypt(secret.encode()).decode() if secret else ""


def decrypt(stored: str) -> str:
    """Raises SecretUnreadable."""
    if not stored:
        return ""
    try:
        return _fernet().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def _fernet() -> MultiFernet:
    return MultiFernet([_derived(str(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@lru_cache(maxsize=8)
def _derived(secret_key: str) -> Fernet:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return Fernet(urlsafe_b64encode(hkdf.derive(secret_key.encode())))
