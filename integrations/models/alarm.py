"""Where alarms are sent, and what was sent."""

from datetime import datetime
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models import Alarm, Company
from appointments.models.alarms import Notice
from integrations.encryption import decrypt, encrypt


class AlarmChannel(models.Model):
    """One address that hears of alarms: of one company's, or, without a company, of the operator's.

    ``address`` is read and set in clear and stored encrypted, because most of them are keys; reading raises
    ``SecretUnreadable``. ``shown`` is as much of it as may be seen. ``claimed_until``: somebody sends to it.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="alarm_channels",
        null=True,
        blank=True,
        verbose_name=_("company"),
        help_text=_("Empty: whoever runs the system."),
    )
    name = models.CharField(_("name"), max_length=100)
    address_encrypted = models.TextField(editable=False)
    shown = models.CharField(_("address"), max_length=200, editable=False)
    active = models.BooleanField(_("active"), default=True)
    critical_only = models.BooleanField(_("only what has to be looked at at once"), default=False)
    all_companies = models.BooleanField(
        _("also the alarms of all companies"),
        default=False,
        help_text=_("For whoever runs the system. A company's channel hears of its own alarms only."),
    )
    per_hour = models.PositiveSmallIntegerField(
        _("messages an hour at most"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("What is more waits, and comes together in one message."),
    )
    from_environment = models.BooleanField(default=False, editable=False)
    last_sent_at = models.DateTimeField(_("last sent"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=40, blank=True, editable=False)
    last_error_at = models.DateTimeField(_("last error at"), null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("alarm channel")
        verbose_name_plural = _("alarm channels")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "name"],
                name="alarm_channel_name_once",
                violation_error_message=_("There already is a channel of this name."),
            ),
            models.CheckConstraint(
                condition=Q(company__isnull=True) | Q(all_companies=False),
                name="alarm_channel_of_company_hears_its_own",
                violation_error_message=_("A company's channel hears of its own alarms only."),
            ),
            models.CheckConstraint(
                condition=Q(company__isnull=True) | Q(from_environment=False),
                name="alarm_channel_of_environment_is_operators",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return decrypt(self.address_encrypted)

    @address.setter
    def address(self, text: str) -> None:
        self.address_encrypted = encrypt(text)

    @property
    def may_reach_inside(self) -> bool:
        """Whoever runs the system knows what stands in it; nobody else may ask our network anything."""
        return self.company_id is None


class AlarmNoticeQuerySet(models.QuerySet["AlarmNotice"]):
    def waiting(self) -> "AlarmNoticeQuerySet":
        return self.filter(sent_at__isnull=True, dropped_at__isnull=True)

    def due(self, now: datetime) -> "AlarmNoticeQuerySet":
        return self.waiting().filter(next_try_at__lte=now, channel__active=True)


class AlarmNotice(models.Model):
    """What one channel is to be told of one alarm, and when it was: those of one message at one instant.

    Without an alarm it is a message to try the channel. ``dropped_at``: it came to nothing for too long.
    """

    channel = models.ForeignKey(
        AlarmChannel, on_delete=models.CASCADE, related_name="notices", verbose_name=_("channel")
    )
    alarm = models.ForeignKey(
        Alarm,
        on_delete=models.CASCADE,
        related_name="notices",
        null=True,
        blank=True,
        verbose_name=_("alarm"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=[*Notice.choices, ("test", _("test"))])
    created_at = models.DateTimeField(_("created"))
    next_try_at = models.DateTimeField(_("next attempt"))
    failures = models.PositiveIntegerField(_("failed attempts"), default=0)
    error = models.CharField(_("error"), max_length=40, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    dropped_at = models.DateTimeField(_("given up"), null=True, blank=True)

    objects = AlarmNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("message about an alarm")
        verbose_name_plural = _("messages about alarms")
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="alarm_notice_waiting",
            ),
            models.Index(fields=["channel", "sent_at"], name="alarm_notice_sent"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "alarm", "kind"],
                condition=Q(sent_at__isnull=True, dropped_at__isnull=True),
                name="alarm_notice_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.get_kind_display()}"
