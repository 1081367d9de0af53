"""A company's own words for messages: begun with ours, shown with an example, tried out."""

from itertools import product
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from appointments.access import access_of
from appointments.admin.base import HistoryAdmin
from integrations.admin.gateway import say_how_it_went
from integrations.messaging import gsm, texts
from integrations.messaging.examples import example_of
from integrations.models import Language, Medium, MessageKind, MessageTemplate
from integrations.placeholders import MEANINGS, possible_in


@admin.register(MessageTemplate)
class MessageTemplateAdmin(HistoryAdmin):
    list_display = ("kind", "medium", "language", "company", "subject")
    list_filter = ("kind", "medium", "language")
    list_select_related = ("company",)
    autocomplete_fields = ("company",)
    search_fields = ("subject", "text")
    ordering = ("company__name", "kind", "medium", "language")
    list_before_template = "admin/integrations/messagetemplate/list_before.html"
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

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        ours = self._ours(request) if self.has_add_permission(request) else []
        return super().changelist_view(request, {**(extra_context or {}), "ours": ours})

    def _ours(self, request: HttpRequest) -> list[tuple[str, list[tuple[str, str]]]]:
        """Of each kind, what the salon has no words of its own for, and how to begin some."""
        names = ("kind", "medium", "language")
        rows = (
            MessageTemplate.objects.none()
            if access_of(request.user).everything
            else self.get_queryset(request)
        )
        own = set(rows.values_list(*names))
        found = []
        for kind in MessageKind:
            links = [
                (f"{medium.label}, {language.label}", urlencode(dict(zip(names, key, strict=True))))
                for medium, language in product(Medium, Language)
                if (key := (kind.value, medium.value, language.value)) not in own
            ]
            if links:
                found.append((str(kind.label), links))
        return found

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Our words to begin with, for what the address names."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        kind, medium, language = (initial.get(name) for name in ("kind", "medium", "language"))
        if kind not in MessageKind.values or medium not in Medium.values or language not in Language.values:
            return initial
        with translation.override(language):
            subject, text = texts.ours(medium, kind)
        return {**initial, "subject": subject, "text": text}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = kwargs.get("obj")
        kind = obj.kind if obj else request.GET.get("kind", "")
        possible = possible_in(kind) if kind in MessageKind.values else MEANINGS
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
