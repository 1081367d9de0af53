"""Where SMS gateways report what became of a message: one row is changed, or none."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from appointments.client_address import client_address
from appointments.throttling import Limit
from integrations.encryption import SecretUnreadable
from integrations.messaging.reports import Outcome, note
from integrations.models import SmsGateway

# Of secrets that are none: a provider that was not told the new one, not somebody who tries.
WRONG = Limit("wrong report", 60, 60)
LARGEST = 256 * 1024
_HEADER = "X-Report-Secret"
_STATUS = {Outcome.NOTED: 204, Outcome.TOO_EARLY: 503, Outcome.UNREADABLE: 400}


@method_decorator(csrf_exempt, name="dispatch")  # the secret says who it is, there is no session
class SmsReportView(View):
    """``POST /sms/report/<company>/<secret>/``, or with the secret in a header. 204 also for what is unknown
    here, so that nobody repeats it; 503 while the message is still being handed over, so that somebody does.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, secret: str = "") -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or ""
        if not said.isdecimal():
            return HttpResponse(status=411)
        if int(said) > LARGEST:
            return HttpResponse(status=413)
        gateway = SmsGateway.objects.filter(company__slug=slug, company__active=True).first()
        if gateway is None or not _knows(gateway, secret or request.headers.get(_HEADER, "")):
            if not WRONG.admits(client_address(request), now=timezone.now()):
                return HttpResponse(status=429, headers={"Retry-After": str(WRONG.seconds)})
            return HttpResponse(status=404)  # not even whether there is such a salon
        try:
            body = _body(request)
        except ValueError:
            return HttpResponse(status=400)
        outcome = note(gateway, body, now=timezone.now())
        return HttpResponse(status=_STATUS[outcome])


def _knows(gateway: SmsGateway, given: str) -> bool:
    try:
        secret = gateway.report_secret
    except SecretUnreadable:
        return False
    return bool(secret) and constant_time_compare(secret, given)


def _body(request: HttpRequest) -> Any:
    """As JSON or as a form. Raises ``ValueError``."""
    if request.content_type == "application/x-www-form-urlencoded":
        return QueryDict(request.body, encoding="utf-8").dict()
    try:
        return json.loads(request.body)
    except RecursionError as error:
        raise ValueError from error
