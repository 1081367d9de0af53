"""Making rows match what is wanted, and noting only what really changes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Manager, Model, QuerySet

from appointments.salon.changelog import ChangeLog, Kind

M = TypeVar("M", bound=Model)


def noun(model: Model | type[Model]) -> str:
    return str(model._meta.verbose_name)


def nouns(model: type[Model]) -> str:
    return str(model._meta.verbose_name_plural)


def match_object(row: M | None, *, wanted: M, fields: Sequence[str], log: ChangeLog) -> M:
    """``row`` with the values of ``wanted``, or ``wanted`` stored if there is no row yet."""
    what = noun(wanted)
    name = getattr(wanted, "name", wanted)
    if row is None:
        wanted.save(force_insert=True)
        log.add(Kind.NEW, what, name)
        return wanted
    changed = [field for field in fields if getattr(row, field) != getattr(wanted, field)]
    if not changed:
        return row
    details = [_detail(row, wanted, field) for field in changed if field != "active"]
    for field in changed:
        setattr(row, field, getattr(wanted, field))
    row.save(update_fields=changed)
    if "active" in changed:
        log.add(Kind.REACTIVATED, what, name)
    if details:
        log.add(Kind.CHANGED, what, name, *details)
    return row


def _detail(row: Model, wanted: Model, field: str) -> str:
    label = getattr(row._meta.get_field(field), "verbose_name", field)
    return f"{label}: {_shown(getattr(row, field))} → {_shown(getattr(wanted, field))}"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "–"
    return "–" if value is None or value == "" else str(value)


def deactivate_others(rows: QuerySet[M], keep: Mapping[str, M], log: ChangeLog) -> None:
    """What a file no longer names is never deleted: appointments refer to it."""
    for row in rows.filter(active=True).exclude(pk__in=[kept.pk for kept in keep.values()]):
        row.active = False  # type: ignore[attr-defined] # branches, staff and services have it
        row.save(update_fields=["active"])
        log.add(Kind.DEACTIVATED, noun(row), getattr(row, "name", row))


def match_children(
    existing: Manager[M] | QuerySet[M],
    wanted: Iterable[M],
    *,
    fields: Sequence[str],
    of: object,
    log: ChangeLog,
    shown: Callable[[M], str] = str,
) -> None:
    """Deletes the rows that are not wanted and stores the ones that are missing.

    Two rows are the same if all ``fields`` are. What changed is logged under the name of ``of``, as
    "- old" and "+ new" in the words of ``shown``.
    """
    missing = {_key(row, fields): row for row in wanted}
    gone = [row for row in existing.all() if missing.pop(_key(row, fields), None) is None]
    if gone:
        existing.filter(pk__in=[row.pk for row in gone]).delete()
    for row in missing.values():
        row.save(force_insert=True)  # one by one: a bulk insert would make no history
    changes = [f"- {shown(row)}" for row in gone] + [f"+ {shown(row)}" for row in missing.values()]
    if changes:
        log.add(Kind.CHANGED, nouns(existing.model), of, *changes)


def _key(row: Model, fields: Sequence[str]) -> tuple[Any, ...]:
    values = (getattr(row, field) for field in fields)
    return tuple(tuple(value) if isinstance(value, list) else value for value in values)
