"""What Cal.com told us, as it came."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models import Company


class EventOutcome(models.TextChoices):
    NEW = "new", _("to be processed")
    ECHO = "echo", _("our own doing")
    TAKEN_OVER = "taken_over", _("taken over")
    CASE = "case", _("became a case")
    IGNORED = "ignored", _("of no concern")
    FAILED = "failed", _("could not be processed")


class CalendarEvent(models.Model):
    """A signed message of Cal.com, stored before it is understood.

    It carries no delivery id; trigger, uid and the instant it names are the key by which a repeat is
    known (``calcom.md`` §4). ``body`` is the JSON as received; it holds names and numbers of
    customers and is emptied when it has been worked on for long enough.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    trigger = models.CharField(_("event"), max_length=50)
    uid = models.CharField(_("uid"), max_length=100, blank=True)
    happened = models.CharField(_("as of"), max_length=40, blank=True)
    body = models.JSONField(_("message"))
    received_at = models.DateTimeField(_("received"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=EventOutcome, default=EventOutcome.NEW)
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failed attempts"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message of Cal.com")
        verbose_name_plural = _("messages of Cal.com")
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(outcome="new"), name="calendar_event_due"),
            models.Index(fields=["company", "received_at"], name="calendar_event_received"),
            models.Index(fields=["received_at"], name="calendar_event_all_received"),
            models.Index(fields=["uid"], name="calendar_event_uid"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "trigger", "uid", "happened"], name="calendar_event_once"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="new") | Q(next_try_at__isnull=False), name="calendar_event_new_is_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.uid}"
