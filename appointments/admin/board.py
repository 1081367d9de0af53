"""What the planner's script asks and sends: JSON, for whoever may change appointments.

Nothing is decided here; refusals are answers with status 409, bad input with 400.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from appointments import search, waitlist
from appointments.access import access_of
from appointments.admin.base import row_number
from appointments.admin.planner import FIRST, LAST
from appointments.admin.scoping import rows_for
from appointments.admin.searching import wanted_of
from appointments.admin.waitlist import who_waits
from appointments.missed import times_missed
from appointments.models import Appointment, Branch, Customer, Service, Staff
from appointments.phones import display_phone
from appointments.planner import changing
from appointments.planner.board import wall
from appointments.rules.wall_clock import read_wall

_SUGGESTED = 8
# What was done, and the time it has left for somebody who waits.
Outcome = tuple[Appointment | changing.Refusal, waitlist.Freed | None]


class BadInput(Exception):
    """``str()`` is a sentence."""


@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Body ``{appointment, revision, start: "2025-11-24T13:00", staff, insists?}``."""
    return _answered(request, "appointments.change_appointment", _move)


@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Body ``{branch, staff, service, start, customer? | name, phone?, notes?, insists?}``."""
    return _answered(request, "appointments.add_appointment", _book)


@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Body ``{appointment, revision}``: undoes a booking."""
    return _answered(request, "appointments.change_appointment", _take_back)


@require_safe
def suggest_customers(request: HttpRequest) -> HttpResponse:
    """``?q=``: by a part of the name, by its sound, or by the number in any spelling."""
    if not request.user.has_perm("appointments.view_customer"):
        raise PermissionDenied
    source = search.source_of(Customer)
    wanted = wanted_of(request, request.GET.get("q", ""))
    branch = (
        access_of(request.user)
        .scope(Branch.objects.all(), branch="pk")
        .filter(pk=row_number(request.GET.get("branch", "")))
        .first()
    )
    rows = _customers(request, branch)
    found = search.narrowed(rows, source, wanted) if source else rows.none()
    ordered = found.order_by(*source.ordered(wanted)) if source else found
    suggested = list(ordered[:_SUGGESTED])
    missed = times_missed(one.pk for one in suggested)
    return JsonResponse(
        {
            "customers": [
                {
                    "id": one.pk,
                    "name": one.name,
                    "phone": display_phone(one.phone),
                    "missed": missed.get(one.pk, 0),
                }
                for one in suggested
            ]
        }
    )


def _answered(request: HttpRequest, permission: str, act: Any) -> HttpResponse:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    try:
        done, freed = act(request, _body(request), timezone.now())
    except BadInput as error:
        return JsonResponse({"message": str(error)}, status=400)
    if isinstance(done, changing.Refusal):
        return JsonResponse(asdict(done), status=409)
    return JsonResponse(
        {
            "appointment": done.pk,
            "revision": done.revision,
            "start": wall(done.starts_at, done.branch.zone),
            "staff": done.staff_id,
            "waiting": who_waits(request, freed) if freed else "",
        }
    )


def _move(request: HttpRequest, body: Mapping[str, Any], now: datetime) -> Outcome:
    appointment = _appointment(request, body)
    freed = waitlist.Freed.by(appointment) if appointment.is_blocking else None
    staff = _one(_scoped(request, Staff.objects.active(), branch="branch", staff="pk"), body.get("staff"))
    moved = changing.move(
        appointment,
        start=_instant(body.get("start"), appointment.branch.zone),
        staff=staff,
        revision=_whole(body.get("revision")),
        insists=body.get("insists") is True,
        now=now,
    )
    return moved, freed


def _take_back(request: HttpRequest, body: Mapping[str, Any], now: datetime) -> Outcome:
    appointment = _appointment(request, body)
    return changing.take_back(appointment, revision=_whole(body.get("revision")), now=now), None


def _book(request: HttpRequest, body: Mapping[str, Any], now: datetime) -> Outcome:
    branches = _scoped(request, Branch.objects.select_related("company"), branch="pk")
    branch: Branch = _one(branches, body.get("branch"))
    staff = _one(_scoped(request, Staff.objects.active(), branch="branch", staff="pk"), body.get("staff"))
    customer = body.get("customer")
    new = changing.NewVisit(
        branch=branch,
        staff=staff,
        service=_one(Service.objects.filter(company=branch.company_id, active=True), body.get("service")),
        start=_instant(body.get("start"), branch.zone),
        customer=_one(_customers(request, branch), customer) if customer else None,
        name=_text(body.get("name"), 200),
        phone=_text(body.get("phone"), 50),
        notes=_text(body.get("notes"), 2000),
        adds_customer=request.user.has_perm("appointments.add_customer"),
        insists=body.get("insists") is True,
    )
    return changing.book(new, now=now), None


def _body(request: HttpRequest) -> Mapping[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadInput(_("This could not be read. Please load the page again."))
    return body


def _customers(request: HttpRequest, branch: Branch | None) -> "QuerySet[Customer]":
    """The branch's company's, as far as this login's own list shows them: a stylist has a few of them."""
    return rows_for(request, Customer, admin.site).filter(company=branch.company_id if branch else 0)


def _scoped(request: HttpRequest, rows: Any, **fields: str) -> Any:
    return access_of(request.user).scope(rows, **fields)


def _appointment(request: HttpRequest, body: Mapping[str, Any]) -> Appointment:
    rows = Appointment.objects.select_related("branch__company", "staff__branch__company", "service")
    found: Appointment = _one(_scoped(request, rows, branch="branch", staff="staff"), body.get("appointment"))
    return found


def _one(rows: Any, pk: Any) -> Any:
    """A row that this login may see; another one does not exist."""
    found = rows.filter(pk=_whole(pk)).first()
    if found is None:
        raise BadInput(_("This no longer exists. Please load the page again."))
    return found


def _whole(value: Any) -> int:
    return row_number(value) if isinstance(value, int | str) and not isinstance(value, bool) else 0


def _text(value: Any, longest: int) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if "\x00" in text or len(text) > longest:
        raise BadInput(_("This text is too long or holds signs that cannot be stored."))
    return text


def _instant(value: Any, zone: ZoneInfo) -> datetime:
    try:
        local = datetime.strptime(value, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - by the branch's clock
    except (TypeError, ValueError):
        raise BadInput(_("This is not a time.")) from None
    if not FIRST <= local.date() <= LAST:
        raise BadInput(_("This is not a time."))
    said = read_wall(local, zone)
    if not said.exists:
        raise BadInput(_("This time does not exist: in this night the clocks are changed."))
    return said.instant
