"""What is refused before anybody reads it: bodies that are too large, and addresses with a NUL in them."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

API = "/api/"
MEGABYTE = 1024 * 1024
# The file and the form around it.
LARGEST_UPLOAD = 51 * MEGABYTE


class BoundsMiddleware:
    """413 by the length that is announced, before a byte is read: a form may hold files, and Django puts
    files of any size on the disk, whoever sends them. What announces no length has no body for us.

    400 for a NUL in path, query or cookies: PostgreSQL stores none, so it finds nothing and asks for trouble.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _length(request) > _largest(request):
            return _refusal(request, 413, "too_large", _("This is too large."))
        if _has_nul(request):
            return _refusal(request, 400, "bad_request", _("This request cannot be read."))
        return self.get_response(request)


def _length(request: HttpRequest) -> int:
    """Of a number that nobody could mean the first digits are enough."""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    return int(said[:18]) if said.isdecimal() else 0


def _largest(request: HttpRequest) -> int:
    """For one page a file."""
    if request.path == reverse("admin:appointments_import_add"):
        return LARGEST_UPLOAD
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _has_nul(request: HttpRequest) -> bool:
    if any("\0" in text for text in (request.path_info, *request.COOKIES.values())):
        return True
    # The API says itself at which name it stands.
    query = "" if request.path.startswith(API) else request.META.get("QUERY_STRING", "")
    return b"\0" in unquote_to_bytes(query)


def _refusal(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if request.path.startswith(API):
        return JsonResponse({"code": code, "message": message, "fields": {}}, status=status)
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
