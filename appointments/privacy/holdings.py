"""How long what is kept, and who forgets it: a registry, so that nothing is kept for ever by accident."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, QuerySet
from django.utils.functional import Promise

from appointments.models import Company

Text = str | Promise
CHUNK = 1000
# The recurring task that forgets what has none of its own.
TASK = "forget what is kept no longer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One kind of data. ``rows`` of a company, of all with None; ``at``: the column that says how old one is.

    ``days`` is how long it is kept, a number or a column of ``Company``; None: ``until`` says how long.
    ``forget`` takes the rows that are due; without it ``by``, a recurring task of its own, forgets them.
    ``company`` None: it is of the whole installation, and shown to whoever runs it.
    """

    key: str
    title: Text
    rows: Callable[[], "QuerySet[Any]"]
    at: str
    company: str | None = "company"
    days: int | str | None = None
    until: Text = ""
    forget: Callable[["QuerySet[Any]", datetime], int] | None = None
    by: str = ""

    def rows_of(self, company: Company | None) -> "QuerySet[Any]":
        rows = self.rows()
        return rows if company is None or self.company is None else rows.filter(**{self.company: company})

    def kept_days(self, company: Company | None) -> int | None:
        """None where the company decides and none is named, too."""
        if isinstance(self.days, str):
            return None if company is None else getattr(company, self.days)
        return self.days

    def due(self, company: Company | None, now: datetime) -> "QuerySet[Any]":
        days = self.kept_days(company)
        if days is None:
            return self.rows().none()
        return self.rows_of(company).filter(**{f"{self.at}__lt": now - timedelta(days=days)})


@dataclass(frozen=True, slots=True)
class Held:
    """What the report says of one kind. ``days`` None: see ``holding.until``."""

    holding: Holding
    count: int
    oldest: datetime | None
    days: int | None


_holdings: dict[str, Holding] = {}


def hold(*holdings: Holding) -> None:
    """Call it in ``AppConfig.ready()``."""
    _holdings.update({each.key: each for each in holdings})


def registered() -> Sequence[Holding]:
    return tuple(_holdings.values())


def held(company: Company | None) -> list[Held]:
    """Of one company; of the installation and everybody with None. A query for each kind."""
    wanted = [each for each in registered() if company is None or each.company is not None]
    return [_counted(each, company) for each in wanted]


def _counted(holding: Holding, company: Company | None) -> Held:
    rows = holding.rows_of(company).order_by()
    facts = rows.aggregate(count=Count("pk"), oldest=Min(holding.at))
    return Held(holding, facts["count"], facts["oldest"], holding.kept_days(company))


def purge_all(*, now: datetime) -> int:
    """Forgets whatever is due and has no task of its own; how many rows."""
    return sum(_purged(each, company, now) for each in registered() for company in _companies(each))


def _companies(holding: Holding) -> Iterable[Company | None]:
    if holding.forget is None:
        return ()
    return Company.objects.order_by("pk") if isinstance(holding.days, str) else (None,)


def _purged(holding: Holding, company: Company | None, now: datetime) -> int:
    """In chunks, each a transaction of its own, so that nobody waits for its locks."""
    forget, count = holding.forget, 0
    due = holding.due(company, now)
    while forget is not None:
        with transaction.atomic():
            ids = list(due.order_by("pk").values_list("pk", flat=True)[:CHUNK])
            if not ids:
                break
            count += forget(due.filter(pk__in=ids), now)
    return count


def delete(rows: "QuerySet[Any]", _now: datetime) -> int:
    """Rows of which nothing is needed any more; how many, without what goes with them."""
    count = rows.count()
    rows.delete()
    return count


def empty(**blanks: object) -> Callable[["QuerySet[Any]", datetime], int]:
    """Keeps the row and empties these columns; ``rows`` of the holding must leave out what is empty."""
    return lambda rows, _now: rows.update(**blanks)
