"""Pages of a list that may have a million rows: counted only as far as anybody turns pages."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

MOST = 10_000

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
    _Admin = admin.ModelAdmin[Any]
else:
    _Paginator = Paginator
    _Admin = object


class BoundedPaginator(_Paginator):
    """A count over :data:`MOST` is "more than that", and so has cost no more than that."""

    template_name = "admin/pagination_bounded.html"

    @property
    def most(self) -> int:
        return MOST

    @cached_property
    def count(self) -> int:
        return min(self._counted, MOST)

    @property
    def there_are_more(self) -> bool:
        return self._counted > MOST

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[: MOST + 1].count())


class PagedAdmin(_Admin):
    """Goes before the theme's ``ModelAdmin``."""

    paginator = BoundedPaginator
    # Counting what the filters leave out would read the whole table.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Without the theme's "so many of so many" in the heading, which would have to be counted."""
        changelist = super().get_changelist_instance(request)
        changelist.full_result_count = changelist.result_count
        return changelist

    def response_action(
        self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        """All pages at once only where it has been said how many rows that is."""
        if request.POST.get("select_across") == "1" and BoundedPaginator(queryset, 1).there_are_more:
            text = _("There are more than %(most)s. Please narrow the list first.")
            self.message_user(request, text % {"most": MOST}, messages.WARNING)
            return None
        return super().response_action(request, queryset, *args, **kwargs)
