"""``/api/v1/customers/``."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from appointments import booking
from appointments.api import inputs
from appointments.api.idempotency import once
from appointments.api.outputs import CustomerDetailOut
from appointments.api.parsing import parse_body, parse_query
from appointments.api.schema import ALWAYS, COMPANY, IDEMPOTENCY_KEY, answers
from appointments.api.views.base import CompanyViewSet
from appointments.models import Customer

TAGS = ["customers"]
WITH_BODY = (*ALWAYS, 413, 415)


@extend_schema_view(
    list=extend_schema(
        summary="List or search customers",
        parameters=[inputs.CustomerFilters, COMPANY],
        responses=answers({200: CustomerDetailOut(many=True)}),
        tags=TAGS,
    ),
    create=extend_schema(
        summary="Add a customer",
        parameters=[COMPANY, IDEMPOTENCY_KEY],
        request=inputs.CustomerCreate,
        responses=answers({201: CustomerDetailOut}, (*WITH_BODY, 422)),
        tags=TAGS,
    ),
    retrieve=extend_schema(
        summary="Read a customer",
        parameters=[COMPANY],
        responses=answers({200: CustomerDetailOut}),
        tags=TAGS,
    ),
    partial_update=extend_schema(
        summary="Change a customer",
        parameters=[COMPANY],
        request=inputs.CustomerChange,
        responses=answers({200: CustomerDetailOut}, WITH_BODY),
        tags=TAGS,
    ),
)
class CustomerViewSet(CompanyViewSet):
    output = CustomerDetailOut

    def rows(self) -> Any:
        return Customer.objects.filter(company=self.company)

    def list(self, request: Request) -> Response:
        search = parse_query(inputs.CustomerFilters, request, self.company).get("search")
        return self.page_of(self.rows().search(search) if search else self.rows())

    def create(self, request: Request) -> Response:
        now = timezone.now()
        return once(request, self.company, lambda: self._add(request, now), now=now)

    def _add(self, request: Request, now: datetime) -> Response:
        facts = parse_body(inputs.CustomerCreate, request, self.company)
        customer = booking.add_customer(self.company, facts, now=now)
        return Response(self.shown(customer), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.shown(self.found(pk)))

    def partial_update(self, request: Request, pk: str) -> Response:
        customer = self.found(pk)
        facts = parse_body(inputs.CustomerChange, request, self.company)
        return Response(self.shown(booking.change_customer(customer, facts)))
