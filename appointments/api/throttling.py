"""How often one system may ask."""

from typing import TYPE_CHECKING

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from appointments.models import ApiToken
from appointments.throttling import Limit

if TYPE_CHECKING:
    from rest_framework.views import APIView

# A till and a website ask a few times a minute; a website that shows a whole week, some dozens.
OF_KEY = Limit("API key", 600, 60)


class KeyThrottle(BaseThrottle):
    """A session of the admin is somebody's hands, and counts as a key."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        key = f"key {request.auth.pk}" if isinstance(request.auth, ApiToken) else f"user {request.user.pk}"
        return OF_KEY.admits(key, now=timezone.now())

    def wait(self) -> float:
        return OF_KEY.seconds
