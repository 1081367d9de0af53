"""The address a calendar program reads. Whoever knows it needs no login, so it is a secret."""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseNotModified
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from appointments.feed.calendar import calendar_of
from appointments.models import CalendarFeed
from appointments.models.feed import digest_of

# Calendar programs ask every few minutes, from each device.
PER_MINUTE = 30
MINUTE = 60


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """200 with an ETag, 304, or 404, which does not tell a revoked address from one that never was."""
    answer = _answer(request, token)
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    if _asked_too_often(digest_of(token)[:32]):
        return HttpResponse(status=429, headers={"Retry-After": str(MINUTE)})
    found = CalendarFeed.objects.valid_for(token).select_related("staff__branch__company").first()
    if found is None:
        return HttpResponseNotFound(content_type="text/plain")
    # In the salon's language, whatever a program says it speaks.
    with translation.override(settings.LANGUAGE_CODE):
        body = calendar_of(found.staff, now=timezone.now())
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"ETag": etag})


def _asked_too_often(key: str) -> bool:
    """A program gone wild, or somebody who tries: per address, so that no proxy makes many into one."""
    minute = int(timezone.now().timestamp()) // MINUTE
    name = f"feed:{key}:{minute}"
    cache.add(name, 0, timeout=2 * MINUTE)
    try:
        return cache.incr(name) > PER_MINUTE
    except ValueError:  # it has expired in between
        return False
