"""What Cal.com calls taken is offered to nobody."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from appointments.availability import Slot
from appointments.models import Branch, Service
from appointments.rules.hours import midnight
from integrations import metrics
from integrations import slot_memory as memory
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError
from integrations.calcom.line import Line
from integrations.courtesy.questions import not_asked_before
from integrations.courtesy.runs import Mapping_, Part, mapping_for, parts_of_slot
from integrations.courtesy.verdicts import Verdict, verdict
from integrations.slot_memory import Day, Remembered

Slots = Mapping[Day, Collection[datetime]]
# One request asks an event type about several days; more than this many would eat the minute's budget.
MOST_REQUESTS = 6
LONGEST_SPAN = timedelta(days=14)


def sieve(
    branch: Branch, service: Service, *, deadline: float
) -> Callable[[Sequence[Slot]], list[Slot]] | None:
    """A filter for offers; None where no calendar has a say. What Cal.com is not asked about, or does
    not answer by ``deadline`` (``time.monotonic()``), passes.
    """
    if not branch.calendar_is_on:
        return None
    line = Line.of(branch.company)
    return None if line is None else _Sieve(line, branch, service, deadline)


class _Sieve:
    def __init__(self, line: Line, branch: Branch, service: Service, deadline: float) -> None:
        self.line = line
        self.branch = branch
        self.service = service
        self.deadline = deadline

    def __call__(self, slots: Sequence[Slot]) -> list[Slot]:
        mapping = mapping_for({slot.staff.pk for slot in slots}, self.service.pk)
        parts = {slot: _parts(mapping, slot, self.service) for slot in slots}
        known = self._known([part for each in parts.values() for part in each])
        return [slot for slot in slots if all(self._passes(part, known) for part in parts[slot])]

    def _day(self, part: Part) -> Day:
        day = part.start.astimezone(self.branch.zone).date()
        return Day(self.branch.company_id, part.host_id, part.event_type_id, day)

    def _passes(self, part: Part, known: Slots) -> bool:
        slots = known.get(self._day(part))
        return slots is None or verdict(part.start, slots, part.interval) is not Verdict.TAKEN

    def _known(self, parts: Iterable[Part]) -> Slots:
        days = list(dict.fromkeys(self._day(part) for part in parts))
        recalled = memory.recall(days)
        known: dict[Day, Collection[datetime]] = {
            day: remembered.slots for day, remembered in recalled.items()
        }
        missing = [day for day in days if day not in known]
        _count(recalled.values(), missing)
        known.update(fetch(self.line, missing, self.branch.zone, deadline=self.deadline))
        return known


def _count(used: Collection[Remembered], missing: Collection[Day]) -> None:
    metrics.slot_cache.labels(result="hit").inc(len(used))
    metrics.slot_cache.labels(result="miss").inc(len(missing))
    for one in used:
        # Another machine's clock may be a little ahead of ours.
        metrics.validation_age.observe(max(0.0, one.age))


def _parts(mapping: Mapping_, slot: Slot, service: Service) -> list[Part]:
    return parts_of_slot(mapping, slot, service.pk)


def fetch(
    line: Line,
    days: Sequence[Day],
    zone: ZoneInfo,
    *,
    deadline: float,
    priority: Priority = Priority.COURTESY,
) -> dict[Day, Collection[datetime]]:
    """Asks Cal.com for the slots of ``days``, the first ones first, and remembers them."""
    wanted = _spans(days)
    versions = memory.versions_of(days)
    answers = line.run(
        *(partial(_ask, event_type_id=one, first=first, last=last, zone=zone) for one, first, last in wanted),
        priority=priority,
        deadline=deadline,
    )
    told: dict[Day, Collection[datetime]] = {}
    for (event_type_id, first, last), answer in zip(wanted, answers, strict=True):
        if not isinstance(answer, CalendarError):
            for day in days:
                if day.event_type_id == event_type_id and first <= day.day <= last:
                    told[day] = {start for start in answer if start.astimezone(zone).date() == day.day}
    memory.remember(told, versions=versions)
    return told


def _spans(days: Iterable[Day]) -> list[tuple[int, date, date]]:
    """One question for each event type: from its first to its last day, if they are not too far apart."""
    by_type: dict[int, list[date]] = defaultdict(list)
    for day in days:
        first = by_type[day.event_type_id][0] if by_type[day.event_type_id] else day.day
        if abs(day.day - first) <= LONGEST_SPAN:
            by_type[day.event_type_id].append(day.day)
    return [(one, min(some), max(some)) for one, some in by_type.items()][:MOST_REQUESTS]


def _ask(client: Client, *, event_type_id: int, first: date, last: date, zone: ZoneInfo) -> list[datetime]:
    end = not_asked_before(midnight(last + timedelta(days=1), zone))
    return client.slots(event_type_id, midnight(first, zone), end)
