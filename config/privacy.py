"""What the frameworks keep of persons: the admin's log, tasks, sessions, the cache, login attempts."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_q.models import OrmQ, Task

from appointments.models import Appointment, Customer
from appointments.privacy import Holding, Part, Person, hold, register
from appointments.privacy.holdings import delete
from appointments.privacy.parts import Table, table_of

CACHE = "django_cache"
# A row of the admin's log must say something.
GONE = "–"


def register_all() -> None:
    register(Part(name="config", tables=(_log(),), erase=_erase))
    hold(*_holdings())


def _log() -> Table:
    return table_of(
        LogEntry,
        *("action_time", "action_flag", "object_repr", "change_message"),
        rows=lambda person: LogEntry.objects.filter(_about(person)),
    )


def _about(person: Person) -> Q:
    customers = Q(content_type=ContentType.objects.get_for_model(Customer))
    appointments = Q(content_type=ContentType.objects.get_for_model(Appointment))
    return customers & Q(object_id__in=map(str, person.customers)) | appointments & Q(
        object_id__in=map(str, person.appointments)
    )


def _erase(person: Person, _now: datetime) -> Mapping[str, int]:
    log = LogEntry.objects.filter(_about(person))
    of_company = Q(user__membership__company=person.company) | Q(user__membership=None)
    columns = ("object_repr", "change_message")
    named = person.mentioned(LogEntry.objects.filter(of_company), *columns, by_name=True)
    ids = {*log.values_list("pk", flat=True), *named.values_list("pk", flat=True)}
    return {
        "log_entries": LogEntry.objects.filter(pk__in=ids).update(object_repr=GONE, change_message=""),
        "tasks": _erase_tasks(person),
        "sessions": _erase_sessions(person),
        "cached": _erase_cache(person),
    }


def _erase_tasks(person: Person) -> int:
    """Tasks are called with ids, but what an error says may quote a row."""
    done = Task.objects.only("id", "args", "kwargs", "result", "name").iterator()
    ids = [task.pk for task in done if person.is_in(repr((task.name, task.args, task.kwargs, task.result)))]
    waiting = [row.pk for row in OrmQ.objects.all() if person.is_in(repr(row.task))]
    OrmQ.objects.filter(pk__in=waiting).delete()
    Task.objects.filter(pk__in=ids).delete()
    return len(ids) + len(waiting)


def _erase_sessions(person: Person) -> int:
    """What such a session holds besides the login itself goes: messages to be shown, a test call."""
    changed = 0
    for session in Session.objects.filter(expire_date__gt=timezone.now()):
        facts: dict[str, Any] = session.get_decoded()
        rest = {name: value for name, value in facts.items() if not person.is_in(repr(value))}
        if rest != facts:
            session.session_data = Session.objects.encode(rest)
            session.save(update_fields=["session_data"])
            changed += 1
    return changed + _expired().delete()[0]


def _expired() -> "QuerySet[Session]":
    return Session.objects.filter(expire_date__lte=timezone.now())


def _erase_cache(person: Person) -> int:
    """The cache in the database, by key and by what is remembered. We put nobody there, in Redis neither."""
    if CACHE not in connection.introspection.table_names():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cache_key, value FROM {CACHE}")  # noqa: S608 - a name of ours
        keys = [key for key, value in cursor.fetchall() if person.is_in(f"{key} {_remembered(value)}")]
        cursor.execute(f"DELETE FROM {CACHE} WHERE cache_key = ANY(%s)", [keys])  # noqa: S608 - as above
    return len(keys)


def _remembered(value: str) -> str:
    """Texts stand in a pickle as they are."""
    return base64.b64decode(value).decode("utf-8", errors="replace")


def _holdings() -> tuple[Holding, ...]:
    return (
        Holding(
            key="log_entries",
            title=_("Log of the admin: who changed what"),
            rows=LogEntry.objects.all,
            at="action_time",
            company=None,
            days=730,
            forget=delete,
        ),
        Holding(
            key="sessions",
            title=_("Sessions of logins that have ended"),
            rows=_expired,
            at="expire_date",
            company=None,
            days=1,
            forget=delete,
        ),
        Holding(
            key="login_attempts",
            title=_("Failed logins: name, address of the machine"),
            rows=AccessAttempt.objects.all,
            at="attempt_time",
            company=None,
            days=30,
            forget=delete,
        ),
        Holding(
            key="tasks",
            title=_("Background tasks that went well: their results"),
            rows=lambda: Task.objects.filter(success=True),
            at="stopped",
            company=None,
            days=14,
            forget=delete,
        ),
        Holding(
            key="failed_tasks",
            title=_("Background tasks that failed: their errors"),
            rows=lambda: Task.objects.filter(success=False),
            at="stopped",
            company=None,
            days=90,
            forget=delete,
        ),
    )
