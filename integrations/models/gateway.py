"""How a company sends SMS, and who wants none."""

import json
import secrets
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appointments.audit import recorded
from appointments.models import Company
from integrations.encryption import decrypt, encrypt
from integrations.models.message import Medium
from integrations.outside import refuse_inside
from integrations.placeholders import check_body

BODY = '{"to": "{to}", "text": "{text}", "from": "{sender}", "reference": "{reference}"}'
DELIVERED = "delivered, DELIVRD, delivery_success"
FAILED = "failed, undelivered, undeliverable, UNDELIV, rejected, REJECTD, expired, EXPIRED, delivery_failed"


class Way(models.TextChoices):
    HTTP = "http", _("an address of the provider (HTTP)")
    APPRISE = "apprise", _("a provider that apprise knows")
    NONE = "none", _("none: messages are shown here and sent to nobody")


class Shape(models.TextChoices):
    """How the fields travel."""

    JSON = "json", _("POST, as JSON")
    FORM = "form", _("POST, as a form")
    QUERY = "query", _("GET, in the address")


class SmsGateway(models.Model):
    """One per company. ``secret`` is the value of the header with the key, or apprise's whole URL; it and
    ``report_secret`` are read and set in clear and stored encrypted (reading raises ``SecretUnreadable``).
    """

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, related_name="sms_gateway", verbose_name=_("company")
    )
    active = models.BooleanField(_("active"), default=True)
    way = models.CharField(pgettext_lazy("medium", "by"), max_length=10, choices=Way, default=Way.HTTP)
    url = models.URLField(
        _("address"), max_length=500, blank=True, validators=[refuse_inside], help_text=_("https://…")
    )
    shape = models.CharField(_("fields are sent"), max_length=10, choices=Shape, default=Shape.JSON)
    body = models.TextField(
        _("fields"),
        max_length=2000,
        default=BODY,
        help_text=_(
            "As JSON. In their place: {to} the number (+49…), {to_digits} the same without the plus, {text}, "
            "{sender}, {reference} our number of the message, {key} the key."
        ),
    )
    key_header = models.CharField(
        _("header with the key"),
        max_length=60,
        blank=True,
        default="Authorization",
        validators=[RegexValidator(r"^[A-Za-z0-9-]+$", _("Letters, digits and hyphens only."))],
    )
    secret_encrypted = models.TextField(blank=True, editable=False)
    sender = models.CharField(
        _("sender"),
        max_length=16,
        blank=True,
        help_text=_("A number, or up to eleven letters, as the provider allows."),
    )
    id_field = models.CharField(
        _("number of the message in the answer"),
        max_length=60,
        blank=True,
        help_text=_("For example “messages.0.id”. Empty: reports name our {reference}."),
    )
    per_minute = models.PositiveSmallIntegerField(
        _("messages a minute at most"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(6000)],
    )
    report_id_field = models.CharField(
        _("number of the message in a report"),
        max_length=60,
        default="reference",
        help_text=_("Where it lies deeper, the way to it: “results.0.id”."),
    )
    report_state_field = models.CharField(_("state in a report"), max_length=60, default="status")
    report_delivered = models.CharField(_("this says: arrived"), max_length=200, default=DELIVERED)
    report_failed = models.CharField(_("this says: did not arrive"), max_length=200, default=FAILED)
    report_secret_encrypted = models.TextField(blank=True, editable=False)
    last_success_at = models.DateTimeField(_("last success at"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=100, blank=True, editable=False)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True, editable=False)

    history = recorded(
        leaving_out=[
            *("secret_encrypted", "report_secret_encrypted"),
            *("last_success_at", "last_error", "last_error_at"),
        ]
    )

    class Meta:
        verbose_name = _("SMS gateway")
        verbose_name_plural = _("SMS gateways")

    def __str__(self) -> str:
        return str(self.company)

    def clean(self) -> None:
        if self.way != Way.HTTP:
            return
        if not self.url:
            raise ValidationError({"url": ValidationError(_("Please enter an address."), code="required")})
        try:
            fields = json.loads(self.body)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            text = _('These are no fields as JSON, such as {"to": "{to}", "text": "{text}"}.')
            raise ValidationError({"body": ValidationError(text, code="unreadable_fields")})
        try:
            check_body(self.body)
        except ValidationError as error:
            raise ValidationError({"body": error}) from error

    @property
    def secret(self) -> str:
        return decrypt(self.secret_encrypted)

    @secret.setter
    def secret(self, text: str) -> None:
        self.secret_encrypted = encrypt(text)

    @property
    def report_secret(self) -> str:
        return decrypt(self.report_secret_encrypted)

    def renew_report_secret(self) -> None:
        """Whoever knew the former one can report nothing any more."""
        self.report_secret_encrypted = encrypt(secrets.token_urlsafe(24))


class OptOut(models.Model):
    """An address that wants no messages and is no customer's: a caller who was promised a callback."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    medium = models.CharField(pgettext_lazy("medium", "by"), max_length=10, choices=Medium)
    address = models.CharField(_("address"), max_length=254)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("address that wants no messages")
        verbose_name_plural = _("addresses that want no messages")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "medium", "address"], name="opt_out_once")
        ]

    def __str__(self) -> str:
        return self.address
