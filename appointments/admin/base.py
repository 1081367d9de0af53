"""The theme's admin classes, and the ways in which ours only show."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

if TYPE_CHECKING:  # theme and history bring no types; their classes extend Django's
    from django.contrib import admin
    from django.forms import BaseInlineFormSet

    ModelAdmin = admin.ModelAdmin[Any]
    HistoryAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    _InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    from django.forms import BaseInlineFormSet as _InlineFormSet
    from simple_history.admin import SimpleHistoryAdmin
    from unfold.admin import ModelAdmin, TabularInline

    class HistoryAdmin(SimpleHistoryAdmin, ModelAdmin):
        """Shows who changed what; nothing is reverted there, see SIMPLE_HISTORY_REVERT_DISABLED."""


class ReadOnlyAdmin(ModelAdmin):
    """Facts that only the system writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SameCompanyFormSet(_InlineFormSet):
    """Rows of an inline belong to the company of the page they stand on."""

    def _construct_form(self, *args: Any, **kwargs: Any) -> Any:
        form = super()._construct_form(*args, **kwargs)  # type: ignore[misc] # not in the stubs
        form.instance.company_id = self.instance.company_id
        return form


__all__ = [
    "HistoryAdmin",
    "ModelAdmin",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "SameCompanyFormSet",
    "TabularInline",
]
