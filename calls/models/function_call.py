"""What the voice agent asked, what it was answered, and the times it was offered."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models import Company, Service, Staff
from appointments.models.ledger import new_token
from calls.models.call import Call


class FunctionCall(models.Model):
    """One function asked within a call. ``args`` and ``reply`` as sent; raw bodies are never kept.

    ``forgotten_at``: since when they hold nothing any more of what anybody has said.
    """

    call = models.ForeignKey(
        Call, on_delete=models.CASCADE, related_name="function_calls", verbose_name=_("call")
    )
    name = models.CharField(_("function"), max_length=100)
    tool_call_id = models.CharField(_("tool call"), max_length=100, blank=True)
    args = models.JSONField(_("arguments"))
    args_digest = models.CharField(max_length=32, editable=False)
    unknown_args = models.JSONField(_("unknown arguments"), default=list, blank=True)
    reply = models.JSONField(_("reply"), null=True)
    status = models.CharField(_("status"), max_length=40, blank=True)
    # As ``race_condition_detected_total``: refused as taken, after the same call had heard that it is free.
    lost_race = models.BooleanField(_("lost race"), default=False, db_default=False)
    error = models.TextField(_("error"), blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"), null=True)
    created_at = models.DateTimeField(_("time"))

    forgotten_at = models.DateTimeField(_("forgotten"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("function call")
        verbose_name_plural = _("function calls")
        indexes: ClassVar = [
            models.Index(fields=["call", "tool_call_id"], name="function_call_tool_call"),
            models.Index(fields=["created_at"], name="function_call_created_at"),
            models.Index(
                fields=["created_at"],
                condition=Q(forgotten_at__isnull=True),
                name="function_call_remembered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.status}"


class Offer(models.Model):
    """A time that was said to be free in this call. Nothing is promised for it until it is held.

    The id carries service, stylist and date, so that choosing one cannot end on another day
    (incidents A13, A25, B1).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    call = models.ForeignKey(
        Call, on_delete=models.CASCADE, related_name="offers", db_constraint=False, verbose_name=_("call")
    )
    function_call = models.ForeignKey(
        FunctionCall, on_delete=models.CASCADE, related_name="offers", verbose_name=_("function call")
    )
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("service")
    )
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("stylist"))
    token = models.CharField(_("id"), max_length=32, unique=True, default=new_token, editable=False)
    position = models.PositiveSmallIntegerField(_("position"))
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints: ClassVar = [
            SameCompany(field="call", name="offer_call_same_company"),
            SameCompany(field="service", name="offer_service_same_company"),
            SameCompany(field="staff", name="offer_staff_same_company"),
            models.UniqueConstraint(fields=["function_call", "position"], name="offer_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.service}, {self.staff}"

    def is_at(self, service_id: int, start: datetime) -> bool:
        return (self.service_id, self.starts_at) == (service_id, start)
