"""Which event type at Cal.com stands for which part of a slot."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from appointments.availability import Slot
from appointments.rules.phases import Plan
from integrations.models import CalendarEventType, CalendarHost


class Part(NamedTuple):
    """A run of busy phases as Cal.com knows it. ``interval``: minutes between its starts, None where
    Cal.com has not said.
    """

    host_id: int
    event_type_id: int
    interval: int | None
    start: datetime


class Mapped(NamedTuple):
    host_id: int
    event_type_id: int
    interval: int | None


# By stylist, service and the run's position.
Mapping_ = Mapping[tuple[int, int, int], Mapped]


def mapping_for(staff_ids: Iterable[int], service_id: int) -> Mapping_:
    """Two queries, for any number of stylists."""
    ids = set(staff_ids)
    hosts = dict(CalendarHost.objects.filter(staff__in=ids).values_list("staff", "calcom_user_id"))
    types = CalendarEventType.objects.filter(staff__in=ids, service=service_id)
    return {
        (one.staff_id, one.service_id, one.phase_position): Mapped(
            hosts[one.staff_id], one.event_type_id, one.grid_minutes
        )
        for one in types
        if one.staff_id in hosts
    }


def parts_of(mapping: Mapping_, *, staff_id: int, service_id: int, plan: Plan, start: datetime) -> list[Part]:
    """One for each run; empty unless every one of them is mapped."""
    parts: list[Part] = []
    for run in plan.runs():
        mapped = mapping.get((staff_id, service_id, run.position))
        if mapped is None:
            return []
        parts.append(Part(mapped.host_id, mapped.event_type_id, mapped.interval, run.at(start).start))
    return parts


def parts_of_slot(mapping: Mapping_, slot: Slot, service_id: int) -> list[Part]:
    return parts_of(mapping, staff_id=slot.staff.pk, service_id=service_id, plan=slot.plan, start=slot.start)
