"""From a request to what goes over the wire: key, limit, faults, version, handler."""

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from integrations.sandbox import control, old_contract, routes
from integrations.sandbox.errors import BUSY, CoreError, NestError, ThrottledError, VendorError, crash
from integrations.sandbox.faults import Fault, by_chance
from integrations.sandbox.limiting import BLOCKED, Limiter
from integrations.sandbox.request import Answer, Request
from integrations.sandbox.reservations import RESERVED
from integrations.sandbox.routes import Route
from integrations.sandbox.world import LoggedRequest, World

NO_KEY = (
    "PermissionsGuard - no authentication provided. Provide either authorization bearer token containing "
    "managed user access token or oAuth client id in 'x-cal-client-id' header."
)
BAD_KEY = "CustomThrottlerGuard - Invalid API Key"
KEY_PREFIX = "cal_"
BEFORE = frozenset({"timeout_before", "error_before", "cut_before"})
AFTER = frozenset({"timeout_after", "error_after", "cut_after", "refused_although_booked", "malformed"})


class Cut(Exception):
    """The connection is to be cut without an answer."""


@dataclass(slots=True)
class Reply:
    status: int
    document: Any
    headers: dict[str, str] = field(default_factory=dict)
    is_malformed: bool = False

    def raw(self) -> bytes:
        text = json.dumps(self.document, ensure_ascii=False, separators=(",", ":")).encode()
        return text[: len(text) // 2] if self.is_malformed else text


class Answerer:
    """Thread-safe. ``answer`` raises ``Cut`` where nothing is to be answered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.limiter = Limiter()

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/sandbox/"):
            return self._controlled(request)
        began = time.monotonic()
        found = routes.find(request.method, request.path)
        operation = found[0].operation if found else "unknown"
        status: int | None = None
        try:
            reply = self._limited(request, found)
            status = reply.status
        finally:
            ended = time.monotonic()
            self.world.requests.append(
                LoggedRequest(
                    operation, request.method, request.full_path, began, ended, status, request.body or None
                )
            )
        return reply

    def _controlled(self, request: Request) -> Reply:
        try:
            _check_key(request)
            if not request.is_authenticated:
                raise NestError(401, "The control surface wants a bearer key beginning with cal_.")
            status, document = control.answer(self.world, request)
        except VendorError as error:
            status, document = error.status, error.body(path=request.full_path, now=self.world.now())
        return Reply(status, document)

    def _limited(self, request: Request, found: tuple[Route, dict[str, str]] | None) -> Reply:
        world = self.world
        tally = self.limiter.count(request.key or request.address, world.now(), world.rate_limit)
        headers = {**tally.headers(), "X-Request-Id": str(uuid.uuid4())}
        is_malformed = False
        try:
            _check_key(request)
            tally.refuse()
            status, document = self._served(request, found)
            is_malformed = request.has_fault("malformed")
        except VendorError as error:
            if isinstance(error, ThrottledError) and not tally.is_blocked:
                headers |= BLOCKED.headers()
            status, document = error.status, error.body(path=request.full_path, now=world.now())
        return Reply(status, document, headers, is_malformed)

    def _served(self, request: Request, found: tuple[Route, dict[str, str]] | None) -> Answer:
        if found is None:
            raise NestError(404, f"Cannot {request.method} {request.full_path}")
        route, request.params = found
        self._set_fault(request, route)
        self.world.pause(self.world.latency_ms / (2 if route.waits else 1))
        self._before(request, route)
        answer = self._handled(request, route)
        self._after(request, route)
        return answer

    def _handled(self, request: Request, route: Route) -> Answer:
        if route.version not in (None, request.version):
            return old_contract.answer(self.world, request, route.operation)
        if route.needs_key and not request.is_authenticated:
            raise NestError(403, NO_KEY)
        return route.handler(self.world, request)

    def _set_fault(self, request: Request, route: Route) -> None:
        world = self.world
        request.fault = world.faults.take(route.operation, _event_type(world, request))
        if request.fault is None:
            with world.lock:
                request.fault = by_chance(world.random, world.fail_rate)

    def _before(self, request: Request, route: Route) -> None:
        fault = request.fault
        if fault is None:
            return
        if fault.fault == "slow":
            self.world.pause(fault.ms)
        elif fault.fault == "refused":
            raise _refusal(fault, route)
        elif fault.fault == "not_found":
            raise _not_found(request, fault, route)
        elif fault.fault == "rate_limited":
            raise ThrottledError
        elif fault.fault == "unauthorized":
            raise NestError(401, BAD_KEY)
        elif fault.fault in BEFORE:
            self._break_off(fault)

    def _after(self, request: Request, route: Route) -> None:
        fault = request.fault
        if fault is None or fault.fault not in AFTER:
            return
        if fault.fault == "refused_although_booked":
            raise _refusal(fault, route)
        if fault.fault != "malformed":
            self._break_off(fault)

    def _break_off(self, fault: Fault) -> None:
        if fault.fault.startswith("error"):
            raise crash()
        if fault.fault.startswith("timeout"):
            self.world.pause(fault.seconds * 1000)
        raise Cut


def _check_key(request: Request) -> None:
    if request.key is not None and not request.key.startswith(KEY_PREFIX):
        raise NestError(401, BAD_KEY)


def _event_type(world: World, request: Request) -> int | None:
    """Which event type a request is about, if it says so."""
    given = request.body.get("eventTypeId") or request.query.get("eventTypeId") or request.params.get("id")
    if given is not None:
        return int(given) if str(given).isdecimal() else None
    booking = world.booking(request.params.get("uid", ""))
    return booking.event_type_id if booking else None


def _refusal(fault: Fault, route: Route) -> VendorError:
    if route.operation == "reserve":
        return NestError(422, fault.message or RESERVED)
    if route.operation in ("create", "reschedule"):
        return NestError(fault.status, fault.message or BUSY)
    if route.operation == "cancel":
        return CoreError(fault.status, fault.message or "This event type does not allow cancellations")
    return NestError(fault.status, fault.message or "Bad Request")


def _not_found(request: Request, fault: Fault, route: Route) -> VendorError:
    if route.operation == "create":
        return NestError(
            404, fault.message or f"Event type with id {request.body.get('eventTypeId')} not found."
        )
    if route.operation == "slots":
        return NestError(404, fault.message or "Event Type not found")
    if route.operation == "cancel":
        return NestError(404, fault.message or f"Booking with uid={request.uid} not found")
    if "uid" in request.params:
        return NestError(
            404, fault.message or f"Booking with uid={request.uid} was not found in the database"
        )
    return NestError(404, fault.message or "Not Found")
