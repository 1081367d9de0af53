"""Who is to hear of an alarm: noted in its own transaction, sent by the worker."""

from datetime import datetime

from django.db.models import Q, QuerySet

from appointments.models import Alarm
from appointments.models.alarms import Notice
from appointments.models.integrity import Severity
from integrations import queue
from integrations.models import AlarmChannel, AlarmNotice


def channels_of(alarm: Alarm) -> QuerySet[AlarmChannel]:
    """A company's own; the operator's hear of the installation, and of all companies where they want to."""
    operators = Q(company__isnull=True)
    if alarm.company_id is not None:
        concerned = Q(company=alarm.company_id) | (operators & Q(all_companies=True))
    else:
        concerned = operators
    if alarm.severity != Severity.CRITICAL:
        concerned &= Q(critical_only=False)
    return AlarmChannel.objects.filter(concerned, active=True)


def note(alarm: Alarm, notice: Notice, now: datetime) -> None:
    """What is over before anybody was told is told to nobody."""
    channels = list(channels_of(alarm).values_list("pk", flat=True))
    if notice == Notice.RESOLVED:
        told = AlarmNotice.objects.filter(alarm=alarm)
        told.waiting().delete()
        heard = set(told.filter(sent_at__isnull=False).values_list("channel", flat=True))
        channels = [pk for pk in channels if pk in heard]
    elif notice == Notice.REMINDER:
        waiting = AlarmNotice.objects.filter(alarm=alarm).waiting().values_list("channel", flat=True)
        channels = sorted(set(channels) - set(waiting))
    AlarmNotice.objects.bulk_create(
        [
            AlarmNotice(channel_id=pk, alarm=alarm, kind=notice, created_at=now, next_try_at=now)
            for pk in channels
        ],
        ignore_conflicts=True,
    )
    if channels:
        queue.soon("integrations.tasks.send_alarms")
