"""A list as a file: what it shows, as it is filtered and sorted, and nothing the login may not see."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from appointments.admin import spreadsheets

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object

PERMISSION = "appointments.export_lists"
KINDS: dict[str, tuple[Any, Callable[..., HttpResponseBase]]] = {
    "csv": (_("CSV"), spreadsheets.csv_response),
    "xlsx": (_("Excel"), spreadsheets.excel_response),
}
# Rows in memory at a time.
CHUNK = 1000


class ExportedAdmin(_Admin):
    """Goes before the theme's ``ModelAdmin``."""

    list_before_template = "admin/export_links.html"

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION) and self.has_view_permission(request)

    def get_urls(self) -> Any:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        view = self.admin_site.admin_view(self.export_view)
        return [path("export/<str:kind>/", view, name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        links = self._export_links(request) if self.has_export_permission(request) else []
        return super().changelist_view(request, {**(extra_context or {}), "export_links": links})

    def _export_links(self, request: HttpRequest) -> list[tuple[Any, str]]:
        """With the filters of the page they stand on."""
        asked = _without_page(request)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_export"
        return [
            (title, reverse(name, args=[kind], query=asked or None))
            for kind, (title, _answer) in KINDS.items()
        ]

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        if kind not in KINDS:
            raise Http404
        request.GET = _without_page(request)
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect("../../")
        names = [name for name in self.get_list_display(request) if name != "action_checkbox"]
        title = slugify(str(self.opts.verbose_name_plural)) or self.opts.model_name
        return KINDS[kind][1](
            header=[str(label_for_field(name, self.model, self)) for name in names],
            rows=self._export_rows(changelist.queryset, names),
            name=f"{title}-{timezone.localdate():%Y-%m-%d}",
        )

    def _export_rows(self, rows: "QuerySet[Any]", names: Sequence[Any]) -> Iterator[list[Any]]:
        for row in rows.iterator(chunk_size=CHUNK):
            yield [self._export_value(row, name) for name in names]

    def _export_value(self, row: "Model", name: Any) -> Any:
        """As the list says it, but dates and numbers as such."""
        field, _attribute, value = lookup_field(name, row, self)
        if field is None or value is None:
            return value
        if field.is_relation:
            return str(getattr(row, field.name) or "")
        return dict(field.flatchoices).get(value, value) if field.choices else value


def _without_page(request: HttpRequest) -> Any:
    """What was asked of the list; a file has no pages."""
    asked = request.GET.copy()
    for name in ("p", "all"):
        asked.pop(name, None)
    return asked
