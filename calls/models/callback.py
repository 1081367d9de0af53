"""People to be called back."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.fields import PhoneField
from appointments.models import Appointment, Branch, Company, Customer
from calls.models.call import Call


class Matter(models.TextChoices):
    """What the caller wants, or what we have to tell a customer."""

    MOVE = "move", _("move an appointment")
    CANCELLATION = "cancellation", _("cancel an appointment")
    OTHER = "other", _("something else")
    OUTAGE = "outage", _("stylist is away")


class CallbackState(models.TextChoices):
    OPEN = "open", _("open")
    DONE = "done", _("done")


class CallbackQuerySet(models.QuerySet["Callback"]):
    def open(self) -> "CallbackQuerySet":
        return self.filter(state=CallbackState.OPEN)

    def overdue(self, now: datetime) -> "CallbackQuerySet":
        return self.open().filter(due_at__lte=now)


class Callback(models.Model):
    """A promise to call somebody back by ``due_at``.

    ``phone`` is the caller's own number, or the one they named, which proves nothing; None as long as
    they have named none. One row for each matter of a call, however often it is asked for.

    Without a ``call`` it is us who have something to say, about ``appointment``: then ``reason`` is our
    sentence, and there is one open row for each appointment.

    ``told_at``: whether to write to them about it was decided then (``calls.callback_messages``).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("branch")
    )
    call = models.ForeignKey(
        Call,
        on_delete=models.CASCADE,
        related_name="callbacks",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("call"),
    )
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="callbacks",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        related_name="callbacks",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("customer"),
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    phone = PhoneField(_("phone"), null=True, blank=True)
    matter = models.CharField(_("matter"), max_length=12, choices=Matter)
    reason = models.CharField(_("what about"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"))
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=4, choices=CallbackState, default=CallbackState.OPEN)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("done by"),
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    told_at = models.DateTimeField(null=True, editable=False)

    objects = CallbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="callback_open_due_at"),
            models.Index(
                fields=["created_at"],
                condition=Q(state="open", told_at__isnull=True, call__isnull=False),
                name="callback_untold",
            ),
        ]
        constraints: ClassVar = [
            SameCompany(field="branch", name="callback_branch_same_company"),
            SameCompany(field="call", name="callback_call_same_company"),
            SameCompany(field="appointment", name="callback_appointment_same_company"),
            SameCompany(field="customer", name="callback_customer_same_company"),
            models.UniqueConstraint(
                fields=["call", "matter", "reason"],
                condition=Q(state="open"),
                name="callback_once_per_matter",
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(state="open", call__isnull=True),
                name="callback_once_per_appointment",
            ),
            models.CheckConstraint(
                condition=Q(call__isnull=False) | Q(appointment__isnull=False),
                name="callback_of_call_or_appointment",
            ),
            models.CheckConstraint(
                condition=Q(state="open", done_at__isnull=True) | Q(state="done", done_at__isnull=False),
                name="callback_done_at_when_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.phone or _('unknown')}: {self.get_matter_display()}"
