"""Which app holds what about a person: a registry, as those of checks and of searches."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appointments.models import Company
from appointments.privacy.person import Person

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One kind of what is given out: ``rows`` of a person, ``columns`` as of ``values()``, each with what it
    is called. ``key`` names it in the file for machines. ``words``: by column, what its values are called.
    """

    key: str
    title: Text
    columns: Mapping[str, Text]
    rows: Callable[[Person], Iterable[Mapping[str, Any]]]
    words: Mapping[str, Mapping[Any, Text]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """``erase`` runs in the transaction of the erasure, while the customer and their links are still there,
    and says how many rows it has changed, by kind. ``afterwards`` runs in the same one, when they are gone.

    ``outside_ids``: other systems' ids of what is about the person, which say nothing about them; after a
    restore ``erase_again`` gets them, should the backup be older than the customer's record.
    """

    name: str
    tables: Sequence[Table] = ()
    erase: Callable[[Person, datetime], Mapping[str, int]] | None = None
    afterwards: Callable[[Person, datetime], Mapping[str, int]] | None = None
    outside_ids: Callable[[Person], Sequence[str]] | None = None
    erase_again: Callable[[Company, Sequence[str], datetime], object] | None = None


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    """Call it in ``AppConfig.ready()``."""
    _parts[part.name] = part


def registered() -> Sequence[Part]:
    return tuple(_parts.values())


def tables() -> Sequence[Table]:
    return [table for part in registered() for table in part.tables]


# The history package's own words are English.
HISTORY = {
    "history_date": _("time"),
    "history_type": _("what"),
    "history_change_reason": _("reason"),
}
HISTORY_TYPES = {"+": _("entered"), "~": _("changed"), "-": _("deleted")}


def columns_of(model: type[Model], *names: str) -> dict[str, Text]:
    """With the words of the model."""
    fields: Any = model._meta
    return {name: HISTORY.get(name) or fields.get_field(name).verbose_name for name in names}


def words_of(model: type[Model], *names: str) -> dict[str, Mapping[Any, Text]]:
    """Of columns that hold one of a few values."""
    fields: Any = model._meta
    chosen: dict[str, Mapping[Any, Text]] = {name: dict(fields.get_field(name).flatchoices) for name in names}
    return {name: words for name, words in chosen.items() if words} | {"history_type": HISTORY_TYPES}


def table_of(
    model: type[Model],
    *names: str,
    rows: Callable[[Person], "QuerySet[Any]"],
    key: str = "",
    title: Text = "",
    more: Mapping[str, Text] | None = None,
) -> Table:
    """A table of ``rows`` as they stand; ``more``: columns of related rows, behind the first three."""
    first, last = columns_of(model, *names[:3]), columns_of(model, *names[3:])
    columns = {**first, **(more or {}), **last}
    return Table(
        key=key or str(model._meta.model_name),
        title=title or model._meta.verbose_name_plural or "",
        columns=columns,
        rows=lambda person: rows(person).order_by("pk").values(*columns).iterator(),
        words=words_of(model, *names),
    )
