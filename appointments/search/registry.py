"""Which tables can be searched, and in which ways.

A *way* turns what was typed into the keys of the rows it means, through one index. A table's ways are
joined as a union: alternatives joined by OR over several tables would be looked for row by row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model, Q, QuerySet

from appointments.models.search import found_by
from appointments.rules.search_words import tidy

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, tidied; empty if it cannot be meant. ``company_id`` None: every company's."""

    text: str
    company_id: int | None = None

    @classmethod
    def of(cls, text: str | None, *, company_id: int | None = None) -> "Wanted":
        return cls(tidy(text), company_id)

    @property
    def number(self) -> int | None:
        """The number of a row, as staff read it in an address or on a page; ``#4711`` as well."""
        digits = self.text.removeprefix("#")
        return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None

    @property
    def word(self) -> str:
        """An id of somebody else's: one word of more than three signs, else empty."""
        return self.text if len(self.text) > 3 and " " not in self.text else ""

    @property
    def words(self) -> Q | None:
        """For a model with ``search_words``."""
        return found_by(self.text)

    def own(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """Narrowed to the company, so that the others' rows are not even looked at."""
        return rows if self.company_id is None else rows.filter(company=self.company_id)


class Found(NamedTuple):
    """One line of the results."""

    title: str
    detail: str


# Keys of the rows that are meant, as a queryset of one column; None: nothing of this kind was typed.
Way = Callable[[Wanted], "QuerySet[Any, Any] | None"]


@dataclass(frozen=True, slots=True)
class Source:
    """A table. ``related``: what ``found`` follows. ``ordered``: the best of many first.

    Without ``found`` only the table's own list searches it.
    """

    model: type[Model]
    ways: Sequence[Way]
    icon: str = ""
    related: Sequence[str] = ()
    ordered: Callable[[Wanted], Sequence[Any]] = lambda _wanted: ("pk",)
    found: Callable[[Any], Found] | None = None
    added: list[Way] = field(default_factory=list)


_sources: dict[type[Model], Source] = {}


def register(source: Source) -> None:
    """Call it in ``AppConfig.ready()``. The order is that of the results."""
    _sources.setdefault(source.model, source)


def add_way(model: type[Model], way: Way) -> None:
    """One more way to rows of a table of the domain."""
    source = _sources[model]
    if way not in source.added:
        source.added.append(way)


def registered() -> Sequence[Source]:
    return tuple(_sources.values())


def source_of(model: type[Model]) -> Source | None:
    return _sources.get(model)


def narrowed(rows: QuerySet[Row], source: Source, wanted: Wanted) -> QuerySet[Row]:
    """Those of ``rows``, all of the source's model, that are meant; none if nothing was typed."""
    keys = [
        keys for way in (*source.ways, *source.added) if wanted.text and (keys := way(wanted)) is not None
    ]
    if not keys:
        return rows.none()
    first, *others = keys
    return rows.filter(pk__in=first.union(*others, all=True) if others else first)
