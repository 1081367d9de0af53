"""API keys in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from appointments.admin.base import ModelAdmin
from appointments.models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(ModelAdmin):
    list_display = ("name", "company", "created_at", "active")
    list_filter = ("company", "active")
    list_select_related = ("company",)
    search_fields = ("name",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("company", "name") if obj is None else ("company", "name", "active", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A key stays with its company: whoever holds it must not find themselves in another."""
        return () if obj is None else ("company", "created_at")

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:  # noqa: FBT001
        if change:
            obj.save(update_fields=["name", "active"])
            return
        stored, key = ApiToken.objects.issue(company=obj.company, name=obj.name, now=timezone.now())
        obj.pk = stored.pk
        text = _("The key is %(key)s. It is shown only this once: please copy it now.")
        self.message_user(request, text % {"key": key}, messages.WARNING)
