"""``/api/v1/services/`` and ``/api/v1/staff/``: to read."""

from typing import Any

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from appointments.api.inputs import CatalogueFilters
from appointments.api.outputs import ServiceOut, StaffOut
from appointments.api.parsing import parse_query
from appointments.api.schema import COMPANY, answers
from appointments.api.views.base import CompanyViewSet
from appointments.models import Service, ServicePhase, Staff


class CatalogueViewSet(CompanyViewSet):
    def list(self, request: Request) -> Response:
        return self.page_of(self.rows().filter(**parse_query(CatalogueFilters, request, self.company)))

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(self.shown(self.found(pk)))


@extend_schema_view(
    list=extend_schema(
        summary="List services",
        parameters=[CatalogueFilters, COMPANY],
        responses=answers({200: ServiceOut(many=True)}),
        tags=["services"],
    ),
    retrieve=extend_schema(
        summary="Read a service",
        parameters=[COMPANY],
        responses=answers({200: ServiceOut}),
        tags=["services"],
    ),
)
class ServiceViewSet(CatalogueViewSet):
    output = ServiceOut

    def rows(self) -> Any:
        mine = Service.objects.filter(company=self.company)
        phases = Prefetch("phases", ServicePhase.objects.order_by("position"))
        return mine.select_related("company").prefetch_related(phases)


@extend_schema_view(
    list=extend_schema(
        summary="List staff",
        parameters=[CatalogueFilters, COMPANY],
        responses=answers({200: StaffOut(many=True)}),
        tags=["staff"],
    ),
    retrieve=extend_schema(
        summary="Read a stylist", parameters=[COMPANY], responses=answers({200: StaffOut}), tags=["staff"]
    ),
)
class StaffViewSet(CatalogueViewSet):
    output = StaffOut

    def rows(self) -> Any:
        return Staff.objects.filter(company=self.company).select_related("branch").prefetch_related("skills")
