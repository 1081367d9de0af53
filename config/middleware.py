"""What holds for every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

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
