"""Moves and cancellations that customers asked for, and what they cost."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models.appointment import Appointment
from appointments.models.company import Company
from appointments.models.ledger import Reservation


class ChangeKind(models.TextChoices):
    MOVE = "move", _("moved")
    CANCELLATION = "cancellation", _("cancelled")


class CustomerChange(models.Model):
    """Written with the change itself, by the writer; one that is taken back takes its row along.

    What staff change is no such row: it is not counted and costs nothing.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="customer_changes",
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=ChangeKind)
    old_starts_at = models.DateTimeField(_("start before"))
    fee = models.DecimalField(_("fee"), max_digits=10, decimal_places=2)
    made_at = models.DateTimeField(_("time"))
    # The old time of a move that can still be taken back.
    move = models.ForeignKey(
        Reservation,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_constraint=False,
        related_name="customer_changes",
    )

    class Meta:
        verbose_name = _("change for a customer")
        verbose_name_plural = _("changes for customers")
        constraints: ClassVar = [
            SameCompany(field="appointment", name="customer_change_appointment_same_company"),
            SameCompany(field="move", name="customer_change_move_same_company"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="customer_change_fee_not_negative"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
