"""GET /v2/bookings and GET /v2/bookings/{uid}."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from integrations.sandbox import showing, times
from integrations.sandbox.errors import NestError
from integrations.sandbox.records import DEAD, Booking
from integrations.sandbox.request import Answer, Request, success
from integrations.sandbox.validation import (
    Field,
    is_email,
    is_time,
    is_whole_number,
    problems_of,
    refuse_in_details,
)
from integrations.sandbox.world import World

DEFAULT_TAKE, MAX_TAKE = 100, 250
STATUSES = ("upcoming", "recurring", "past", "cancelled", "unconfirmed")
# Each both ways inclusive, as the vendor's queries.
PERIODS: dict[str, Callable[[Booking, datetime], bool]] = {
    "afterStart": lambda booking, moment: booking.start >= moment,
    "beforeEnd": lambda booking, moment: booking.end <= moment,
    "afterCreatedAt": lambda booking, moment: booking.created_at >= moment,
    "beforeCreatedAt": lambda booking, moment: booking.created_at <= moment,
    "afterUpdatedAt": lambda booking, moment: booking.updated_at >= moment,
    "beforeUpdatedAt": lambda booking, moment: booking.updated_at <= moment,
}
SORTS: dict[str, Callable[[Booking], datetime]] = {
    "sortStart": lambda booking: booking.start,
    "sortEnd": lambda booking: booking.end,
    "sortCreated": lambda booking: booking.created_at,
    "sortUpdatedAt": lambda booking: booking.updated_at,
}


def _is_take(value: Any) -> bool:
    return is_whole_number(value) and 1 <= int(value) <= MAX_TAKE


def _are_numbers(value: Any) -> bool:
    return isinstance(value, str) and all(part.strip().isdecimal() for part in value.split(","))


def _are_statuses(value: Any) -> bool:
    return isinstance(value, str) and set(value.split(",")) <= set(STATUSES)


FIELDS = (
    *(Field(name, is_time, "isISO8601", "must be a valid ISO 8601 date string") for name in PERIODS),
    *(
        Field(name, lambda value: value in ("asc", "desc"), "isEnum", "must be one of: asc, desc")
        for name in SORTS
    ),
    Field("take", _is_take, "max", f"must not be less than 1 nor greater than {MAX_TAKE}"),
    Field("skip", is_whole_number, "min", "must not be less than 0"),
    Field("status", _are_statuses, "isEnum", f"must be one of: {', '.join(STATUSES)}"),
    Field("attendeeEmail", is_email, "isEmail", "must be an email"),
    Field("eventTypeId", is_whole_number, "isNumber", "must be a number"),
    Field("eventTypeIds", _are_numbers, "isNumber", "must be numbers"),
    Field("teamId", is_whole_number, "isNumber", "must be a number"),
    Field("teamsIds", _are_numbers, "isNumber", "must be numbers"),
)


def show(world: World, request: Request) -> Answer:
    with world.lock:
        booking = world.store.bookings.get(request.uid)
        if booking is None:
            raise NestError(404, f"Booking with uid={request.uid} was not found in the database")
        return success(showing.booking(world, booking))


def list_(world: World, request: Request) -> Answer:
    """Unknown filters are ignored, so a misspelt one lists everything: as at the vendor."""
    refuse_in_details(problems_of(request.query, FIELDS))
    query = dict(request.query)
    if "team" in request.params:
        query["teamId"] = request.params["team"]
    take, skip = int(query.get("take", DEFAULT_TAKE)), int(query.get("skip", 0))
    with world.lock:
        found = [row for row in world.store.bookings.values() if _fits(world, row, query)]
        rows = _sorted(found, query)
        page = [showing.booking(world, row) for row in rows[skip : skip + take]]
    answer = {
        "status": "success",
        "data": page,
        "pagination": _pagination(len(rows), len(page), take=take, skip=skip),
    }
    return 200, answer


def _fits(world: World, row: Booking, query: dict[str, str]) -> bool:
    return (
        _fits_periods(row, query)
        and _fits_status(row, query.get("status"), world.now())
        and _fits_event_type(world, row, query)
        and query.get("bookingUid") in (None, row.uid)
        and query.get("attendeeEmail", "").lower() in ("", row.attendee.email.lower())
        and query.get("attendeeName", "").lower() in row.attendee.name.lower()
    )


def _fits_periods(row: Booking, query: dict[str, str]) -> bool:
    for name, holds in PERIODS.items():
        moment = times.parse(query.get(name))
        if moment is not None and not holds(row, moment):
            return False
    return True


def _fits_status(row: Booking, wanted: str | None, now: datetime) -> bool:
    """Without a wish all are listed, cancelled ones too."""
    if not wanted:
        return True
    kinds = {"cancelled"} if row.status in DEAD else {"upcoming" if row.end >= now else "past"}
    if row.status == "pending" and row.end >= now:
        kinds.add("unconfirmed")
    return bool(kinds & set(wanted.split(",")))


def _fits_event_type(world: World, row: Booking, query: dict[str, str]) -> bool:
    wanted = query.get("eventTypeIds") or query.get("eventTypeId")
    if wanted and row.event_type_id not in {int(part) for part in wanted.split(",")}:
        return False
    teams = query.get("teamsIds") or query.get("teamId")
    if not teams:
        return True
    event_type = world.account.event_types.get(row.event_type_id)
    return event_type is not None and event_type.team_id in {int(part) for part in teams.split(",")}


def _sorted(rows: list[Booking], query: dict[str, str]) -> list[Booking]:
    rows = sorted(rows, key=lambda row: (row.start, row.id))
    for name, key in reversed(SORTS.items()):
        if name in query:
            rows = sorted(rows, key=key, reverse=query[name] == "desc")
    return rows


def _pagination(total: int, returned: int, *, take: int, skip: int) -> dict[str, Any]:
    return {
        "returnedItems": returned,
        "totalItems": total,
        "itemsPerPage": take,
        "remainingItems": max(0, total - skip - returned),
        "currentPage": skip // take + 1,
        "totalPages": -(-total // take),
        "hasNextPage": skip + returned < total,
        "hasPreviousPage": skip > 0,
    }
