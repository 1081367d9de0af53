"""Appointments whose stylist is away, as a work list: they stand until somebody has decided."""

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments import worklist
from appointments.access import Access
from appointments.models import Appointment
from appointments.replanning.affected import uncovered
from appointments.undecided import local


def _find(access: Access, now: datetime) -> QuerySet[Appointment]:
    rows = uncovered(access, now=now)
    return rows.select_related("service", "staff", "customer", "branch__company").order_by("starts_at", "pk")


def _show(appointment: Appointment, now: datetime) -> worklist.Row:
    start = appointment.starts_at.astimezone(appointment.branch.zone)
    asked = urlencode({"staff": appointment.staff_id, "date": start.date().isoformat()})
    return worklist.Row(
        pk=appointment.pk,
        when=local(appointment.starts_at, appointment.branch),
        text=str(appointment),
        detail=str(appointment.staff),
        url=f"{reverse('admin:appointments_outage_plan')}?{asked}",
        late=appointment.starts_at <= now,
    )


def register() -> None:
    worklist.register(
        worklist.WorkList(
            key="uncovered",
            title=_("Appointments whose stylist is away"),
            permission="appointments.add_outage",
            find=_find,
            show=_show,
            url="admin:appointments_appointment_changelist",
            query="covered=no",
        )
    )
