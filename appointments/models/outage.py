"""A stylist who is away at short notice, and what was decided about each appointment of that time."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models.appointment import Appointment
from appointments.models.company import Branch, Company
from appointments.models.ledger import new_token
from appointments.models.staff import Staff


class Choice(models.TextChoices):
    MOVE = "move", _("moved")
    CALL = "call", _("to be settled by phone")
    STAY = "stay", _("left as it is")


class Outage(models.Model):
    """``staff`` is away in ``[starts_at, ends_at)``; one row for each time it was planned.

    ``token`` comes from the page on which it was decided: sent twice, it is one outage.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("branch")
    )
    staff = models.ForeignKey(
        Staff,
        on_delete=models.CASCADE,
        related_name="outages",
        db_constraint=False,
        verbose_name=_("stylist"),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    planned_at = models.DateTimeField(_("planned"))
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("planned by"),
    )

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        constraints: ClassVar = [
            SameCompany(field="branch", name="outage_branch_same_company"),
            SameCompany(field="staff", name="outage_staff_same_company"),
            models.UniqueConstraint(fields=["id", "company"], name="outage_of_company"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="outage_end_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.reason}" if self.reason else str(self.staff)


class OutageDecision(models.Model):
    """What became of one appointment. ``new_starts_at`` and ``new_staff`` only of one that was moved."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    outage = models.ForeignKey(
        Outage, on_delete=models.CASCADE, related_name="decisions", db_constraint=False
    )
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="outage_decisions",
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    choice = models.CharField(_("decision"), max_length=4, choices=Choice)
    old_starts_at = models.DateTimeField(_("start before"))
    old_staff = models.ForeignKey(
        Staff,
        on_delete=models.CASCADE,
        related_name="+",
        db_constraint=False,
        verbose_name=_("stylist before"),
    )
    new_starts_at = models.DateTimeField(_("new start"), null=True, blank=True)
    new_staff = models.ForeignKey(
        Staff,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("new stylist"),
    )

    class Meta:
        verbose_name = _("decision about an appointment")
        verbose_name_plural = _("decisions about appointments")
        constraints: ClassVar = [
            SameCompany(field="outage", name="outage_decision_outage_same_company"),
            SameCompany(field="appointment", name="outage_decision_appointment_same_company"),
            SameCompany(field="old_staff", name="outage_decision_old_staff_same_company"),
            SameCompany(field="new_staff", name="outage_decision_new_staff_same_company"),
            models.UniqueConstraint(fields=["outage", "appointment"], name="outage_decision_once"),
            models.CheckConstraint(
                condition=Q(choice="move", new_starts_at__isnull=False, new_staff__isnull=False)
                | Q(choice__in=("call", "stay"), new_starts_at__isnull=True, new_staff__isnull=True),
                name="outage_decision_place_if_moved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment}: {self.get_choice_display()}"
