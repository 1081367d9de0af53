"""GET /v2/slots."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from appointments.rules.periods import Period
from integrations.sandbox import availability, times
from integrations.sandbox.errors import NestError
from integrations.sandbox.parts import EventType
from integrations.sandbox.request import Answer, Request
from integrations.sandbox.validation import (
    Field,
    is_whole_number,
    problems_of,
    refuse_in_words,
    text_field,
    time_field,
)
from integrations.sandbox.world import World

INVALID_RANGE = "Invalid time range given - check the 'start' and 'end' query parameters."
FIELDS = (
    time_field("start", required=True),
    time_field("end", required=True),
    Field(
        "eventTypeId", is_whole_number, "isNumber", "must be a number conforming to the specified constraints"
    ),
    text_field("eventTypeSlug"),
    text_field("username"),
    text_field("teamSlug"),
    text_field("organizationSlug"),
    text_field("usernames"),
    Field(
        "duration", is_whole_number, "isNumber", "must be a number conforming to the specified constraints"
    ),
    Field("timeZone", times.is_zone, "isTimeZone", "must be a valid IANA time-zone"),
    Field("format", lambda value: value in ("time", "range"), "isEnum", "must be one of: time, range"),
    text_field("bookingUidToReschedule"),
)


def show(world: World, request: Request) -> Answer:
    """The answer of the last two seconds, if exactly this was asked then."""
    refuse_in_words(problems_of(request.query, FIELDS, whole=True))
    now = world.now()
    with world.lock:
        kept = world.slots_cache.get(request.raw_query)
        if kept is not None and kept[0] <= now < kept[0] + timedelta(seconds=world.slots_cache_seconds):
            return _answer(kept[1])
        data = _slots(world, request.query)
        world.slots_cache[request.raw_query] = (now, data)
    return _answer(data)


def _answer(data: dict[str, Any]) -> Answer:
    return 200, {"data": data, "status": "success"}


def _slots(world: World, query: dict[str, str]) -> dict[str, Any]:
    event_type = find_event_type(world, query)
    if event_type.is_managed_parent:
        return {}
    period = _period(query)
    minutes = _minutes(event_type, query)
    forget_expired(world, event_type)
    found = availability.starts(
        world, event_type, period, minutes=minutes, ignoring=query.get("bookingUidToReschedule")
    )
    reserved = reserved_periods(world, event_type)
    zone = ZoneInfo(query.get("timeZone", "UTC"))
    days: dict[str, list[dict[str, str]]] = {}
    for start in found:
        end = start + timedelta(minutes=minutes)
        if any(Period(start, end).overlaps(period) for period in reserved):
            continue
        slot = {"start": times.in_zone(start, zone)}
        if query.get("format") == "range":
            slot["end"] = times.in_zone(end, zone)
        days.setdefault(start.astimezone(zone).date().isoformat(), []).append(slot)
    return days


def find_event_type(world: World, query: dict[str, str]) -> EventType:
    event_types = world.account.event_types
    found = None
    if "eventTypeId" in query:
        found = event_types.get(int(query["eventTypeId"]))
    elif "eventTypeSlug" in query and ("username" in query or "teamSlug" in query):
        found = next((one for one in event_types.values() if _is_meant(world, one, query)), None)
    else:
        raise NestError(400, "eventTypeId, or eventTypeSlug with username or teamSlug, must be given.")
    if found is None:
        raise NestError(404, "Event Type not found")
    return found


def _is_meant(world: World, event_type: EventType, query: dict[str, str]) -> bool:
    if event_type.slug != query["eventTypeSlug"]:
        return False
    if "teamSlug" in query:
        team = world.account.teams.get(event_type.team_id or 0)
        return team is not None and team.slug == query["teamSlug"]
    return query["username"] in {host.username for host in world.account.hosts_of(event_type)}


def _minutes(event_type: EventType, query: dict[str, str]) -> int:
    if "duration" not in query:
        return event_type.length
    minutes = int(query["duration"])
    if event_type.lengths and minutes in event_type.lengths:
        return minutes
    return event_type.length


def _period(query: dict[str, str]) -> Period:
    start, end = _moment(query["start"]), _moment(query["end"])
    if times.is_date_only(query["end"]) or end.time() == datetime.min.time():
        # An end at midnight is taken for the whole day.
        end += timedelta(hours=23, minutes=59, seconds=59)
    if end <= start:
        raise NestError(400, INVALID_RANGE)
    return Period(start, end)


def _moment(text: str) -> datetime:
    moment = times.parse(text)
    if moment is None:
        raise NestError(400, INVALID_RANGE)
    return moment


def forget_expired(world: World, event_type: EventType) -> None:
    """The only occasion on which expired reservations go: somebody looks at this event type's slots."""
    now = world.now()
    for reservation in list(world.store.reservations.values()):
        if reservation.event_type_id == event_type.id and reservation.until < now:
            world.store.remove(reservation)


def reserved_periods(world: World, event_type: EventType) -> list[Period]:
    """Whoever made them, and for all hosts of an event type if one of them has a reservation."""
    now = world.now()
    return [
        reservation.period
        for reservation in world.store.reservations.values()
        if reservation.until > now and reservation.user_id in event_type.hosts
    ]
