"""Who asks, and for which company: a key belongs to one, a superuser of the admin names one."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from appointments.client_address import client_address
from appointments.models import ApiToken, Company
from appointments.throttling import Limit

if TYPE_CHECKING:
    from rest_framework.views import APIView

SCHEMES = ("bearer", "token")
# By where they are asked from: a till with an old key tries again now and then.
WRONG_KEYS = Limit("wrong API key", 60, 60)


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <key>`` or ``Token <key>``. ``request.auth`` is the :class:`ApiToken`."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiToken] | None:
        scheme, _space, key = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() not in SCHEMES:
            return None
        token = ApiToken.objects.valid_for(key.strip()).select_related("company").first()
        if token is None:
            if not WRONG_KEYS.admits(client_address(request), now=timezone.now()):
                raise Throttled(wait=WRONG_KEYS.seconds)
            raise AuthenticationFailed(_("This API key is not valid."))
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class AdminSession(SessionAuthentication):
    """The cookie of the admin; changes need the CSRF token."""


class KeyOrSuperuser(BasePermission):
    """Staff of one salon have the admin; the API with its choice of companies is for superusers."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        user = request.user
        return isinstance(request.auth, ApiToken) or bool(
            user and user.is_active and user.is_staff and user.is_superuser
        )


class CompanyQuery(serializers.Serializer[Any]):
    company = serializers.CharField(required=False, max_length=50)


def company_of(request: Request) -> Company:
    """The company that this request is about; there is no default (invariant I8).

    Raises ``ValidationError`` at ``company``: ``required`` in a session, ``does_not_exist`` for every
    slug but a key's own.
    """
    query = CompanyQuery(data=request.query_params)
    query.is_valid(raise_exception=True)
    slug = query.validated_data.get("company")
    if isinstance(request.auth, ApiToken):
        company = request.auth.company
        if slug in (None, company.slug):
            return company
    elif slug is None:
        raise ValidationError({"company": _("Name the company.")}, code="required")
    else:
        named = Company.objects.filter(slug=slug, active=True).first()
        if named is not None:
            return named
    raise ValidationError({"company": _("This company does not exist.")}, code="does_not_exist")
