"""A company's line to Cal.com, and what may still be asked with a key."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models import Company
from integrations.encryption import decrypt, encrypt


class Breaker(models.TextChoices):
    """Whether Cal.com is asked at all."""

    CLOSED = "closed", _("connected")
    OPEN = "open", _("left alone after failures")
    HALF_OPEN = "half_open", _("about to be tried again")


class CalendarConnection(models.Model):
    """One per company. Without a key of its own the company uses the environment's.

    ``api_key`` and ``webhook_secret`` are read and set in clear and stored encrypted; reading raises
    ``SecretUnreadable``. All that the breaker knows is here, so that every process knows it.
    """

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, related_name="calendar_connection", verbose_name=_("company")
    )
    api_key_encrypted = models.TextField(blank=True, editable=False)
    webhook_secret_encrypted = models.TextField(blank=True, editable=False)
    webhook_id = models.CharField(_("webhook at Cal.com"), max_length=100, blank=True)
    webhook_checked_at = models.DateTimeField(_("webhook checked at"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    opened_at = models.DateTimeField(_("left alone since"), null=True, blank=True)
    retry_at = models.DateTimeField(_("tried again at"), null=True, blank=True)
    probe_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_success_at = models.DateTimeField(_("last success at"), null=True, blank=True)
    last_error_code = models.CharField(_("last error"), max_length=40, blank=True)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True)
    reconciled_until = models.DateTimeField(_("reconciled until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("calendar connection")
        verbose_name_plural = _("calendar connections")

    def __str__(self) -> str:
        return str(self.company)

    @property
    def api_key(self) -> str:
        return decrypt(self.api_key_encrypted)

    @api_key.setter
    def api_key(self, key: str) -> None:
        self.api_key_encrypted = encrypt(key)

    @property
    def webhook_secret(self) -> str:
        return decrypt(self.webhook_secret_encrypted)

    @webhook_secret.setter
    def webhook_secret(self, secret: str) -> None:
        self.webhook_secret_encrypted = encrypt(secret)

    def breaker(self, *, now: datetime) -> Breaker:
        if self.opened_at is None:
            return Breaker.CLOSED
        return Breaker.OPEN if self.retry_at and now < self.retry_at else Breaker.HALF_OPEN


class RequestBudget(models.Model):
    """What was asked with a key of late, by all processes and all companies that share it.

    ``spent`` counts requests by second (Unix time, as text). ``remaining`` until ``resets_at`` is what
    Cal.com itself said, less what was asked since.
    """

    key_digest = models.CharField(primary_key=True, max_length=64, editable=False)
    spent = models.JSONField(default=dict)
    remaining = models.IntegerField(null=True)
    resets_at = models.DateTimeField(null=True)
    blocked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("request budget")
        verbose_name_plural = _("request budgets")

    def __str__(self) -> str:
        return self.key_digest[:8]
