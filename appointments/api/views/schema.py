"""``/api/schema/``."""

from typing import Any

from django.utils import translation
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request
from rest_framework.response import Response


class SchemaView(SpectacularAPIView):
    """The document is in English, whatever its reader's browser speaks: its words are in the code."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with translation.override("en"):
            response: Response = self._get_schema_response(request)  # type: ignore[no-untyped-call]
        return response
