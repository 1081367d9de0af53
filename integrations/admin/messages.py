"""Messages to customers in the admin: who writes, who wants what, and what became of each message."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import linebreaks_filter
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from appointments.admin.base import HistoryAdmin, ReadOnlyAdmin
from appointments.phones import display_phone
from integrations.messaging import gsm, outbox
from integrations.messaging.reasons import sentence_for
from integrations.messaging.stopping import outgoing_text, set_customer_stopped
from integrations.models import ContactPreference, Medium, Message, Messaging


@admin.register(Messaging)
class MessagingAdmin(HistoryAdmin):
    scope_branch, scope_company = "branch", "branch__company"
    list_display = ("branch", "email", "sms", "reminder_hours", "sender_name")
    list_select_related = ("branch__company",)
    autocomplete_fields = ("branch",)
    ordering = ("branch__company__name", "branch__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("branch",) if obj else ()


@admin.register(ContactPreference)
class ContactPreferenceAdmin(HistoryAdmin):
    list_display = (
        *("customer", "language", "wants_messages", "medium"),
        *("reminders_agreed_at", "no_email_since", "no_sms_since"),
    )
    list_filter = ("language", "wants_messages", "medium")
    list_select_related = ("customer",)
    search_fields = ("customer__name", "customer__email")
    autocomplete_fields = ("company", "customer")
    ordering = ("customer__name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("company", "customer") if obj else ()

    def save_model(self, request: HttpRequest, obj: ContactPreference, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        if "no_sms_since" in form.changed_data and obj.no_sms_since is None:
            set_customer_stopped(obj.customer, Medium.SMS, stopped=False, now=timezone.now())


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    scope_branch, scope_staff = "branch", "appointment__staff"
    list_display = ("created_at", "kind", "medium", "customer", "to", "state", "problem")
    list_filter = ("state", "kind", "medium")
    list_select_related = ("customer",)
    search_fields = ("recipient", "customer__name")
    ordering = ("-created_at",)
    fields = (
        "kind", "medium", "customer", "to", "appointment", "state", "problem", "subject", "sent_text",
        "length", "language", "attempts", "created_at", "sent_at", "reported_at", "settled_at",
    )  # fmt: skip
    readonly_fields = ("to", "problem", "sent_text", "length")
    actions = ("send_again", "settle", "came_back")
    change_form_outer_before_template = "admin/integrations/message/decide.html"

    class Media:
        css = {"all": ("integrations/messages.css",)}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        message = kwargs.get("obj")
        context |= {
            "may_decide": bool(message and message.is_trouble and self.get_actions(request)),
            "decisions": (
                ("send_again", _("Send again"), "send"),
                ("settle", _("Done: the customer knows"), "done"),
            ),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=pgettext_lazy("message", "to"), ordering="recipient")
    def to(self, message: Message) -> str:
        return display_phone(message.recipient) if message.medium == Medium.SMS else message.recipient

    @admin.display(description=gettext_lazy("last error"), ordering="error")
    def problem(self, message: Message) -> str:
        return sentence_for(message.error) or "–"

    @admin.display(description=gettext_lazy("text"))
    def sent_text(self, message: Message) -> str:
        return format_html(
            '<div class="sent-text">{}</div>', linebreaks_filter(outgoing_text(message), autoescape=True)
        )

    @admin.display(description=gettext_lazy("length"))
    def length(self, message: Message) -> str:
        if message.medium != Medium.SMS:
            return "–"
        length = gsm.length_of(gsm.plain(outgoing_text(message)))
        facts = {"used": length.used, "room": length.room, "parts": length.parts}
        return _("%(used)s of %(room)s characters, %(parts)s SMS") % facts

    def get_actions(self, request: HttpRequest) -> Any:
        """Looking is for all; deciding for who may change appointments."""
        actions = super().get_actions(request)
        return actions if request.user.has_perm("integrations.change_message") else {}

    @admin.action(description=gettext_lazy("Send again"))
    def send_again(self, request: HttpRequest, queryset: Any) -> None:
        count = outbox.send_again(queryset, now=timezone.now())
        self.message_user(
            request,
            ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", count)
            % {"count": count},
        )

    @admin.action(description=gettext_lazy("It came back: the customer does not know"))
    def came_back(self, request: HttpRequest, queryset: Any) -> None:
        count = outbox.came_back(queryset, now=timezone.now())
        self.message_user(
            request,
            ngettext("%(count)d message did not arrive.", "%(count)d messages did not arrive.", count)
            % {"count": count},
        )

    @admin.action(description=gettext_lazy("Done: the customer knows"))
    def settle(self, request: HttpRequest, queryset: Any) -> None:
        count = outbox.settle(queryset, user=request.user, now=timezone.now())
        self.message_user(
            request,
            ngettext("%(count)d message is done.", "%(count)d messages are done.", count) % {"count": count},
        )
