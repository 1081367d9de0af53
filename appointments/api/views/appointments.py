"""``/api/v1/appointments/``."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import booking
from appointments.api import inputs
from appointments.api.branches import branch_for
from appointments.api.idempotency import once
from appointments.api.outputs import AppointmentOut
from appointments.api.pagination import ByStart
from appointments.api.parsing import parse_body, parse_query
from appointments.api.periods import beginning, ending
from appointments.api.schema import COMPANY, IDEMPOTENCY_KEY, WITH_BODY, answers
from appointments.api.views.base import CompanyViewSet
from appointments.availability import Request as Wish
from appointments.models import Appointment
from appointments.models.appointment import Source

RELATED = ("company", "branch__company", "staff__branch__company", "service", "customer")
MOVING = {"starts_at": "start", "staff": "staff", "service": "service"}
TAGS = ["appointments"]


@extend_schema_view(
    list=extend_schema(
        summary="List appointments by start",
        description="An appointment belongs to the day on which it starts.",
        parameters=[inputs.AppointmentFilters, COMPANY],
        responses=answers({200: AppointmentOut(many=True)}),
        tags=TAGS,
    ),
    create=extend_schema(
        summary="Book an appointment",
        description=(
            "With the stylist named, or with whoever is free. The customer is named by id, or by name and "
            "number, and then found by the number or added. A time that is taken is 409 `slot_taken`; one "
            "at which nobody can be served is 400 with the reason as code."
        ),
        parameters=[COMPANY, IDEMPOTENCY_KEY],
        request=inputs.AppointmentCreate,
        responses=answers({201: AppointmentOut}, (*WITH_BODY, 422)),
        tags=TAGS,
    ),
    retrieve=extend_schema(
        summary="Read an appointment",
        parameters=[COMPANY],
        responses=answers({200: AppointmentOut}),
        tags=TAGS,
    ),
    partial_update=extend_schema(
        summary="Move or edit an appointment",
        description="All of it or nothing: refused, the appointment stands where it stood.",
        parameters=[COMPANY],
        request=inputs.AppointmentChange,
        responses=answers({200: AppointmentOut}, WITH_BODY),
        tags=TAGS,
    ),
)
class AppointmentViewSet(CompanyViewSet):
    """Made, moved and cancelled through ``appointments.booking``; nothing is deleted."""

    pagination_class = ByStart
    output = AppointmentOut

    def rows(self) -> Any:
        mine = Appointment.objects.filter(company=self.company)
        return mine.select_related(*RELATED).prefetch_related("phases")

    def list(self, request: Request) -> Response:
        filters = parse_query(inputs.AppointmentFilters, request, self.company)
        zone = self.company.zone
        start, end = beginning(filters.pop("from", None), zone), ending(filters.pop("to", None), zone)
        return self.page_of(self.rows().starting_between(start, end).filter(**filters))

    def create(self, request: Request) -> Response:
        now = timezone.now()
        return once(request, self.company, lambda: self._book(request, now), now=now)

    def _book(self, request: Request, now: datetime) -> Response:
        facts = parse_body(inputs.AppointmentCreate, request, self.company)
        wish = Wish(
            branch=branch_for(self.company, facts),
            service=facts["service"],
            staff=facts.get("staff"),
            now=now,
        )
        made = booking.book(wish, start=facts["starts_at"], visit=_visit(facts), contact=_contact(facts))
        return Response(self.shown(made), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.shown(self.found(pk)))

    def partial_update(self, request: Request, pk: str) -> Response:
        appointment = self.found(pk)
        facts = parse_body(inputs.AppointmentChange, request, self.company)
        revision = facts.pop("revision", None)
        to = booking.Move(**{MOVING[name]: facts.pop(name) for name in MOVING if name in facts})
        changed = booking.amend(appointment, to=to, changes=facts, now=timezone.now(), revision=revision)
        return Response(self.shown(changed))

    @extend_schema(
        summary="Cancel an appointment",
        description="It frees its time and stays with its history. Cancelling twice changes nothing.",
        parameters=[COMPANY],
        request=inputs.Cancellation,
        responses=answers({200: AppointmentOut}, WITH_BODY),
        tags=TAGS,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        appointment = self.found(pk)
        facts = parse_body(inputs.Cancellation, request, self.company)
        cancelled = booking.cancel(appointment, now=timezone.now(), revision=facts.get("revision"))
        return Response(self.shown(cancelled))


def _visit(facts: dict[str, Any]) -> booking.Visit:
    return booking.Visit(
        source=Source.API,
        customer=facts.get("customer"),
        attendee_name=facts.get("attendee_name", ""),
        notes=facts.get("notes", ""),
        staff_wished=facts.get("staff") is not None,
    )


def _contact(facts: dict[str, Any]) -> booking.Contact | None:
    if "customer_name" not in facts:
        return None
    email = facts.get("customer_email") or None
    return booking.Contact(name=facts["customer_name"], phone=facts.get("customer_phone"), email=email)
