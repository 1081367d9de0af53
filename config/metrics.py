"""``GET /metrics``, for Prometheus."""

from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from config.gauges import WorkGauges
from config.metric_files import TogetherCounted
from integrations import metrics as counted
from integrations.gauges import CalendarGauges


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What the processes have counted, and what the database says now; 401 without the token."""
    if not _is_allowed(request.headers.get("Authorization", "")):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(_everything()), content_type=CONTENT_TYPE_LATEST)


def _is_allowed(authorization: str) -> bool:
    """An unset token opens nothing, except while somebody develops."""
    if not settings.METRICS_TOKEN:
        return bool(settings.DEBUG)
    scheme, _space, token = authorization.strip().partition(" ")
    is_right = compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())
    return is_right and scheme.lower() == "bearer"


def _everything() -> CollectorRegistry:
    every = CollectorRegistry()
    every.register(TogetherCounted(settings.METRICS_DIR) if settings.METRICS_DIR else counted.registry)
    every.register(CalendarGauges())
    every.register(WorkGauges())
    return every
