"""Which path is answered by what, under which name a fault meets it, and what it asks for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from integrations.sandbox import catalogue, changing, making, reading, reservations, slots, webhooks
from integrations.sandbox.request import Answer, Request
from integrations.sandbox.world import World

SLOTS, BOOKINGS, EVENT_TYPES = "2024-09-04", "2024-08-13", "2024-06-14"
NUMBER, UID = r"\d+", r"[^/]+"
Handler = Callable[[World, Request], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """``version``: the ``cal-api-version`` without which the old contract answers. ``waits``: the
    handler itself lets the second half of the latency pass, between its check and its effect.
    """

    method: str
    pattern: re.Pattern[str]
    operation: str
    handler: Handler
    version: str | None = None
    needs_key: bool = False
    waits: bool = False


def _route(
    method: str,
    path: str,
    operation: str,
    handler: Handler,
    version: str | None = None,
    *,
    needs_key: bool = False,
    waits: bool = False,
) -> Route:
    pattern = path.replace("{uid}", f"(?P<uid>{UID})").replace("{webhook}", f"(?P<webhook>{UID})")
    for name in ("id", "team", "user"):
        pattern = pattern.replace(f"{{{name}}}", f"(?P<{name}>{NUMBER})")
    return Route(method, re.compile(f"/v2{pattern}/?"), operation, handler, version, needs_key, waits)


def _webhook_routes(path: str) -> tuple[Route, ...]:
    return (
        _route("GET", path, "webhooks", webhooks.list_, needs_key=True),
        _route("POST", path, "webhooks", webhooks.create, needs_key=True),
        _route("GET", f"{path}/{{webhook}}", "webhooks", webhooks.show, needs_key=True),
        _route("PATCH", f"{path}/{{webhook}}", "webhooks", webhooks.change, needs_key=True),
        _route("DELETE", f"{path}/{{webhook}}", "webhooks", webhooks.remove, needs_key=True),
    )


ROUTES = (
    _route("GET", "/slots", "slots", slots.show, SLOTS),
    _route("POST", "/slots/reservations", "reserve", reservations.reserve, SLOTS),
    _route("GET", "/slots/reservations/{uid}", "reservation", reservations.show, SLOTS),
    _route("PATCH", "/slots/reservations/{uid}", "reserve", reservations.move, SLOTS),
    _route("DELETE", "/slots/reservations/{uid}", "release", reservations.release, SLOTS),
    _route("POST", "/bookings", "create", making.create, BOOKINGS, waits=True),
    _route("GET", "/bookings", "list", reading.list_, BOOKINGS, needs_key=True),
    _route("GET", "/bookings/{uid}", "get", reading.show, BOOKINGS),
    _route("POST", "/bookings/{uid}/cancel", "cancel", changing.cancel, BOOKINGS, waits=True),
    _route("POST", "/bookings/{uid}/reschedule", "reschedule", changing.reschedule, BOOKINGS, waits=True),
    _route("POST", "/bookings/{uid}/reassign", "reassign", changing.reassign, BOOKINGS, needs_key=True),
    _route(
        "POST", "/bookings/{uid}/reassign/{user}", "reassign", changing.reassign, BOOKINGS, needs_key=True
    ),
    _route("POST", "/bookings/{uid}/confirm", "confirm", changing.confirm, BOOKINGS, needs_key=True),
    _route("POST", "/bookings/{uid}/decline", "decline", changing.decline, BOOKINGS, needs_key=True),
    _route("GET", "/event-types", "event_types", catalogue.event_types, EVENT_TYPES),
    _route("GET", "/event-types/{id}", "event_type", catalogue.event_type, EVENT_TYPES, needs_key=True),
    _route("GET", "/teams", "teams", catalogue.teams, needs_key=True),
    _route("GET", "/teams/{team}", "teams", catalogue.team, needs_key=True),
    _route("GET", "/teams/{team}/event-types", "event_types", catalogue.team_event_types, needs_key=True),
    _route("GET", "/teams/{team}/event-types/{id}", "event_type", catalogue.team_event_type, needs_key=True),
    _route("GET", "/teams/{team}/memberships", "memberships", catalogue.memberships, needs_key=True),
    _route("GET", "/teams/{team}/bookings", "list", reading.list_, needs_key=True),
    _route("GET", "/me", "me", catalogue.me, needs_key=True),
    *_webhook_routes("/webhooks"),
    *_webhook_routes("/event-types/{id}/webhooks"),
)


def find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match and route.method == method:
            return route, match.groupdict()
    return None
