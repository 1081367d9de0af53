"""What is wrong with an event type for the part that it stands for. Asks nobody."""

from collections.abc import Iterable, Iterator

from integrations.calcom.types import EventType
from integrations.mapping.event_types import hosts
from integrations.mapping.findings import Code, Finding, Severity, of_part
from integrations.mapping.parts import Part

# An event type with one of these can never carry a booking of the part.
IMPOSSIBLE = frozenset({Code.UNKNOWN, Code.MANAGED_PARENT, Code.OTHER_HOST})


def judge(
    event_type: EventType | None, part: Part, *, event_type_id: int, user_id: int | None
) -> list[Finding]:
    """``event_type`` is None if Cal.com does not know it; ``user_id`` is the stylist's host.

    Nothing else is said of an event type that cannot be theirs.
    """
    whose = _whose(event_type, part, event_type_id, user_id)
    if event_type is None or whose:
        return whose
    return [*_shape(event_type, part), *_time(event_type, part)]


def cannot_be(findings: Iterable[Finding]) -> bool:
    return any(finding.code in IMPOSSIBLE for finding in findings)


def _whose(
    event_type: EventType | None, part: Part, event_type_id: int, user_id: int | None
) -> list[Finding]:
    if event_type is None:
        return [of_part(Code.UNKNOWN, part, id=event_type_id)]
    if event_type.is_managed_parent:
        return [of_part(Code.MANAGED_PARENT, part, id=event_type_id)]
    if user_id is not None and hosts(event_type) != {user_id}:
        return [of_part(Code.OTHER_HOST, part, id=event_type_id)]
    return []


def _shape(event_type: EventType, part: Part) -> Iterator[Finding]:
    """What would make another booking of it than the one promised."""
    if part.minutes not in (event_type.length_minutes, *event_type.length_options):
        yield of_part(Code.LENGTH, part, id=event_type.id, theirs=event_type.length_minutes)
    if event_type.requires_confirmation:
        yield of_part(Code.CONFIRMATION, part, id=event_type.id)
    if event_type.has_seats:
        yield of_part(Code.SEATS, part, id=event_type.id)
    if event_type.is_recurring:
        yield of_part(Code.RECURRING, part, id=event_type.id)


def _time(event_type: EventType, part: Part) -> Iterator[Finding]:
    """What would make Cal.com refuse, or not show, what the salon offers."""
    ours = part.staff.branch.minimum_notice_minutes
    theirs = event_type.minimum_notice_minutes
    if theirs > ours:
        yield of_part(Code.NOTICE, part, Severity.WARNING, id=event_type.id, theirs=theirs, ours=ours)
    step = event_type.slot_interval or part.minutes
    if part.grid_minutes % step:
        facts = {"theirs": step, "ours": part.grid_minutes}
        yield of_part(Code.GRID, part, Severity.WARNING, id=event_type.id, **facts)
    yield from _buffers(event_type, part)


def _buffers(event_type: EventType, part: Part) -> Iterator[Finding]:
    """Ours are at both ends of the appointment; a gap in it is free to its last minute."""
    facts = {
        "theirs_before": event_type.buffer_before_minutes,
        "theirs_after": event_type.buffer_after_minutes,
        "ours_before": part.service.buffer_before_minutes if part.first else 0,
        "ours_after": part.service.buffer_after_minutes if part.last else 0,
    }
    if facts["theirs_before"] > facts["ours_before"] or facts["theirs_after"] > facts["ours_after"]:
        yield of_part(Code.BUFFERS, part, Severity.WARNING, id=event_type.id, **facts)
