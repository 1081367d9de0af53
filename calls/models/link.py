"""Many calls to one appointment (incident 5, G2)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models import Appointment, Company
from calls.models.call import Call


class Relationship(models.TextChoices):
    ORIGINAL = "original", _("booked")
    DUPLICATE_ATTEMPT = "duplicate_attempt", _("asked for again")
    RESCHEDULE = "reschedule", _("moved")
    CANCELLATION = "cancellation", _("cancelled")
    ENQUIRY = "enquiry", _("asked about")


class CallAppointment(models.Model):
    """What a call has to do with an appointment."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    call = models.ForeignKey(
        Call,
        on_delete=models.CASCADE,
        related_name="appointment_links",
        db_constraint=False,
        verbose_name=_("call"),
    )
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="call_links",
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    relationship = models.CharField(_("relationship"), max_length=20, choices=Relationship)
    created_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("call about an appointment")
        verbose_name_plural = _("calls about appointments")
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                condition=Q(relationship="duplicate_attempt"),
                name="call_link_duplicates_created",
            ),
        ]
        constraints: ClassVar = [
            SameCompany(field="call", name="call_link_call_same_company"),
            SameCompany(field="appointment", name="call_link_appointment_same_company"),
            models.UniqueConstraint(fields=["call", "appointment", "relationship"], name="call_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call}: {self.get_relationship_display()}"
