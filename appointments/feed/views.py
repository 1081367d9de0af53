"""The address a calendar program reads. Whoever knows it needs no login, so it is a secret."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseNotModified
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from appointments.client_address import client_address
from appointments.feed.calendar import calendar_of
from appointments.models import CalendarFeed
from appointments.throttling import Limit

# Calendar programs ask every few minutes, from each device.
OF_FEED = Limit("feed", 30, 60)
# Of addresses that are none: a whole salon's programs after links were renewed, not somebody who tries.
WRONG = Limit("wrong feed", 60, 60)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """200 with an ETag, 304, or 404, which does not tell a revoked address from one that never was."""
    answer = _answer(request, token)
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    found = CalendarFeed.objects.valid_for(token).select_related("staff__branch__company").first()
    limit, key = (WRONG, client_address(request)) if found is None else (OF_FEED, found.pk)
    if not limit.admits(key, now=timezone.now()):
        return HttpResponse(status=429, headers={"Retry-After": str(limit.seconds)})
    if found is None:
        return HttpResponseNotFound(content_type="text/plain")
    # In the salon's language, whatever a program says it speaks.
    with translation.override(settings.LANGUAGE_CODE):
        body = calendar_of(found.staff, now=timezone.now())
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"ETag": etag})
