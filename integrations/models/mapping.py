"""What the calendar calls our people and services."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models import Company, Service, Staff


class CalendarHost(models.Model):
    """A stylist's user at Cal.com. Without one nothing of theirs can stand there (incident 1)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    staff = models.OneToOneField(
        Staff,
        on_delete=models.CASCADE,
        related_name="calendar_host",
        db_constraint=False,
        verbose_name=_("stylist"),
    )
    calcom_user_id = models.BigIntegerField(_("user id at Cal.com"))
    # The lease: who writes to this calendar now. One appointment at a time, because Cal.com itself
    # accepts overlapping bookings that come at once (``calcom.md``, point 3).
    leased_by = models.CharField(max_length=32, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("calendar host")
        verbose_name_plural = _("calendar hosts")
        constraints: ClassVar = [
            SameCompany(field="staff", name="calendar_host_staff_same_company"),
            models.UniqueConstraint(
                fields=["company", "calcom_user_id"],
                name="calendar_host_once_per_company",
                violation_error_message=_("Somebody else already has this calendar."),
            ),
            models.CheckConstraint(condition=Q(calcom_user_id__gt=0), name="calendar_host_id_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.calcom_user_id}"


class CalendarEventType(models.Model):
    """Cal.com's event type for one run of busy phases of a service by one stylist.

    ``phase_position`` is the position of the run's first phase, as ``Plan.runs()`` says; 1 for
    services that stand in the calendar as one block.

    ``length_minutes``, ``slot_interval`` and ``checked_at``: what Cal.com said of it last, and when; a
    courtesy to those who must not ask again, never a reason to refuse.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    staff = models.ForeignKey(
        Staff,
        on_delete=models.CASCADE,
        related_name="calendar_event_types",
        db_constraint=False,
        verbose_name=_("stylist"),
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="calendar_event_types",
        db_constraint=False,
        verbose_name=_("service"),
    )
    phase_position = models.PositiveSmallIntegerField(_("first phase"), default=1)
    event_type_id = models.BigIntegerField(_("event type at Cal.com"))
    length_minutes = models.PositiveIntegerField(
        _("minutes at Cal.com"), null=True, blank=True, editable=False
    )
    slot_interval = models.PositiveIntegerField(
        _("minutes between slots at Cal.com"), null=True, blank=True, editable=False
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("calendar event type")
        verbose_name_plural = _("calendar event types")
        constraints: ClassVar = [
            SameCompany(field="staff", name="event_type_staff_same_company"),
            SameCompany(field="service", name="event_type_service_same_company"),
            models.UniqueConstraint(
                fields=["staff", "service", "phase_position"],
                name="event_type_once_per_run",
                violation_error_message=_("This part of the service already has an event type."),
            ),
            models.UniqueConstraint(
                fields=["company", "event_type_id"],
                name="event_type_id_once_per_company",
                violation_error_message=_("This event type already belongs to something else."),
            ),
            models.CheckConstraint(
                condition=Q(event_type_id__gt=0, phase_position__gt=0), name="event_type_ids_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff}, {self.service} ({self.phase_position}): {self.event_type_id}"

    @property
    def grid_minutes(self) -> int | None:
        """The step of the slots that Cal.com shows for it; None while that is not known. Only a time
        on this grid that is not among the slots is taken there.
        """
        return self.slot_interval or self.length_minutes
