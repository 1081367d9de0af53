"""The page behind “no more of these” in a message, and the mail program's own button for it (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from integrations.customer_page.opening import opened_by, without_script
from integrations.messaging.stopping import is_stopped_for, read, set_stopped
from integrations.models import Medium, Message


@csrf_exempt  # the mail program has no session: the address is the key
@require_http_methods(["GET", "HEAD", "POST"])
@without_script
def stop_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET changes nothing: links are looked at before people see them."""
    number = read(token)
    rows = (
        Message.objects.select_related("company", "customer")
        .filter(company__active=True)
        .exclude(recipient="")
    )
    message = None if number is None else rows.filter(pk=number).first()
    if message is None:
        return opened_by(request, None, None, HttpResponse)
    return opened_by(request, message, message.customer, lambda: _page(request, message))


def _page(request: HttpRequest, message: Message) -> HttpResponse:
    if request.method == "POST":
        set_stopped(message, stopped=request.POST.get("again") != "1", now=timezone.now())
    facts = {
        "company": message.company,
        "by_sms": message.medium == Medium.SMS,
        "stopped": is_stopped_for(message),
    }
    return render(request, "customer/stop.html", facts)
