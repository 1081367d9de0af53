"""What waits for a person ("Zu erledigen"). Each app contributes lists of its own with :func:`register`."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, QuerySet, Value

from appointments.access import Access

# Beyond this nobody counts.
MOST = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing to do. ``when`` is a local time in words; ``url`` is where it is solved; ``late``: it
    should have been done by now.
    """

    pk: int
    when: str
    text: str
    url: str
    detail: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """What says of one row that it is done. ``act`` gives back how many it changed: none if somebody
    else was faster.
    """

    label: Any
    permission: str
    act: Callable[..., int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something to do with one row, which stays. ``act`` as for ``Finish``; ``done`` and ``nothing`` are
    sentences about how it went.
    """

    key: str
    label: Any
    permission: str
    act: Callable[..., int]
    done: Any
    nothing: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """``find`` gives the rows of a login, the most urgent first, by an index that holds only what is
    open. ``show`` makes no query. ``url`` is the name of the page with all of them. ``rank``: the lower the
    sooner somebody should look.
    """

    key: str
    title: Any
    permission: str
    find: Callable[[Access, datetime], QuerySet[Any]]
    show: Callable[[Any, datetime], Row]
    url: str
    query: str = ""
    finish: Finish | None = None
    steps: Sequence[Step] = ()
    rank: int = 50

    def rows(self, access: Access, now: datetime, limit: int) -> list[Row]:
        """One query."""
        return [self.show(each, now) for each in self.find(access, now)[:limit]]


_lists: dict[str, WorkList] = {}


def register(*lists: WorkList) -> None:
    """Call it in ``AppConfig.ready()``."""
    for one in lists:
        _lists[one.key] = one


def lists_for(user: Any) -> Sequence[WorkList]:
    mine = [one for one in _lists.values() if user.has_perm(one.permission)]
    return sorted(mine, key=lambda one: one.rank)


def counts(lists: Sequence[WorkList], access: Access, now: datetime) -> Mapping[str, int]:
    """How much waits in each list, up to ``MOST`` and one more. One query for all of them."""
    parts = [_keys(one, one.find(access, now))[: MOST + 1] for one in lists]
    if not parts:
        return Counter()
    return Counter(key for (key,) in parts[0].union(*parts[1:], all=True))


def _keys(one: WorkList, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(work_list=Value(one.key, output_field=CharField()))
    keys: QuerySet[Any, Any] = named.values_list("work_list")
    return keys


def shown(count: int) -> str:
    """Empty for none, so that nothing is highlighted where nothing waits."""
    return "" if not count else str(count) if count <= MOST else f"{MOST}+"
