"""Alarms as a work list: they are there until somebody has taken note of them."""

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from appointments import alarms, worklist
from appointments.access import Access
from appointments.models import Alarm


def _open(access: Access, now: datetime) -> QuerySet[Alarm]:
    rows = access.scope(Alarm.objects.open())
    return rows.select_related("company").order_by("-raised_at", "-pk")


def _row(alarm: Alarm, now: datetime) -> worklist.Row:
    zone = alarm.company.zone if alarm.company else timezone.get_default_timezone()
    raised = (alarm.raised_at or alarm.began_at).astimezone(zone)
    return worklist.Row(
        pk=alarm.pk,
        when=date_format(raised, "SHORT_DATETIME_FORMAT"),
        text=str(alarm),
        detail=alarms.sentence_of(alarm),
        url=reverse("admin:appointments_alarm_change", args=[alarm.pk]),
    )


def register() -> None:
    worklist.register(
        worklist.WorkList(
            key="alarms",
            title=_("Alarms"),
            permission="appointments.view_alarm",
            find=_open,
            show=_row,
            url="admin:appointments_alarm_changelist",
            query="state=open",
            finish=worklist.Finish(
                label=_("Taken note of"),
                permission="appointments.acknowledge_alarm",
                act=alarms.acknowledge,
            ),
        )
    )
