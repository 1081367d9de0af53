"""What raises an alarm, in figures that the salon may change, and the alarms that were raised."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appointments.models.company import Company
from appointments.models.integrity import Severity

MINUTES_OF_A_WEEK = 7 * 24 * 60
# Of the rules, by id; ``appointments.alarms.register`` writes them here.
titles: dict[str, str | Promise] = {}


def title_of(rule_id: str) -> str:
    """The id of a rule that no longer exists, whose alarms may still be stored."""
    return str(titles.get(rule_id, rule_id))


class AlarmRule(models.Model):
    """The limits of one rule for one company; without a company: what counts for all that say nothing else.

    ``rule`` is an id of ``appointments.alarms``; what is empty is the default. A rule is on where both
    rows say so. ``known_since`` is when the system first knew of the company, for alarms about what has
    never happened.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="alarm_rules",
        null=True,
        blank=True,
        verbose_name=_("company"),
    )
    rule = models.CharField(_("rule"), max_length=60)
    active = models.BooleanField(_("active"), default=True)
    threshold = models.FloatField(
        _("threshold"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100_000)]
    )
    minimum = models.PositiveIntegerField(
        _("at least so many"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100_000)],
        help_text=_("With fewer there is no alarm: two of two are no rate."),
    )
    window_minutes = models.PositiveIntegerField(
        _("of the last minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(5), MaxValueValidator(MINUTES_OF_A_WEEK)],
    )
    reminder_hours = models.PositiveIntegerField(
        _("reminder every so many hours"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(7 * 24)],
        help_text=_("As long as nobody has taken note of the alarm."),
    )
    known_since = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("alarm rule")
        verbose_name_plural = _("alarm rules")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "rule"], name="alarm_rule_once_per_company"),
            models.UniqueConstraint(
                fields=["rule"], condition=Q(company__isnull=True), name="alarm_rule_default_once"
            ),
        ]

    def __str__(self) -> str:
        return title_of(self.rule)


class Notice(models.TextChoices):
    """What people are told of an alarm."""

    RAISED = "raised", _("alarm")
    REMINDER = "reminder", _("reminder")
    RESOLVED = "resolved", _("over")


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def unresolved(self) -> "AlarmQuerySet":
        return self.filter(resolved_at__isnull=True)

    def raised(self) -> "AlarmQuerySet":
        """Without those of which is not known yet whether they last."""
        return self.filter(raised_at__isnull=False)

    def open(self) -> "AlarmQuerySet":
        """What nobody has taken note of."""
        return self.unresolved().raised().filter(acknowledged_at__isnull=True)


class Alarm(models.Model):
    """A limit that is passed, from when it began until it is over; without a company: the installation's.

    ``key`` tells several of one rule apart, for instance by branch. ``facts`` fill the rule's sentence;
    nothing in them is personal. ``raised_at`` is None as long as it has not lasted long enough to tell
    anybody, ``seen_at`` is when it was last so, ``told_at`` when people were last told.
    """

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        related_name="alarms",
        null=True,
        blank=True,
        verbose_name=_("company"),
    )
    rule = models.CharField(_("rule"), max_length=60)
    key = models.CharField(max_length=60, blank=True, editable=False)
    severity = models.CharField(_("urgency"), max_length=10, choices=Severity)
    facts = models.JSONField(_("facts"), default=dict)
    began_at = models.DateTimeField(_("began"))
    raised_at = models.DateTimeField(_("raised"), null=True, blank=True)
    seen_at = models.DateTimeField(_("last seen"))
    told_at = models.DateTimeField(_("last told"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("taken note of"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    resolved_at = models.DateTimeField(_("over since"), null=True, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        permissions: ClassVar = [("acknowledge_alarm", _("Can take note of alarms"))]
        indexes: ClassVar = [
            models.Index(
                fields=["company", "raised_at"],
                condition=Q(resolved_at__isnull=True, acknowledged_at__isnull=True),
                name="alarm_open",
            ),
            models.Index(fields=["company", "began_at"], name="alarm_began_at"),
        ]
        constraints: ClassVar = [
            # Found again every minute, raised once.
            models.UniqueConstraint(
                fields=["company", "rule", "key"],
                condition=Q(resolved_at__isnull=True),
                name="alarm_unresolved_once",
            ),
            models.UniqueConstraint(
                fields=["rule", "key"],
                condition=Q(resolved_at__isnull=True, company__isnull=True),
                name="alarm_of_installation_unresolved_once",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True) | Q(raised_at__isnull=False),
                name="alarm_resolved_was_raised",
            ),
        ]

    def __str__(self) -> str:
        return title_of(self.rule)
