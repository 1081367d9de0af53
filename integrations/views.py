"""Where Cal.com calls: signature, JSON, one row, and an answer before anything is understood."""

import logging

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django_q.tasks import async_task

from appointments.models import Company
from integrations.calcom.keys import webhook_secret_of
from integrations.encryption import SecretUnreadable
from integrations.incoming.intake import LARGEST_BODY, read_message, store
from integrations.incoming.signature import HEADER, is_signed
from integrations.models import CalendarEvent, EventOutcome

logger = logging.getLogger(__name__)


@method_decorator(csrf_exempt, name="dispatch")  # the signature says who it is, there is no session
class CalcomWebhookView(View):
    """``POST /calcom/webhook/<company>/``: 204 for what is signed and is JSON, repeats included."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if _size(request) > LARGEST_BODY:
            return HttpResponse(status=413)
        company = Company.objects.filter(slug=slug).first()
        if company is None or not _is_signed(request, company):
            return HttpResponse(status=401)  # not even whether there is such a salon
        try:
            message = read_message(request.body)
        except ValueError:
            return HttpResponse(status=400)
        event = store(company, message, now=timezone.now())
        if event.outcome == EventOutcome.NEW:
            # The row is what counts: should the queue be away, the schedule finds it.
            transaction.on_commit(lambda: _queue(event), robust=True)
        return HttpResponse(status=204)


def _size(request: HttpRequest) -> int:
    """Of the body that is read: Django reads nothing where there is no number."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else 0


def _is_signed(request: HttpRequest, company: Company) -> bool:
    try:
        secret = webhook_secret_of(company)
    except SecretUnreadable:
        logger.error("Messages of Cal.com for %s are refused: their secret is unreadable.", company.slug)  # noqa: TRY400 - that is all
        return False
    return is_signed(request.body, request.headers.get(HEADER), secret=secret)


def _queue(event: CalendarEvent) -> None:
    async_task("integrations.tasks.process_calendar_event", event.pk)
