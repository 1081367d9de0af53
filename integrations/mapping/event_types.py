"""Which event type at Cal.com is which part of which service. Asks nobody, stores nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from integrations.calcom.types import EventType
from integrations.mapping import names
from integrations.mapping.parts import Part


@dataclass(frozen=True, slots=True)
class Proposal:
    """``event_type`` where exactly one fits and fits nothing else; ``candidates`` otherwise."""

    part: Part
    event_type: EventType | None = None
    candidates: tuple[EventType, ...] = ()


def hosts(event_type: EventType) -> frozenset[int]:
    """Whose calendar a booking of it stands in. A managed parent has none of its own (incident E6)."""
    if event_type.is_managed_parent:
        return frozenset()
    if event_type.host_ids:
        return frozenset(event_type.host_ids)
    return frozenset() if event_type.owner_id is None else frozenset({event_type.owner_id})


def fits(event_type: EventType, part: Part, user_id: int) -> bool:
    """It is called so, it is theirs alone, and it is as long. The stylist's name may stand in the title."""
    return (
        hosts(event_type) == {user_id}
        and event_type.length_minutes == part.minutes
        and (_is_called(event_type.title, part) or _is_called(event_type.slug, part))
    )


def propose(
    parts: Sequence[Part],
    event_types: Iterable[EventType],
    *,
    user_ids: Mapping[int, int],
    taken: Collection[int] = (),
) -> list[Proposal]:
    """``user_ids``: host by stylist. ``taken``: event types that belong to something already."""
    free = [event_type for event_type in event_types if event_type.id not in taken]
    fitting = {
        part.key: [each for each in free if fits(each, part, user_ids[part.staff.pk])]
        for part in parts
        if part.staff.pk in user_ids
    }
    wanted_by: dict[int, int] = defaultdict(int)
    for candidates in fitting.values():
        for event_type in candidates:
            wanted_by[event_type.id] += 1
    return [_proposal(part, fitting.get(part.key, []), wanted_by) for part in parts]


def _proposal(part: Part, candidates: Sequence[EventType], wanted_by: Mapping[int, int]) -> Proposal:
    if len(candidates) == 1 and wanted_by[candidates[0].id] == 1:
        return Proposal(part, candidates[0])
    return Proposal(part, candidates=tuple(candidates))


def _is_called(title: str, part: Part) -> bool:
    own = names.words(part.staff.name)
    rest = [word for word in names.words(title) if word not in own]
    return names.same(part.name, title) or names.same(part.name, " ".join(rest))
