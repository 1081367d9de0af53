"""The list of people to be called back."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments.admin.base import ModelAdmin
from appointments.phones import display_phone
from calls.callback_messages import please_call
from calls.callbacks import finish
from calls.models import Callback
from calls.models.callback import CallbackState
from calls.worklists import NOT_WRITTEN


class DueFilter(admin.SimpleListFilter):
    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("open")), ("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Callback]) -> QuerySet[Callback]:
        if self.value() == "overdue":
            return queryset.filter(state=CallbackState.OPEN, due_at__lte=timezone.now())
        return queryset.filter(state=CallbackState.OPEN) if self.value() == "open" else queryset


@admin.register(Callback)
class CallbackAdmin(ModelAdmin):
    """Made by the phone or by a changed plan; whoever has called says so."""

    scope_branch = "branch"

    list_display = ("due_at", "number", "name", "matter", "reason", "state", "done_by", "branch")
    list_filter = (DueFilter, "matter", "state", "branch")
    list_select_related = ("branch__company", "customer", "done_by")
    search_fields = ("name", "phone", "customer__name", "call__call_id")
    ordering = ("-state", "due_at")
    actions = ("mark_done", "please_call")
    change_form_outer_before_template = "admin/calls/callback/buttons.html"
    fields = (
        *("due_at", "number", "name", "customer", "matter", "reason", "appointment", "call"),
        *("state", "done_by", "done_at", "created_at"),
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("phone"), ordering="phone")
    def number(self, callback: Callback) -> str:
        return display_phone(callback.phone) or "–"

    @admin.action(description=_("Done"), permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        done = finish(queryset, user=request.user, now=timezone.now())
        sentence = ngettext("One callback is done.", "%(count)s callbacks are done.", done)
        self.message_user(request, sentence % {"count": done}, messages.SUCCESS)

    @admin.action(description=_("Called in vain: write to them"), permissions=["change"])
    def please_call(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        self._please_call(request, queryset)

    def _please_call(self, request: HttpRequest, queryset: QuerySet[Callback]) -> None:
        written = please_call(queryset, user=request.user, now=timezone.now())
        if not written:
            self.message_user(request, NOT_WRITTEN, messages.WARNING)
            return
        sentence = ngettext(
            "One person is asked in writing to call back.",
            "%(count)s people are asked in writing to call back.",
            written,
        )
        self.message_user(request, sentence % {"count": written}, messages.SUCCESS)

    def get_urls(self) -> Any:
        press = path(
            "<int:pk>/please-call/",
            self.admin_site.admin_view(self.press),
            name="calls_callback_please_call",
        )
        return [press, *super().get_urls()]

    def press(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The button of its own page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        mine = self.get_queryset(request).filter(pk=pk)
        if not mine.exists():
            raise Http404
        self._please_call(request, mine)
        return HttpResponseRedirect(reverse("admin:calls_callback_change", args=[pk]))
