"""Pages about what is held: giving it to the person, erasing them, and how long what is kept."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_q.models import Schedule

from appointments import booking, privacy
from appointments.access import access_of
from appointments.admin.base import ReadOnlyAdmin
from appointments.booking import Coming
from appointments.models import Company, Customer, DataRequest
from appointments.privacy import parts
from appointments.privacy.holdings import TASK

MAY_EXPORT, MAY_ERASE = "appointments.export_customer", "appointments.erase_customer"


class EraseForm(forms.Form):
    """``coming`` is asked for only where somebody is expected."""

    coming = forms.ChoiceField(
        label=gettext_lazy("Coming appointments"),
        choices=[(Coming.CANCEL, Coming.CANCEL.label), (Coming.KEEP, Coming.KEEP.label)],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please say what becomes of the coming appointments.")},
    )
    understood = forms.BooleanField(
        label=gettext_lazy("I have understood that this cannot be undone."),
        error_messages={"required": gettext_lazy("Please confirm that this cannot be undone.")},
    )

    def __init__(self, *args: Any, expected: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not expected:
            del self.fields["coming"]

    @property
    def choice(self) -> Coming:
        """Refuses what was booked after the page was shown."""
        return Coming(self.cleaned_data.get("coming", Coming.REFUSE))


@admin.register(DataRequest)
class DataRequestAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "kind", "number", "company", "made_by")
    list_filter = ("kind", "company")
    list_select_related = ("company", "made_by")
    ordering = ("-made_at", "-pk")
    fields = ("made_at", "kind", "number", "company", "made_by", "counts")


def export_view(request: HttpRequest, pk: int) -> HttpResponse:
    """By POST: it is noted who gave it out. A ZIP."""
    customer = _customer(request, pk, MAY_EXPORT)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now = timezone.now()
    filled = privacy.everything_about(customer, now=now, user_id=request.user.pk)
    response = HttpResponse(privacy.archive(customer, filled, now=now), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="auskunft-{customer.pk}.zip"'
    response["Cache-Control"] = "no-store, private"
    return response


def erase_view(request: HttpRequest, pk: int) -> HttpResponse:
    """What would happen, and by POST it does."""
    customer = _customer(request, pk, MAY_ERASE)
    now = timezone.now()
    coming = list(booking.coming_of(customer, now=now).select_related("service", "staff", "branch__company"))
    form = EraseForm(request.POST if request.method == "POST" else None, expected=len(coming))
    if form.is_bound and form.is_valid():
        try:
            done = privacy.erase(customer, coming=form.choice, now=now, user_id=request.user.pk)
        except booking.BookingError as error:
            form.add_error(None, str(error))
        except Customer.DoesNotExist as error:
            raise Http404 from error
        else:
            _tell(request, done)
            return HttpResponseRedirect(reverse("admin:appointments_customer_changelist"))
    person = privacy.person_of(customer)
    counted = [(table.title, sum(1 for _row in table.rows(person))) for table in parts.tables()]
    context = {
        **admin.site.each_context(request),
        "title": _("Erase a customer"),
        "opts": Customer._meta,
        "customer": customer,
        "coming": coming,
        "counted": [(title, count) for title, count in counted if count],
        "form": form,
    }
    return TemplateResponse(request, "admin/appointments/customer/erase.html", context)


def held_page(request: HttpRequest) -> HttpResponse:
    """How much of what is held, since when, for how long, and when it goes next."""
    if not request.user.has_perm("appointments.view_datarequest"):
        raise PermissionDenied
    access = access_of(request.user)
    own = access_of(request.user).scope(Company.objects.all(), company="pk")
    company = None if access.everything else own.first()
    if company is None and not access.everything:
        raise PermissionDenied
    runs = {row.name.rpartition(": ")[2]: row.next_run for row in Schedule.objects.all()}
    lines = [(each, _next_run(each.holding, runs)) for each in privacy.held(company)]
    context = {
        **admin.site.each_context(request),
        "title": _("What is held"),
        "company": company,
        "lines": lines,
    }
    return TemplateResponse(request, "admin/appointments/held.html", context)


def _next_run(holding: privacy.Holding, runs: dict[str, Any]) -> Any:
    return None if holding.days is None else runs.get(holding.by or TASK)


def _customer(request: HttpRequest, pk: int, permission: str) -> Customer:
    """Of this login's own company; nobody else's exists."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    rows = access_of(request.user).scope(Customer.objects.select_related("company").filter(pk=pk))
    customer = rows.first()
    if customer is None:
        raise Http404
    return customer


def _tell(request: HttpRequest, done: DataRequest) -> None:
    """Without the name: the browser keeps what it is told for a moment."""
    messages.success(
        request,
        _("Customer no. %(number)s was erased. The appointments stand without a name.")
        % {"number": done.number},
    )
    left = done.counts.get("calendar_entries_in_archive", 0)
    if left:
        text = ngettext(
            "%(count)s entry in the archive of Cal.com still has the name: only there it can be deleted.",
            "%(count)s entries in the archive of Cal.com still have the name: only there can they be "
            "deleted.",
            left,
        )
        messages.warning(request, text % {"count": left})
