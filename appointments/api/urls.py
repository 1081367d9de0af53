"""``/api/``: version 1, its OpenAPI document, and its manual."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from appointments.api.views.appointments import AppointmentViewSet
from appointments.api.views.availability import AvailabilityView
from appointments.api.views.base import NowhereView
from appointments.api.views.catalogue import ServiceViewSet, StaffViewSet
from appointments.api.views.customers import CustomerViewSet
from appointments.api.views.schema import SchemaView

router = SimpleRouter()
router.register("appointments", AppointmentViewSet, basename="api-appointment")
router.register("services", ServiceViewSet, basename="api-service")
router.register("staff", StaffViewSet, basename="api-staff")
router.register("customers", CustomerViewSet, basename="api-customer")

urlpatterns = [
    path("v1/", include(router.urls)),
    path("v1/availability/", AvailabilityView.as_view(), name="api-availability"),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    re_path(r"", NowhereView.as_view()),
]
