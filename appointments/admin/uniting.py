"""The page on which two records of one person are looked at side by side, and united."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import booking, search
from appointments.access import access_of
from appointments.admin.base import row_number
from appointments.admin.customer_facts import facts_of
from appointments.models import Customer
from appointments.search import Wanted

PERMISSION = "appointments.change_customer"
SUSPECTED = 5


def unite_page(request: HttpRequest) -> HttpResponse:
    """``?ids=1,2``: which of the two stays is chosen here. Applied by POST with ``kept``."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    pair = _pair(request)
    if pair is None:
        messages.error(request, _("Please choose two customers of the same salon."))
        return HttpResponseRedirect(reverse("admin:appointments_customer_changelist"))
    if request.method == "POST":
        return _united(request, pair)
    now = timezone.now()
    context = {
        **admin.site.each_context(request),
        "title": _("Unite two customers"),
        "opts": Customer._meta,
        "pair": [facts_of(customer, now=now) for customer in pair],
        "overlaps": booking_overlaps(*pair, now=now),
    }
    return TemplateResponse(request, "admin/appointments/customer/unite.html", context)


def suspected(request: HttpRequest, customer: Customer) -> list[Customer]:
    """Others whose name sounds the same, for a look: never united by themselves."""
    source = search.source_of(Customer)
    if source is None or not request.user.has_perm(PERMISSION):
        return []
    wanted = Wanted.of(customer.name, company_id=customer.company_id)
    rows = access_of(request.user).scope(Customer.objects.filter(company=customer.company_id))
    return list(search.narrowed(rows, source, wanted).exclude(pk=customer.pk).order_by("pk")[:SUSPECTED])


def booking_overlaps(one: Customer, other: Customer, *, now: Any) -> bool:
    """Whether both are expected at the same time: then they may well be two people."""
    mine = list(one.appointments.blocking().filter(ends_at__gt=now).values_list("starts_at", "ends_at"))
    theirs = list(other.appointments.blocking().filter(ends_at__gt=now).values_list("starts_at", "ends_at"))
    return any(a < d and c < b for a, b in mine for c, d in theirs)


def _pair(request: HttpRequest) -> list[Customer] | None:
    asked = (request.POST.get("ids") or request.GET.get("ids", "")).split(",")
    ids = {row_number(part) for part in asked}
    rows = access_of(request.user).scope(Customer.objects.select_related("company").filter(pk__in=ids))
    pair = list(rows.order_by("pk"))
    return pair if len(pair) == 2 and pair[0].company_id == pair[1].company_id else None


def _united(request: HttpRequest, pair: list[Customer]) -> HttpResponse:
    kept = next((one for one in pair if str(one.pk) == request.POST.get("kept")), None)
    if kept is None:
        messages.error(request, _("Please say which of the two stays."))
        return HttpResponseRedirect(f"{request.path}?ids={pair[0].pk},{pair[1].pk}")
    (double,) = [one for one in pair if one is not kept]
    try:
        booking.unite(kept, double, now=timezone.now())
    except booking.BookingError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:appointments_customer_changelist"))
    messages.success(request, _("The two are one customer now."))
    return HttpResponseRedirect(reverse("admin:appointments_customer_change", args=[kept.pk]))
