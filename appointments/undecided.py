"""Appointments on which a person has the last word, as work lists."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from appointments import worklist
from appointments.access import Access
from appointments.models import Appointment
from appointments.models.appointment import Status

# What began longer ago is the past, and nobody's work.
KEPT = timedelta(days=1)


def local(instant: datetime, branch: Any) -> str:
    """The day and time on the wall of ``branch``."""
    return date_format(instant.astimezone(branch.zone), "SHORT_DATETIME_FORMAT")


def _of_status(status: Status) -> Any:
    def find(access: Access, now: datetime) -> QuerySet[Appointment]:
        rows = access.scope(Appointment.objects.all(), branch="branch", staff="staff")
        coming = rows.filter(status=status, starts_at__gte=now - KEPT)
        return coming.select_related("service", "staff", "customer", "branch__company").order_by("starts_at")

    return find


def _show(appointment: Appointment, now: datetime) -> worklist.Row:
    return worklist.Row(
        pk=appointment.pk,
        when=local(appointment.starts_at, appointment.branch),
        text=str(appointment),
        detail=str(appointment.staff),
        url=reverse("admin:appointments_appointment_change", args=[appointment.pk]),
        late=appointment.starts_at <= now,
    )


def register() -> None:
    for key, status, title in (
        ("conflicts", Status.CONFLICT, _("Appointments in conflict")),
        ("provisional", Status.PROVISIONAL, _("Provisional appointments")),
    ):
        worklist.register(
            worklist.WorkList(
                key=key,
                title=title,
                permission="appointments.view_appointment",
                find=_of_status(status),
                show=_show,
                url="admin:appointments_appointment_changelist",
                query=f"status__exact={status}",
                rank=0,
            )
        )
