"""What holds for every request."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.access import access_of, second_step
from appointments.audit import Channel, acting


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


class SecondStepMiddleware:
    """Of whom the company demands two steps, sees no page before they are set up."""

    OPEN = ("second-step", "admin:login", "admin:logout", "admin:jsi18n", "admin:password_change")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        inside = request.path.startswith(reverse("admin:index")) and request.user.is_authenticated
        if not inside or request.path in {reverse(name) for name in self.OPEN}:
            return self.get_response(request)
        if not access_of(request.user).second_step or second_step.is_on(request.user):
            return self.get_response(request)
        messages.info(request, _("Your salon asks you to log in in two steps. Please set this up first."))
        return HttpResponseRedirect(reverse("second-step"))
