"""The waitlist in the admin, and the page on which those who wait are booked with one click."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments import booking, waitlist
from appointments.access import access_of
from appointments.admin.base import HistoryAdmin, row_number
from appointments.admin.worklist import badge_of
from appointments.fields import MINUTES_PER_DAY, format_minute
from appointments.models import Appointment, Branch, Staff, WaitlistEntry
from appointments.models.waitlist import WaitlistState
from appointments.phones import display_phone
from appointments.waitlist import offering
from appointments.waitlist.worklists import KEY

if TYPE_CHECKING:  # generic for mypy only
    _Form = forms.ModelForm[WaitlistEntry]
else:
    _Form = forms.ModelForm


class EntryForm(_Form):
    """The company is the branch's."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        branch = self.cleaned_data.get("branch")
        if branch is not None:
            self.instance.company = branch.company
        return cleaned


@admin.register(WaitlistEntry)
class WaitlistAdmin(HistoryAdmin):
    scope_branch = "branch"
    form = EntryForm
    fields = (
        "branch",
        "customer",
        "service",
        "staff",
        ("first_day", "last_day"),
        ("from_minute", "until_minute"),
        "note",
    )
    autocomplete_fields = ("customer", "service", "staff")
    list_display = ("customer", "phone", "service", "staff", "window", "state", "created_at", "company")
    list_filter = ("state", "service", "staff", "branch")
    list_select_related = ("customer", "service", "staff", "branch__company", "company")
    search_fields = ("customer__name", "customer__phone")
    search_help_text = _("Name or telephone number, in any spelling.")
    ordering = ("created_at",)
    actions = ("offer_selected", "withdraw_selected")
    history_list_display = ("state", "channel", "actor")
    list_before_template = "admin/appointments/waitlist/list_before.html"

    @admin.display(description=_("phone"))
    def phone(self, entry: WaitlistEntry) -> str:
        return display_phone(entry.customer.phone) or "–"

    @admin.display(description=_("can come"), ordering="first_day")
    def window(self, entry: WaitlistEntry) -> str:
        return window_of(entry)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is settled is history."""
        waits = obj is None or obj.is_waiting
        return waits and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is withdrawn and keeps its history."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The only branch there is needs no choosing."""
        branches = access_of(request.user).scope(Branch.objects.filter(active=True), branch="pk")[:2]
        only = {"branch": branches[0].pk} if len(branches) == 1 else {}
        return {"first_day": timezone.localdate(), **only, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: WaitlistEntry, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        if not change:
            waitlist.add(obj, by=request.user, now=timezone.now())
            return
        super().save_model(request, obj, form, change)
        waitlist.refresh_soon(obj.branch_id)

    @admin.action(description=_("Something has been offered"), permissions=["change"])
    def offer_selected(self, request: HttpRequest, queryset: QuerySet[WaitlistEntry]) -> None:
        self._tell(request, waitlist.offer(queryset))

    @admin.action(description=_("They no longer want to come"), permissions=["change"])
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[WaitlistEntry]) -> None:
        self._tell(request, waitlist.withdraw(queryset))

    def _tell(self, request: HttpRequest, done: int) -> None:
        text = ngettext("%(count)s entry changed.", "%(count)s entries changed.", done)
        self.message_user(request, text % {"count": done}, messages.SUCCESS if done else messages.WARNING)

    def get_urls(self) -> Any:
        free = self.admin_site.admin_view(self.free)
        return [path("free/", free, name="appointments_waitlistentry_free"), *super().get_urls()]

    def free(self, request: HttpRequest) -> HttpResponse:
        """GET asks the solver, POST books one, or offers it in writing."""
        if not request.user.has_perm("appointments.change_waitlistentry"):
            raise PermissionDenied
        if request.method == "POST":
            self._take(request)
            return HttpResponseRedirect(reverse("admin:appointments_waitlistentry_free"))
        rows = list(waitlist.waiting_for(access_of(request.user))[: waitlist.MOST])
        found = waitlist.matches(rows, now=timezone.now())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Waitlist: free now"),
            "media": self.media,
            "waiting": len(rows),
            "matches": [
                (entry, display_phone(entry.customer.phone), window_of(entry), slots)
                for entry, slots in found
            ],
            "reachable": offering.can_reach([match.entry for match in found]),
        }
        return TemplateResponse(request, "admin/appointments/waitlist/free.html", context)

    def _take(self, request: HttpRequest) -> None:
        if not request.user.has_perm("appointments.add_appointment"):
            raise PermissionDenied
        entry = (
            self.get_queryset(request)
            .select_related(*waitlist.RELATED)
            .filter(pk=row_number(request.POST.get("entry", "")))
            .first()
        )
        staff = (
            access_of(request.user)
            .scope(Staff.objects.active(), branch="branch")
            .filter(pk=row_number(request.POST.get("staff", "")))
            .first()
        )
        start = _instant(request.POST.get("start", ""))
        if entry is None or staff is None or start is None:
            raise Http404
        if "offer" in request.POST:
            self._offer(request, entry, staff, start)
            return
        if entry.state == WaitlistState.BOOKED:
            self.message_user(request, _already(entry), messages.WARNING)
            return
        try:
            appointment = waitlist.take(entry, staff=staff, start=start, now=timezone.now())
        except booking.BookingError as error:
            entry.refresh_from_db()
            booked = entry.state == WaitlistState.BOOKED
            self.message_user(request, _already(entry) if booked else str(error), messages.WARNING)
        else:
            self.message_user(request, _booked(appointment), messages.SUCCESS)

    def _offer(self, request: HttpRequest, entry: WaitlistEntry, staff: Staff, start: datetime) -> None:
        written = offering.offer(entry, staff=staff, start=start, now=timezone.now())
        text = _("%(who)s is offered this time in writing. Whoever answers first has it.")
        if not written:
            text = _(
                "%(who)s was not written to: this has been offered before, is no longer free, or they want "
                "no messages."
            )
        level = messages.SUCCESS if written else messages.WARNING
        self.message_user(request, text % {"who": entry.customer}, level)


