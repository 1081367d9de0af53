"""Where calendar and salon disagree and only a person can decide (invariant I5)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models import Appointment, Company


class CaseKind(models.TextChoices):
    REFUSED = "refused", _("Cal.com refuses a promised appointment")
    OTHER_BOOKING = "other_booking", _("Cal.com booked something else than was promised")
    OVERLAP = "overlap", _("another booking at Cal.com overlaps")
    CONFLICT = "conflict", _("a booking from Cal.com meets a taken time")
    MOVED = "moved", _("moved at Cal.com")
    CANCELLED = "cancelled", _("cancelled at Cal.com")
    MISSING = "missing", _("gone from Cal.com")
    UNMAPPED = "unmapped", _("stylist or service without calendar")
    UNKNOWN_EVENT_TYPE = "unknown_event_type", _("booking of an unknown event type")
    UNKNOWN_HOST = "unknown_host", _("booking with an unknown host")


class Solution(models.TextChoices):
    RETRY = "retry", _("tried again")
    KEEP = "keep", _("kept without calendar entry")
    CANCEL = "cancel", _("cancelled, customer to be called")
    MOVE = "move", _("moved")
    ITSELF = "itself", _("solved by itself")
    DISMISS = "dismiss", _("dismissed")


class CalendarCase(models.Model):
    """``facts``: what Cal.com says, as ``{"uid", "starts_at", "ends_at", "host", "event_type",
    "title", "attendee", "detail"}``, each optional, instants in ISO 8601. ``other``: the appointment
    on the other side of a conflict.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="calendar_cases",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    other = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="calendar_cases_as_other",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("other appointment"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=CaseKind)
    uid = models.CharField(_("uid at Cal.com"), max_length=100, blank=True)
    facts = models.JSONField(_("what Cal.com says"), default=dict, blank=True)
    opened_at = models.DateTimeField(_("opened"))
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True)
    solution = models.CharField(_("solution"), max_length=10, choices=Solution, blank=True)
    solved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("solved by"),
    )

    class Meta:
        verbose_name = _("calendar case")
        verbose_name_plural = _("calendar cases")
        indexes: ClassVar = [
            models.Index(
                fields=["company", "opened_at"],
                condition=Q(solved_at__isnull=True),
                name="calendar_case_open",
            ),
        ]
        constraints: ClassVar = [
            SameCompany(field="appointment", name="calendar_case_appointment_same_company"),
            SameCompany(field="other", name="calendar_case_other_same_company"),
            # Found again by every pass, told once.
            models.UniqueConstraint(
                fields=["appointment", "kind", "uid"],
                condition=Q(solved_at__isnull=True),
                name="calendar_case_open_once",
            ),
            models.UniqueConstraint(
                fields=["company", "kind", "uid"],
                condition=Q(solved_at__isnull=True, appointment__isnull=True),
                name="calendar_case_without_appointment_once",
            ),
            models.CheckConstraint(
                condition=Q(solved_at__isnull=True, solution="")
                | Q(solved_at__isnull=False) & ~Q(solution=""),
                name="calendar_case_solved_has_solution",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_open(self) -> bool:
        return self.solved_at is None
