"""The search of the lists, and the one that looks everywhere."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from appointments import search
from appointments.access import access_of
from appointments.rules.search_words import tidy

if TYPE_CHECKING:
    from django.db.models import QuerySet

    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object

# Of each kind; a list shows them all.
SHOWN = 8


class Line(NamedTuple):
    title: str
    detail: str
    url: str


class Group(NamedTuple):
    """What was found of one kind; ``more`` is its list with the same search, if there is more."""

    heading: str
    icon: str
    lines: Sequence[Line]
    more: str = ""


class SearchedAdmin(_Admin):
    """Goes before the theme's ``ModelAdmin``: a list finds what the search from anywhere finds."""

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        source = search.source_of(self.model)
        if source is None:
            text = tidy(search_term)
            if search_term and not text:
                return queryset.none(), False
            return super().get_search_results(request, queryset, text)
        if not search_term:
            return queryset, False
        return search.narrowed(queryset, source, wanted_of(request, search_term)), False


def wanted_of(request: HttpRequest, text: str) -> search.Wanted:
    return search.Wanted.of(text, company_id=access_of(request.user).company_id)


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What the theme's palette asks for while somebody types (``extended``), else a page of its own.

    In the place of the theme's own view, which remembers answers for five minutes: whoever has just
    been entered as a customer has to be found.
    """
    wanted = wanted_of(request, request.GET.get("s", ""))
    groups = groups_of(request, wanted)
    context: dict[str, Any] = {"groups": groups, "wanted": wanted}
    if "extended" in request.GET:
        return TemplateResponse(request, "admin/search/palette.html", context)
    context |= {**admin.site.each_context(request), "title": _("Search")}
    return TemplateResponse(request, "admin/search/page.html", context)


def groups_of(request: HttpRequest, wanted: search.Wanted) -> list[Group]:
    """A query for each kind of row that this login may see."""
    if not wanted.text:
        return []
    found = [_rows_group(request, source, wanted) for source in search.registered() if source.found]
    return [group for group in (*found, _pages_group(request, wanted)) if group and group.lines]


def _rows_group(request: HttpRequest, source: search.Source, wanted: search.Wanted) -> Group | None:
    page = admin.site._registry.get(source.model)  # noqa: SLF001 - whatever its list shows, and no more
    if page is None or source.found is None or not page.has_view_permission(request):
        return None
    rows = search.narrowed(page.get_queryset(request), source, wanted)
    some = list(rows.select_related(*source.related).order_by(*source.ordered(wanted))[: SHOWN + 1])
    name = f"admin:{source.model._meta.app_label}_{source.model._meta.model_name}"
    lines = [Line(*source.found(row), reverse(f"{name}_change", args=[row.pk])) for row in some[:SHOWN]]
    more = reverse(f"{name}_changelist", query={"q": wanted.text}) if len(some) > SHOWN else ""
    return Group(str(source.model._meta.verbose_name_plural), source.icon, lines, more)


def _pages_group(request: HttpRequest, wanted: search.Wanted) -> Group:
    """Lists whose name was typed."""
    text = wanted.text.casefold()
    lines = [
        Line(str(model["name"]), str(app["name"]), model["admin_url"])
        for app in admin.site.get_app_list(request)
        for model in app["models"]
        if model["admin_url"] and text in str(model["name"]).casefold()
    ]
    return Group(_("Pages"), "list_alt", lines[:SHOWN])
