"""Holding every answer against what stands. Pure: no database, no clock, no network."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from tools.chaos.journal import Act, Outcome, What

REJECTED = "rejected"
FROM_CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Row:
    """An appointment as exported. ``keys``: the calls that booked it and the mark in its notes.
    ``taken``: its busy times, by start.
    """

    id: int
    status: str
    blocking: bool
    start: datetime
    staff: str
    source: str
    keys: frozenset[str]
    taken: tuple[tuple[datetime, datetime], ...] = ()


class State(NamedTuple):
    """``start`` is None where nothing stands."""

    stands: bool
    start: datetime | None


GONE = State(False, None)


def judge(acts: Sequence[Act], rows: Sequence[Row]) -> list[str]:
    """A sentence for each answer that is not so, and for each row that nobody was promised."""
    by_id = {row.id: row for row in rows}
    return [
        *_bookings(acts, rows),
        *_states(acts, by_id),
        *_nobodys(acts, rows),
        *_bad(acts),
        *_overlaps(rows),
    ]


def _bookings(acts: Sequence[Act], rows: Sequence[Row]) -> Iterator[str]:
    """One row for what was answered yes, at most one for what was not answered, none for a no."""
    made: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in row.keys:
            made[key].append(row)
    wanted: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        if act.what is What.BOOK and act.actor != "stranger":
            wanted[act.key].append(act)
    for key, intents in wanted.items():
        yield from _booking(key, intents, [row for row in made[key] if row.status != REJECTED])


def _booking(key: str, acts: Sequence[Act], rows: Sequence[Row]) -> Iterator[str]:
    promised = [act for act in acts if act.outcome is Outcome.DONE]
    open_ = [act for act in acts if act.outcome is Outcome.UNANSWERED]
    most = len({act.appointment for act in promised}) + len(open_)
    if len(rows) > most and promised:
        yield f"{key}: {len(rows)} rows of one wish ({_ids(rows)})"
    elif len(rows) > most:
        yield f"{key}: {'doubled' if open_ else 'refused'}, but {_ids(rows)} stands"
    there = {row.id for row in rows}
    for act in promised:
        if act.appointment not in there:
            yield f"{key}: “{act.status or 'booked'}” was said, but {act.appointment} is not there"
    told = {act.appointment for act in promised}
    for row in rows:
        unknown = row.id not in told and open_
        if unknown and not (row.blocking and row.start in {act.start for act in open_}):
            yield f"{key}: not answered, and {row.id} is neither whole nor nothing: {row.status} {row.start}"


def _states(acts: Sequence[Act], rows: Mapping[int, Row]) -> Iterator[str]:
    """What each appointment may be after everything that its people asked for, one after the other."""
    for number, allowed in possible(acts).items():
        row = rows.get(number)
        if row is None:
            yield f"{number} was promised and is not there at all"
        elif state_of(row) not in allowed:
            expected = " or ".join(sorted(_said(state) for state in allowed))
            yield f"{number} must be {expected}, but is {row.status} at {row.start}"


def possible(acts: Sequence[Act]) -> dict[int, set[State]]:
    states: dict[int, set[State]] = {}
    for act in sorted(acts, key=lambda act: act.began):
        number = act.appointment
        if number is None or act.actor == "stranger" or act.what is What.ASK:
            continue
        wanted = GONE if act.what is What.CANCEL else State(True, act.start)
        if act.what is What.BOOK:
            if act.outcome is Outcome.DONE:
                states.setdefault(number, {wanted})
        elif act.outcome is Outcome.DONE:
            states[number] = {wanted}
        elif act.outcome is Outcome.UNANSWERED:
            states.setdefault(number, set()).add(wanted)
    return states


def state_of(row: Row) -> State:
    return State(True, row.start) if row.blocking else GONE


def _said(state: State) -> str:
    return f"at {state.start}" if state.stands else "cancelled"


def _nobodys(acts: Sequence[Act], rows: Sequence[Row]) -> Iterator[str]:
    keys = {act.key for act in acts}
    for row in rows:
        if row.source != FROM_CALENDAR and not row.keys & keys:
            yield f"{row.id} ({row.source}, {row.status}) was asked for by nobody"


def _bad(acts: Iterable[Act]) -> Iterator[str]:
    for act in acts:
        if act.outcome is Outcome.BAD:
            yield f"{act.actor} {act.name} {act.key}: answered {act.status}"


def _overlaps(rows: Iterable[Row]) -> Iterator[str]:
    """Invariant I1, from the export alone. ``staff`` names the salon too."""
    taken = sorted(
        (row.staff, start, end, row.id) for row in rows if row.blocking for start, end in row.taken
    )
    latest = taken[0] if taken else None
    for before, after in pairwise(taken):
        if latest is None or before[0] != latest[0] or before[2] > latest[2]:
            latest = before
        if latest[0] == after[0] and after[1] < latest[2] and after[3] != latest[3]:
            yield f"{latest[3]} and {after[3]} both have {after[0]} at {after[1]}"


def _ids(rows: Iterable[Row]) -> str:
    return ", ".join(f"{row.id} {row.status}" for row in rows)


class Place(NamedTuple):
    """A stretch of a host's time at Cal.com."""

    host: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A booking there, gone if not ``stands``. ``ours``: it says that it is an appointment of ours."""

    uid: str
    place: Place
    ours: bool
    stands: bool = True


def compare_calendar(
    wanted: Mapping[int, Sequence[Place]],
    bookings: Sequence[Standing],
    *,
    told: Collection[int],
    told_uids: Collection[str],
) -> list[str]:
    """``wanted``: where each appointment must stand. ``told`` and ``told_uids``: of whom staff know by an
    open case; such an appointment may be missing only where a stranger is in its way.
    """
    standing = [one for one in bookings if one.stands]
    there = Counter(one.place for one in standing)
    known = Counter(place for places in wanted.values() for place in places)
    wrong = []
    for number, places in wanted.items():
        missing = [place for place in places if not there[place]]
        if missing and number not in told:
            wrong.append(f"{number} does not stand in the calendar at {missing[0].start}")
        elif missing and not any(_in_the_way(place, standing) for place in places):
            wrong.append(f"{number} has a case and is not in the calendar, but nobody is in its way")
    for one in standing:
        if known[one.place] > 0:
            known[one.place] -= 1
        elif one.uid not in told_uids:
            whose = "of ours" if one.ours else "a stranger's"
            wrong.append(f"{one.uid} ({whose}) stands in the calendar at {one.place.start}, and not here")
    return wrong


def _in_the_way(place: Place, bookings: Iterable[Standing]) -> bool:
    return any(
        not one.ours
        and one.place.host == place.host
        and one.place.start < place.end
        and place.start < one.place.end
        for one in bookings
    )


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of ours: ``times`` it was found in the mail server's hands."""

    id: int
    state: str
    times: int


def compare_mail(letters: Iterable[Letter]) -> list[str]:
    """Nobody is written to twice; what was sent has left, what waits has not."""
    wrong = []
    for one in letters:
        if one.times > 1:
            wrong.append(f"message {one.id} was sent {one.times} times")
        elif one.state == "sent" and one.times == 0:
            wrong.append(f"message {one.id} is called sent, but never left")
        elif one.state in {"waiting", "overtaken", "withheld"} and one.times:
            wrong.append(f"message {one.id} is {one.state}, but it has left")
    return wrong
