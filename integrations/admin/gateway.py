"""How a company sends SMS: the provider, a message to try it, and the address for its reports."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.admin.base import HistoryAdmin, ModelAdmin
from appointments.phones import display_phone, normalize_phone
from integrations.admin.gateway_form import SmsGatewayForm
from integrations.encryption import SecretUnreadable
from integrations.messaging.reasons import sentence_for
from integrations.messaging.trying import Refused, try_out
from integrations.models import OptOut, SmsGateway, Way


@admin.register(SmsGateway)
class SmsGatewayAdmin(HistoryAdmin):
    form = SmsGatewayForm
    list_display = ("company", "way", "active", "last_success_at", "problem", "last_error_at")
    list_select_related = ("company",)
    ordering = ("company__name",)
    change_form_outer_before_template = "admin/integrations/smsgateway/standing.html"
    fieldsets = (
        (None, {"fields": ("company", "active", "way", "sender", "per_minute", "new_secret")}),
        (
            gettext_lazy("An address of the provider (HTTP)"),
            {"fields": ("url", "key_header", "shape", "body", "id_field")},
        ),
        (
            gettext_lazy("Reports of what became of a message"),
            {
                "fields": (
                    *("report_id_field", "report_state_field", "report_delivered", "report_failed"),
                    "renew_report_secret",
                )
            },
        ),
    )

    # Of use for an address of one's own only. Whoever may only look has no choice that could be asked.
    conditional_fields = dict.fromkeys(
        (
            *("url", "key_header", "shape", "body", "id_field"),
            *("report_id_field", "report_state_field", "report_delivered", "report_failed"),
            "renew_report_secret",
        ),
        "typeof way === 'undefined' || way === 'http'",
    )

    class Media:
        css = {"all": ("integrations/messages.css",)}

    @admin.display(description=gettext_lazy("last error"))
    def problem(self, gateway: SmsGateway) -> str:
        return sentence_for(gateway.last_error) or "–"

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "url":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A key stays with its company."""
        return ("company",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is switched off, and what was sent by it stays understandable."""
        return False

    def get_urls(self) -> Any:
        try_it = path(
            "<int:pk>/try/", self.admin_site.admin_view(self.try_it), name="integrations_smsgateway_try"
        )
        return [try_it, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        gateway = kwargs.get("obj")
        if gateway is not None and self.has_change_permission(request, gateway):
            context |= {
                "gateway": gateway,
                "problem": sentence_for(gateway.last_error),
                "report_url": _report_url(gateway) if gateway.way == Way.HTTP else "",
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def try_it(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sends at once: whoever has asked for it looks at the telephone already."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        gateway = get_object_or_404(self.get_queryset(request).select_related("company"), pk=pk)
        text = _("%(salon)s: this is a test message.") % {"salon": gateway.company.name}
        say_how_it_went(self, request, gateway.company_id, text)
        return HttpResponseRedirect(reverse("admin:integrations_smsgateway_change", args=[pk]))


def say_how_it_went(page: Any, request: HttpRequest, company_id: int, text: str) -> None:
    """Sends ``text`` to the number that was typed."""
    number = normalize_phone(request.POST.get("number", ""))
    if number is None:
        page.message_user(request, _("This is no telephone number."), messages.ERROR)
        return
    try:
        try_out(company_id, number, text, now=timezone.now())
    except Refused as refused:
        page.message_user(request, str(refused), messages.ERROR)
    else:
        sentence = _("The gateway has taken the test message to %(number)s.")
        sentence %= {"number": display_phone(number)}
        page.message_user(request, sentence, messages.SUCCESS)


def _report_url(gateway: SmsGateway) -> str:
    try:
        secret = gateway.report_secret
    except SecretUnreadable:
        return ""
    if not secret:
        return ""
    address = reverse("sms-report-secret", args=[gateway.company.slug, secret])
    return f"{settings.PUBLIC_URL.rstrip('/')}{address}"


@admin.register(OptOut)
class OptOutAdmin(ModelAdmin):
    """Of customers it stands among their wishes; these are callers whom nobody knows."""

    list_display = ("address", "medium", "created_at", "company")
    list_filter = ("medium",)
    list_select_related = ("company",)
    search_fields = ("address",)
    ordering = ("-created_at",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
