"""The theme's admin classes, and the ways in which ours only show."""

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse

from appointments.admin.exporting import ExportedAdmin
from appointments.admin.paging import PagedAdmin
from appointments.admin.scoping import ScopedAdmin, ScopedFields
from appointments.admin.searching import SearchedAdmin

if TYPE_CHECKING:  # theme and history bring no types; their classes extend Django's
    from django.contrib import admin
    from django.forms import BaseInlineFormSet

    _ThemedAdmin = admin.ModelAdmin[Any]

    class _HistoryAdmin(admin.ModelAdmin[Any]):
        def history_form_view(
            self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
        ) -> HttpResponse: ...

    _ThemedInline = admin.TabularInline[Any, Any]
    _InlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    from django.forms import BaseInlineFormSet as _InlineFormSet
    from simple_history.admin import SimpleHistoryAdmin as _HistoryAdmin
    from unfold.admin import ModelAdmin as _ThemedAdmin
    from unfold.admin import TabularInline as _ThemedInline


class ModelAdmin(ExportedAdmin, SearchedAdmin, PagedAdmin, ScopedAdmin, _ThemedAdmin):
    """The base of every page of ours: in the theme, and of the login's own company."""

    # Each row is drawn in some two milliseconds; a hundred of them would be what a page waits for.
    list_per_page = 50


def _named(field: Any) -> Any:
    """A cell has no label, and the heading of its column is not read out with it."""
    if field is not None:
        drawn = getattr(field.widget, "widget", field.widget)  # without the links beside it
        drawn.attrs["aria-label"] = field.label or ""
    return field


class TabularInline(ScopedFields, _ThemedInline):
    """The base of every inline of ours."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return _named(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        for field in formset.form.declared_fields.values():
            _named(field)
        return formset


class HistoryAdmin(ExportedAdmin, SearchedAdmin, PagedAdmin, ScopedAdmin, _HistoryAdmin, _ThemedAdmin):
    """Shows who changed what; nothing is reverted there, see SIMPLE_HISTORY_REVERT_DISABLED."""

    list_per_page = ModelAdmin.list_per_page

    def status(self, record: Any) -> str:
        """A column of the history: in words, as on the row's own page."""
        return str(record.get_status_display())

    def channel(self, record: Any) -> str:
        return str(record.get_channel_display())

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The history package would show that of a row which the list does not."""
        self._insist_on_own(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._insist_on_own(request, object_id)
        return super().history_form_view(request, object_id, version_id, extra_context)

    def _insist_on_own(self, request: HttpRequest, object_id: str) -> None:
        if self.get_object(request, object_id) is None:
            raise Http404


def row_number(text: int | str) -> int:
    """The primary key that an address names; 0, which no row has, for what cannot be one."""
    return int(text) if str(text).isdecimal() and len(str(text)) < 19 else 0


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
    "row_number",
]