def badge(request: HttpRequest) -> str:
    return badge_of(request, KEY)


def window_of(entry: WaitlistEntry) -> str:
    """In words: the days, and the times if there are any."""
    days = [date_format(day, "D, j. N") for day in sorted({entry.first_day, entry.last_day})]
    times = f"{format_minute(entry.from_minute)}–{format_minute(entry.until_minute)}"
    all_day = (entry.from_minute, entry.until_minute) == (0, MINUTES_PER_DAY)
    return " – ".join(days) + ("" if all_day else f", {times}")


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _booked(appointment: Appointment) -> str:
    local = appointment.starts_at.astimezone(appointment.branch.zone)
    facts = {
        "who": appointment.attendee,
        "when": date_format(local, "D, j. N, H:i"),
        "staff": appointment.staff,
    }
    return _("%(who)s is booked: %(when)s with %(staff)s. Please call and tell.") % facts


def _already(entry: WaitlistEntry) -> str:
    return _("%(who)s has already been booked from the waitlist.") % {"who": entry.customer}


def tell_who_waits(request: HttpRequest, freed: waitlist.Freed) -> None:
    """A message with a link, right after something has become free; nothing if nobody waits for it."""
    sentence = who_waits(request, freed)
    if sentence:
        url = reverse("admin:appointments_waitlistentry_free")
        messages.info(request, format_html('<a class="underline" href="{}">{}</a>', url, sentence))


def who_waits(request: HttpRequest, freed: waitlist.Freed) -> str:
    """How many fit into the time that has become free; empty for nobody, or for whoever may not book them."""
    if not request.user.has_perm("appointments.change_waitlistentry"):
        return ""
    count = len(waitlist.fitting_into(freed, now=timezone.now()))
    text = ngettext(
        "%(count)s person on the waitlist fits into the free time.",
        "%(count)s people on the waitlist fit into the free time.",
        count,
    )
    return text % {"count": count} if count else ""
