"""What the voice platform told us of calls, until it is worked on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CallEventOutcome(models.TextChoices):
    NEW = "new", _("to be processed")
    RECORDED = "recorded", _("recorded")
    IGNORED = "ignored", _("of no concern")
    NOBODYS = "nobodys", _("number or agent of no branch")
    FAILED = "failed", _("could not be processed")


class CallEvent(models.Model):
    """A signed message about a call, stored before it is understood.

    Event and call are the key by which a repeat is known (``retell.md`` §2). ``body`` is what is taken
    from the call object; it holds what was said, and is emptied as soon as that stands where it belongs.
    No company: whose call it is, is not known before it has been looked at.
    """

    event = models.CharField(_("event"), max_length=100)
    call_id = models.CharField(_("call id"), max_length=100)
    body = models.JSONField(_("message"), default=dict)
    received_at = models.DateTimeField(_("received"))
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=CallEventOutcome, default=CallEventOutcome.NEW
    )
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failed attempts"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message about a call")
        verbose_name_plural = _("messages about calls")
        indexes: ClassVar = [
            models.Index(fields=["next_try_at"], condition=Q(outcome="new"), name="call_event_due"),
            models.Index(fields=["received_at"], name="call_event_received"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call_id", "event"], name="call_event_once"),
            models.CheckConstraint(
                condition=~Q(outcome="new") | Q(next_try_at__isnull=False), name="call_event_new_is_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.call_id}"


class CallWatermark(models.Model):
    """Until when the platform's list has been read to its end. One row: one account lists all calls."""

    name = models.CharField(max_length=20, unique=True)
    reached_at = models.DateTimeField()

    class Meta:
        verbose_name = _("watermark of the calls")
        verbose_name_plural = _("watermarks of the calls")

    def __str__(self) -> str:
        return self.name
