"""Pages of a list that may have a million rows: counted only as far as anybody turns pages."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

MOST = 10_000

if TYPE_CHECKING:
    from django.contrib.admin.views.main import ChangeList as _ChangeList

    _Paginator = Paginator[Any]
    _Admin = admin.ModelAdmin[Any]
else:
    from unfold.views import ChangeList as _ChangeList

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


class PagedList(_ChangeList):
    """A column that names another row is sorted by the name that stands there, not by its number."""

    def get_results(self, request: HttpRequest) -> None:
        """First which rows, then what the page shows of them: joined beforehand, every row that might have
        been on the page would be sorted with all that hangs on it.
        """
        super().get_results(request)
        shown = list(self.result_list.values_list("pk", flat=True))
        rows = self.apply_select_related(self.root_queryset.filter(pk__in=shown)).in_bulk()
        self.result_list = [rows[pk] for pk in shown if pk in rows]

    def get_ordering_field(self, field_name: Any) -> Any:
        found = super().get_ordering_field(field_name)
        try:
            related = self.lookup_opts.get_field(found).related_model if isinstance(found, str) else None
            if isinstance(related, type):
                related._meta.get_field("name")
                return f"{found}__name"
        except FieldDoesNotExist:
            pass
        return found


class PagedAdmin(_Admin):
    """Goes before the theme's ``ModelAdmin``."""

    paginator = BoundedPaginator
    # Counting what the filters leave out would read the whole table.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[_ChangeList]:
        return PagedList

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
