"""Calls, and the voice agents that take them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.fields import PhoneField
from appointments.models import Branch, Company, Customer

# What the holder of a call's reservations begins with.
HOLDER = "call:"


class VoiceAgent(models.Model):
    """An agent of the voice platform. Where there is no dialled number it decides the branch (I8)."""

    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, related_name="voice_agents", verbose_name=_("branch")
    )
    agent_id = models.CharField(_("agent"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("voice agent")
        verbose_name_plural = _("voice agents")

    def __str__(self) -> str:
        return self.agent_id


class Direction(models.TextChoices):
    INBOUND = "inbound", _("inbound")
    OUTBOUND = "outbound", _("outbound")


class Call(models.Model):
    """A conversation. Complete from the first message of any kind (incidents G4, G14).

    ``call_id`` is the voice platform's: the only trustworthy identity (G6-G11). Company and branch
    come from the number that was dialled, never from the caller (H3, G15, G16). ``caller`` is the
    other side's number, None if hidden.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("branch")
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.SET_NULL,
        related_name="calls",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("customer"),
    )
    call_id = models.CharField(_("call id"), max_length=100, unique=True)
    agent_id = models.CharField(_("agent"), max_length=100, blank=True)
    caller = PhoneField(_("caller"), null=True, blank=True)
    direction = models.CharField(_("direction"), max_length=10, choices=Direction, default=Direction.INBOUND)
    started_at = models.DateTimeField(_("started"))

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes: ClassVar = [
            models.Index(fields=["branch", "started_at"], name="call_branch_started_at"),
            models.Index(fields=["customer"], name="call_customer"),
        ]
        constraints: ClassVar = [
            SameCompany(field="branch", name="call_branch_same_company"),
            SameCompany(field="customer", name="call_customer_same_company"),
            models.UniqueConstraint(fields=["id", "company"], name="call_of_company"),
        ]

    def __str__(self) -> str:
        return self.call_id

    @property
    def holder(self) -> str:
        """Under which this call holds time."""
        return f"{HOLDER}{self.call_id}"
