"""The page on which two records of one person are looked at side by side, and united."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments import booking, search
from appointments.access import access_of
from appointments.admin.base import row_number
from appointments.admin.customer_facts import facts_of
from appointments.booking.uniting import CHOOSABLE, belongings
from appointments.models import Customer
from appointments.phones import display_phone
from appointments.search import Wanted

PERMISSION = "appointments.unite_customers"
SUSPECTED = 5
FOUND = 20


def unite_page(request: HttpRequest) -> HttpResponse:
    """``?ids=1,2``: which of the two stays is chosen here. Applied by POST with ``kept``."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    found = _asked(request)
    if len(found) != 2 or found[0].company_id != found[1].company_id:
        return _no_pair(request, found)
    pair = found
    if request.method == "POST":
        return _united(request, pair)
    now = timezone.now()
    sides = [(facts_of(customer, now=now), belongings(customer)) for customer in pair]
    context = {
        **admin.site.each_context(request),
        "title": _("Unite two customers"),
        "opts": Customer._meta,
        "pair": pair,
        "sides": sides,
        "choices": [_choice(name, pair) for name in CHOOSABLE],
        "overlaps": booking_overlaps(*pair, now=now),
    }
    return TemplateResponse(request, "admin/appointments/customer/unite.html", context)


def partner_page(request: HttpRequest, pk: int) -> HttpResponse:
    """With whom this customer shall be united: who sounds alike, and whoever is searched for with ``q``."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    customer = access_of(request.user).scope(Customer.objects.filter(pk=pk)).first()
    if customer is None:
        raise Http404
    text = request.GET.get("q", "")
    context = {
        **admin.site.each_context(request),
        "title": _("Unite with another customer"),
        "opts": Customer._meta,
        "customer": customer,
        "asked": text,
        "found": _named(request, customer, text, FOUND) if text.strip() else suspected(request, customer),
    }
    return TemplateResponse(request, "admin/appointments/customer/partner.html", context)


def suspected(request: HttpRequest, customer: Customer) -> list[Customer]:
    """Others whose name sounds the same or who have the same address, for a look: never united by
    themselves. At most two queries.
    """
    if not request.user.has_perm(PERMISSION):
        return []
    alike = _named(request, customer, customer.name, SUSPECTED)
    alike += _named(request, customer, customer.email, SUSPECTED) if customer.email else []
    return list({each.pk: each for each in alike}.values())[:SUSPECTED]


def _named(request: HttpRequest, customer: Customer, text: str, most: int) -> list[Customer]:
    """Others of the same company who are found by ``text``."""
    source = search.source_of(Customer)
    if source is None:
        return []
    wanted = Wanted.of(text, company_id=customer.company_id)
    rows = access_of(request.user).scope(Customer.objects.filter(company=customer.company_id))
    return list(search.narrowed(rows, source, wanted).exclude(pk=customer.pk).order_by("pk")[:most])


def _choice(name: str, pair: list[Customer]) -> tuple[str, str, list[tuple[int, str]]]:
    """A fact of which one wins: its name, its label, and whose it is; the same of both is no choice."""
    label = str(Customer._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    values = {getattr(one, name): one.pk for one in reversed(pair) if getattr(one, name)}
    shown = display_phone if name == "phone" else str
    options = [(pk, shown(value)) for value, pk in reversed(values.items())]
    return name, label, options if len(options) > 1 else []


def booking_overlaps(one: Customer, other: Customer, *, now: Any) -> bool:
    """Whether both are expected at the same time: then they may well be two people."""
    mine = list(one.appointments.blocking().filter(ends_at__gt=now).values_list("starts_at", "ends_at"))
    theirs = list(other.appointments.blocking().filter(ends_at__gt=now).values_list("starts_at", "ends_at"))
    return any(a < d and c < b for a, b in mine for c, d in theirs)


def _asked(request: HttpRequest) -> list[Customer]:
    asked = (request.POST.get("ids") or request.GET.get("ids", "")).split(",")
    ids = {row_number(part) for part in asked}
    rows = access_of(request.user).scope(Customer.objects.select_related("company").filter(pk__in=ids))
    return list(rows.order_by("pk"))


def _no_pair(request: HttpRequest, found: list[Customer]) -> HttpResponse:
    """A second click, or a page that was open for long: what was wanted has been done."""
    gone = (request.POST.get("ids") or request.GET.get("ids", "")).count(",") == len(found) == 1
    if gone:
        text = _("One of the two is no longer there. Perhaps they have just been united: this one is left.")
        messages.warning(request, text)
        return HttpResponseRedirect(reverse("admin:appointments_customer_change", args=[found[0].pk]))
    messages.error(request, _("Please choose two customers of the same salon."))
    return HttpResponseRedirect(reverse("admin:appointments_customer_changelist"))


def _united(request: HttpRequest, pair: list[Customer]) -> HttpResponse:
    kept = next((one for one in pair if str(one.pk) == request.POST.get("kept")), None)
    if kept is None:
        messages.error(request, _("Please say which of the two stays."))
        return HttpResponseRedirect(f"{request.path}?ids={pair[0].pk},{pair[1].pk}")
    (double,) = [one for one in pair if one is not kept]
    taking = [name for name in CHOOSABLE if request.POST.get(name) == str(double.pk)]
    try:
        booking.unite(kept, double, now=timezone.now(), taking=taking)
    except booking.BookingError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:appointments_customer_changelist"))
    messages.success(request, _("The two are one customer now."))
    return HttpResponseRedirect(reverse("admin:appointments_customer_change", args=[kept.pk]))
