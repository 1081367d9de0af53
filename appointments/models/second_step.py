"""The phone of a login that logs in in two steps."""

from binascii import unhexlify

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from appointments.encryption import decrypt, encrypt


class PhoneDevice(TOTPDevice):  # type: ignore[misc] # brings no types
    """django-otp's device, whose secret is stored encrypted here; its own column stays empty.

    ``bin_key`` raises ``SecretUnreadable``.
    """

    secret_encrypted = models.TextField(editable=False)

    class Meta:
        verbose_name = _("second step")
        verbose_name_plural = _("second steps")

    @property
    def bin_key(self) -> bytes:
        return unhexlify(decrypt(self.secret_encrypted))

    def make_secret(self) -> None:
        """A new one, unsaved."""
        self.key, self.secret_encrypted = "", encrypt(default_key())
