"""What all addresses share: who may ask, for which company, in which form."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from appointments.api.authentication import AdminSession, KeyOrSuperuser, TokenAuthentication, company_of
from appointments.api.pagination import ById
from appointments.api.parsing import StrictJSONParser
from appointments.api.throttling import KeyThrottle
from appointments.audit import Channel, acting
from appointments.models import ApiToken, Company


class CompanyMixin(APIView):
    """``company``: whose rows there are. All others do not exist."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication, AdminSession)
    permission_classes: Sequence[type[BasePermission]] = (KeyOrSuperuser,)
    throttle_classes: Sequence[type[BaseThrottle]] = (KeyThrottle,)
    renderer_classes = (JSONRenderer,)
    parser_classes = (StrictJSONParser,)
    metadata_class = None
    company: Company
    during: ExitStack

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self.during:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What a key changes, its system has changed; of a session the middleware says who it is."""
        super().initial(request, *args, **kwargs)
        self.company = company_of(request)
        if isinstance(request.auth, ApiToken):
            self.during.enter_context(acting(Channel.API, request.auth.name))


class CompanyViewSet(CompanyMixin, GenericViewSet[Any]):
    """Rows of a company. ``output``: how one is shown."""

    pagination_class = ById
    lookup_value_regex = r"[0-9]{1,18}"
    lookup_value_converter = "int"
    output: type[serializers.BaseSerializer[Any]]

    @abstractmethod
    def rows(self) -> Any:
        """Of this company only, with what ``output`` shows."""

    def get_queryset(self) -> Any:
        return self.rows()

    def get_serializer_class(self) -> Any:
        return self.output

    def shown(self, row: Any) -> Any:
        return self.output(row).data

    def found(self, pk: str) -> Any:
        """Raises ``Http404``, also for another company's."""
        row = self.rows().filter(pk=pk).first()
        if row is None:
            raise Http404
        return row

    def page_of(self, rows: Any) -> Response:
        page: Iterable[Any] = self.paginate_queryset(rows) or ()
        return self.get_paginated_response([self.shown(row) for row in page])


class NowhereView(CompanyMixin):
    """Addresses that do not exist answer like those that do."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404
