"""What holds for every request."""

import re
import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from appointments import tracing
from appointments.audit import Channel, acting

# Nothing that somebody could write a message into.
NAME = re.compile(r"[A-Za-z0-9._-]{8,64}")


class RequestIdMiddleware:
    """A name for each request, the proxy's if it gave one: in every line of the log, and in the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        name = given if NAME.fullmatch(given) else secrets.token_hex(8)
        with tracing.about(request=name):
            response = self.get_response(request)
        response["X-Request-ID"] = name
        return response


class StaffChannelMiddleware:
    """What somebody logged in changes was done by staff; other doors say otherwise themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with acting(Channel.STAFF, request.user.get_username()):
            return self.get_response(request)


class ChosenLanguageMiddleware:
    """German, unless somebody has chosen otherwise (``set_language``, a cookie).

    What a browser asks for is no choice of the salon's: a tablet set up in English would greet staff in
    English. Other systems do choose by ``Accept-Language``; the phone speaks German whatever is asked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asks = request.path_info.startswith("/api/")
        language = translation.get_language_from_request(request) if asks else _chosen(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def _chosen(request: HttpRequest) -> str:
    try:
        return translation.get_supported_language_variant(request.COOKIES[settings.LANGUAGE_COOKIE_NAME])
    except LookupError:
        return settings.LANGUAGE_CODE
