"""Is the process up, and can it serve?

The answers name what fails in a fixed word each. Error texts stay in the log: they may carry addresses.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_q.models import OrmQ, Schedule

from appointments.queueing import is_reachable, is_worker_alive
from config import version
from config.schedules import PREFIX, SCHEDULES

logger = logging.getLogger(__name__)

# A minute's schedule is looked at twice a minute; five minutes late, nobody is working.
PATIENCE = timedelta(minutes=5)
HEARTBEAT_PATIENCE = timedelta(minutes=2)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers. Asks nothing else: a slow database is no reason to restart us."""
    return HttpResponse("ok", content_type="text/plain", headers={"X-Version": version.RUNNING})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 if requests can be served, else 503; ``checks`` maps each check to ``ok`` or to what is wrong."""
    results = run_checks(now=timezone.now())
    ready = all(result == "ok" for result in results.values())
    answer = {"ready": ready, "checks": results, "version": version.RUNNING}
    return JsonResponse(answer, status=200 if ready else 503)


def run_checks(*, now: datetime) -> dict[str, str]:
    """The result of each check; without a database the others are not asked."""
    if not _database_answers():
        return {"database": "unreachable"}
    results = {"database": "ok"}
    for name, check in CHECKS.items():
        try:
            results[name] = check(now)
        except DatabaseError:
            logger.exception("The check %s failed.", name)
            results[name] = "failed"
    return results


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer.")
        return False
    return True


def _migrations(now: datetime) -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _queue(now: datetime) -> str:
    if not is_reachable():
        return "unreachable"
    # `lock` is when a task may be taken: its birth, or, once taken, the moment of its next try.
    return "tasks waiting" if OrmQ.objects.filter(lock__lt=now - PATIENCE).exists() else "ok"


def _schedules(now: datetime) -> str:
    """Ours by name: those that are missing, then those that should have run."""
    rows = dict(Schedule.objects.filter(name__startswith=PREFIX).values_list("name", "next_run"))
    missing = [item.name for item in SCHEDULES if PREFIX + item.name not in rows]
    if missing:
        return f"missing: {', '.join(missing)}"
    late = Schedule.objects.exclude(repeats=0).filter(next_run__lt=now - PATIENCE)
    names = [_named(name) for name in late.order_by("next_run").values_list("name", flat=True)]
    return f"overdue: {', '.join(names)}" if names else "ok"


def _named(name: str | None) -> str:
    """What a person has called theirs is nobody else's business; what is done once has no name."""
    return name.removeprefix(PREFIX) if name and name.startswith(PREFIX) else "another"


def _worker(now: datetime) -> str:
    """Without a heartbeat it may just be starting again; once something is late it is missed."""
    late = Schedule.objects.exclude(repeats=0).filter(next_run__lt=now - HEARTBEAT_PATIENCE)
    return "no heartbeat" if late.exists() and not is_worker_alive() else "ok"


def _version(now: datetime) -> str:
    """What was on the disk when this process began is what is there now (incident J3)."""
    version.note(version.WEB)
    return "ok" if version.on_disk() == version.RUNNING else "restart needed"


CHECKS: dict[str, Callable[[datetime], str]] = {
    "migrations": _migrations,
    "queue": _queue,
    "schedules": _schedules,
    "worker": _worker,
    "version": _version,
}
