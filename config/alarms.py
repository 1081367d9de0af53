"""The alarm about the queue. That nobody works at all only somebody outside can say: ``docs/alarms.md``."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_q.models import OrmQ

from appointments.alarms import Measured, Rule, Unit, register
from appointments.models.integrity import Severity


def waiting(now: datetime, window: timedelta) -> Iterator[Measured]:
    """Minutes for which the oldest task has been waiting; of a queue in Redis it is not known."""
    if settings.REDIS_URL:
        return
    # `lock` is when a task may be taken: its birth, or, once taken, the moment of its next try.
    found = OrmQ.objects.filter(lock__lte=now).aggregate(count=Count("pk"), oldest=Min("lock"))
    if found["oldest"]:
        minutes = (now - found["oldest"]).total_seconds() / 60
        yield Measured(company_id=None, value=minutes, count=found["count"])


def register_rules() -> None:
    register(
        Rule(
            id="config.queue_age",
            severity=Severity.ERROR,
            title=_("Background tasks wait too long"),
            sentence=gettext_noop("Background tasks that wait: %(count)s, the oldest for %(value)s minutes."),
            advice=_("Start more workers (manage.py qcluster), or look for one that hangs."),
            unit=Unit.MINUTES,
            threshold=5,
            of_installation=True,
            measure=waiting,
        )
    )
