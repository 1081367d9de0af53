"""Calls, and the voice agents that take them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.fields import PhoneField
from appointments.models import Branch, Company, Customer

# What the holder of a call's reservations begins with.
HOLDER = "call:"
# The agent of calls that staff type to try the phone out; statistics leave them out.
TEST_AGENT = "agent_test_call"


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


class CallStatus(models.TextChoices):
    """Whether somebody is still talking. The platform has more words, and more than one spelling (G12)."""

    ONGOING = "ongoing", _("running")
    ENDED = "ended", _("ended")


class CallQuerySet(models.QuerySet["Call"]):
    def contradicted(self) -> "CallQuerySet":
        """Real calls that promised what did not happen, as long as nobody has looked at them."""
        return self.filter(contradictions__gt=0, checked_at=None).exclude(agent_id=TEST_AGENT)


class Call(models.Model):
    """A conversation. Complete from the first message of any kind (incidents G4, G14).

    ``call_id`` is the voice platform's: the only trustworthy identity (G6-G11). Company and branch
    come from the number that was dialled, never from the caller (H3, G15, G16). ``caller`` is the
    other side's number, None if hidden.

    Start, end, duration, reason and cost are the platform's; ``calls.recording`` says which message
    may write what. ``summary``, ``sentiment`` and ``vendor_success`` are its opinion: what became of a
    call stands in ``CallAppointment`` (G13). ``contradictions`` counts the rows of ``CallClaim``.
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
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=CallStatus,
        default=CallStatus.ONGOING,
        db_default=CallStatus.ONGOING,
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    duration_ms = models.PositiveIntegerField(_("duration in milliseconds"), null=True, blank=True)
    disconnection_reason = models.CharField(
        _("ended because"), max_length=100, blank=True, default="", db_default=""
    )
    cost_cents = models.PositiveIntegerField(_("cost in cents"), null=True, blank=True)
    summary = models.TextField(_("summary"), blank=True, default="", db_default="")
    sentiment = models.CharField(_("sentiment"), max_length=100, blank=True, default="", db_default="")
    vendor_success = models.BooleanField(_("successful, thinks the voice platform"), null=True, blank=True)
    contradictions = models.PositiveSmallIntegerField(_("contradictions"), default=0, db_default=0)
    checked_at = models.DateTimeField(_("contradictions checked"), null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("checked by"),
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        indexes: ClassVar = [
            models.Index(fields=["branch", "started_at"], name="call_branch_started_at"),
            models.Index(fields=["company", "started_at"], name="call_company_started_at"),
            models.Index(fields=["started_at"], name="call_started_at"),
            models.Index(fields=["customer"], name="call_customer"),
            # Serves the beginning of a number, too.
            models.Index(fields=["caller"], name="call_caller", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["started_at"], condition=Q(status="ongoing"), name="call_ongoing"),
            models.Index(fields=["started_at"], condition=Q(contradictions__gt=0), name="call_contradicted"),
            models.Index(
                fields=["company", "started_at"],
                condition=Q(contradictions__gt=0, checked_at__isnull=True),
                name="call_unchecked",
            ),
        ]
        constraints: ClassVar = [
            SameCompany(field="branch", name="call_branch_same_company"),
            SameCompany(field="customer", name="call_customer_same_company"),
            models.UniqueConstraint(fields=["id", "company"], name="call_of_company"),
            models.CheckConstraint(condition=Q(status__in=CallStatus.values), name="call_status_known"),
        ]

    def __str__(self) -> str:
        return self.call_id

    @property
    def has_ended(self) -> bool:
        return self.status == CallStatus.ENDED

    @property
    def is_test(self) -> bool:
        """Typed by staff, see :data:`TEST_AGENT`. What it has booked is booked all the same."""
        return self.agent_id == TEST_AGENT

    @property
    def holder(self) -> str:
        """Under which this call holds time."""
        return f"{HOLDER}{self.call_id}"
