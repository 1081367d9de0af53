"""Messages to customers in the admin: a company's own words, and what became of each message."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.admin.base import HistoryAdmin, ReadOnlyAdmin
from integrations.admin.gateway import say_how_it_went
from integrations.messaging import gsm, outbox
from integrations.messaging.examples import example_of
from integrations.messaging.stopping import outgoing_text, set_customer_stopped
from integrations.models import ContactPreference, Medium, Message, MessageTemplate, Messaging
from integrations.placeholders import MEANINGS, possible_in


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


@admin.register(MessageTemplate)
class MessageTemplateAdmin(HistoryAdmin):
    list_display = ("kind", "medium", "language", "company", "subject")
    list_filter = ("kind", "medium", "language")
    list_select_related = ("company",)
    autocomplete_fields = ("company",)
    search_fields = ("subject", "text")
    ordering = ("company__name", "kind", "medium", "language")
    change_form_outer_after_template = "admin/integrations/messagetemplate/preview.html"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("company",) if obj else ()

    def get_urls(self) -> Any:
        test = path(
            "<int:pk>/test/",
            self.admin_site.admin_view(self.test_message),
            name="integrations_messagetemplate_test",
        )
        return [test, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        possible = MEANINGS if obj is None else possible_in(obj.kind)
        context |= {"meanings": [(f"{{{name}}}", meaning) for name, meaning in possible.items()]}
        if obj is not None:
            example = example_of(obj)
            context |= {
                "example": example,
                "length": gsm.length_of(example.text) if obj.medium == Medium.SMS else None,
                "may_change": self.has_change_permission(request, obj),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def test_message(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The stored template with an example's facts: to whoever asks for it, or to the number typed."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        template = get_object_or_404(self.get_queryset(request).select_related("company"), pk=pk)
        if not self.has_change_permission(request, template):
            raise PermissionDenied
        if template.medium == Medium.SMS:
            say_how_it_went(self, request, template.company_id, example_of(template).text)
        else:
            self._send_test(request, template)
        return HttpResponseRedirect(reverse("admin:integrations_messagetemplate_change", args=[pk]))

    def _send_test(self, request: HttpRequest, template: MessageTemplate) -> None:
        address = getattr(request.user, "email", "")
        if not address:
            self.message_user(request, _("Your login has no e-mail address."), messages.ERROR)
            return
        example = example_of(template)
        try:
            send_mail(example.subject, example.text, None, [address])
        except OSError:  # which every SMTPException is
            self.message_user(request, _("The mail server did not take the message."), messages.ERROR)
        else:
            self.message_user(
                request,
                _("The test message is on its way to %(address)s.") % {"address": address},
                messages.SUCCESS,
            )


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    scope_branch, scope_staff = "branch", "appointment__staff"
    list_display = ("created_at", "kind", "medium", "recipient", "state", "sent_at", "error")
    list_filter = ("state", "kind", "medium")
    list_select_related = ("appointment",)
    search_fields = ("recipient", "customer__name")
    ordering = ("-created_at",)
    fields = (
        "kind", "medium", "language", "recipient", "customer", "appointment", "state", "attempts",
        "sent_again", "error", "created_at", "sent_at", "reported_at", "settled_at",
        "subject", "sent_text", "length",
    )  # fmt: skip
    readonly_fields = ("sent_text", "length")
    actions = ("send_again", "settle", "came_back")

    @admin.display(description=gettext_lazy("text"))
    def sent_text(self, message: Message) -> str:
        return outgoing_text(message)

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
