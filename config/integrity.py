"""The checks about the queue: is somebody working, and is what has its time done at its time?"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_q.models import OrmQ, Schedule, Task

from appointments.integrity import Found, Scope, register
from appointments.models.integrity import Severity
from config import version
from config.schedules import PREFIX, SCHEDULES

# A minute's schedule is looked at twice a minute. Whoever deploys may stop the worker for a while.
PATIENCE = timedelta(minutes=15)
# A site that has just been set up has not started its worker yet.
PATIENCE_AT_FIRST = timedelta(hours=1)


@register(
    id="config.worker_dead",
    severity=Severity.CRITICAL,
    title=_("Nobody does the background work"),
    advice=_(
        "Calendar, reminders and reports stand still. Whoever runs the system starts the worker: manage.py "
        "qcluster."
    ),
    sentences={
        "tasks": gettext_noop("%(tasks)s tasks have been waiting since %(since_day)s, %(since_time)s."),
        "schedules": gettext_noop(
            "Nothing that has its time has been done since %(since_day)s, %(since_time)s."
        ),
        "never": gettext_noop("The worker has never run."),
    },
    of_installation=True,
)
def worker_dead(scope: Scope) -> Iterator[Found]:
    """Waiting tasks or schedules of which none is done; a heartbeat alone proves no work."""
    # `lock` is when a task may be taken: its birth, or, once taken, the moment of its next try.
    waiting = OrmQ.objects.filter(lock__lt=scope.now - PATIENCE).order_by("lock")
    oldest = waiting.first()
    if oldest is not None:
        facts = {"tasks": waiting.count(), "since_at": oldest.lock}
        yield Found(company_id=None, code="tasks", facts=facts, key="worker")
    elif _all_stand_still(scope):
        first = _ours().order_by("next_run").first()
        has_run = Task.objects.exists()
        facts = {"since_at": first.next_run if first else scope.now}
        yield Found(company_id=None, code="schedules" if has_run else "never", facts=facts, key="worker")


@register(
    id="config.schedule_not_run",
    severity=Severity.ERROR,
    title=_("Something regular is not done"),
    advice=_("“Schedules” in the admin. A missing one comes back with manage.py migrate."),
    sentences={
        "overdue": gettext_noop(
            "“%(name)s” was due on %(since_day)s at %(since_time)s, and has not been done."
        ),
        "missing": gettext_noop("“%(name)s” is not among the schedules, so it is never done."),
        "off": gettext_noop("“%(name)s” is switched off among the schedules, so it is never done."),
    },
    of_installation=True,
)
def schedule_not_run(scope: Scope) -> Iterator[Found]:
    rows = {row.name: row for row in _ours()}
    if _all_stand_still(scope):
        return
    for name in (PREFIX + item.name for item in SCHEDULES):
        row = rows.get(name)
        shown = name.removeprefix(PREFIX)
        if row is None:
            yield Found(company_id=None, code="missing", facts={"name": shown}, key=name)
        elif row.repeats == 0:
            yield Found(company_id=None, code="off", facts={"name": shown}, key=name)
        elif row.next_run < scope.now - _patience():
            facts = {"name": shown, "since_at": row.next_run}
            yield Found(company_id=None, code="overdue", facts=facts, key=name)


@register(
    id="config.version_differs",
    severity=Severity.ERROR,
    title=_("Two versions run at once"),
    advice=_("After a deploy, web and worker have to be started again. Whoever runs the system does that."),
    sentences={
        "differs": gettext_noop("The web runs version %(web)s, the background service %(worker)s."),
        "stale": gettext_noop("Version %(disk)s is installed, but the web still runs %(web)s."),
    },
    of_installation=True,
)
def version_differs(scope: Scope) -> Iterator[Found]:
    """Incident J3: the correction was there, and nobody executed it."""
    web, worker, disk = version.noted(version.WEB), version.noted(version.WORKER), version.on_disk()
    facts = {"web": web, "worker": worker, "disk": disk}
    if web and worker and web != worker:
        yield Found(company_id=None, code="differs", facts=facts, key="version")
    elif web and web != disk:
        yield Found(company_id=None, code="stale", facts=facts, key="version")


def _ours() -> Any:
    return Schedule.objects.filter(name__startswith=PREFIX)


def _patience() -> timedelta:
    return PATIENCE if Task.objects.exists() else PATIENCE_AT_FIRST


def _all_stand_still(scope: Scope) -> bool:
    rows = _ours().exclude(repeats=0)
    return rows.exists() and not rows.filter(next_run__gte=scope.now - _patience()).exists()
