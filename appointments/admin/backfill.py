"""A page for what makes up for the past: GET says what would be done, POST has it done by the worker."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from appointments.access import access_of
from appointments.models import Company
from appointments.queueing import QueueAway, is_worker_alive

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Backfill:
    """``would``: a sentence for each thing that would be done. ``start`` gives it to the worker, or raises
    ``QueueAway``.
    """

    title: Any
    explanation: Any
    would: Callable[[Company], Iterable[str]]
    start: Callable[[Company], object]


def is_for_whole_company(request: HttpRequest) -> bool:
    """Whoever sees some branches only cannot know what it would do in the others."""
    return access_of(request.user).branch_ids is None


def backfill_page(
    model_admin: Any, request: HttpRequest, backfill: Backfill, *, companies: Any, company: Company | None
) -> HttpResponse:
    if request.method == "POST" and company is not None:
        model_admin.message_user(request, *_started(backfill, company))
        return HttpResponseRedirect(request.get_full_path())
    told = list(islice(backfill.would(company), SHOWN + 1)) if company is not None else []
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": backfill.title,
        "backfill": backfill,
        "companies": companies,
        "company": company,
        "told": told[:SHOWN],
        "has_more": len(told) > SHOWN,
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/backfill.html", context)


def queue_away() -> str:
    return _("The background service cannot be reached at present. Please try again in a few minutes.")


def _started(backfill: Backfill, company: Company) -> tuple[str, int]:
    """What is said about it, and how gravely."""
    try:
        backfill.start(company)
    except QueueAway:
        return queue_away(), messages.ERROR
    if is_worker_alive():
        return _("It is being done in the background."), messages.SUCCESS
    return _("It is done as soon as the background service runs; at present it does not."), messages.WARNING
