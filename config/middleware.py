"""What holds for every request."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
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
