"""Lists, forms, autocompletes, filters and histories show a login its own company's rows, and no others."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin import AllValuesFieldListFilter, RelatedFieldListFilter
from django.contrib.postgres.fields import ArrayField, RangeField
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, JSONField, Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from appointments.access import access_of
from appointments.fields import MinuteOfDayField
from appointments.models import Company

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    _Options = BaseModelAdmin[Any]
else:
    _Options = object


# Of one filter. The operator's list of all stylists is nothing to choose from; the search finds them.
MOST_CHOICES = 200
RECENT = 500
COMPOUND = (ArrayField, JSONField, RangeField, SearchVectorField)


def rows_for(request: HttpRequest, model: type[Model], site: Any) -> QuerySet[Any]:
    """What this login may name of ``model``: as its own page lists it."""
    options = site._registry.get(model)  # noqa: SLF001 - Django's own pages read it the same way
    if options is not None:
        rows: QuerySet[Any] = options.get_queryset(request)
        return rows
    return model._default_manager.all()  # noqa: SLF001 - what a form would offer


class ScopedFields(_Options):
    """Choices of a form. A company of one's own is nothing to choose."""

    # The theme takes a time of day for a number, and a browser shows no "09:00" where it expects one.
    formfield_overrides = {MinuteOfDayField: {"widget": UnfoldAdminTextInputWidget}}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        access = access_of(request.user)
        if access.everything:
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.related_model is Company:
            own = Company.objects.filter(pk__in=[access.company_id])
            kwargs |= {"queryset": own, "initial": access.company_id, "widget": forms.HiddenInput}
            return db_field.formfield(**kwargs)
        kwargs.setdefault("queryset", rows_for(request, db_field.related_model, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ScopedRelatedFilter(RelatedFieldListFilter):
    """Offers only what the login may see, and nothing where that is too much to choose from."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = rows_for(request, field.related_model, model_admin.admin_site)
        ordering = self.field_admin_ordering(field, request, model_admin)
        # With what the rows follow to say their names.
        some = list(rows.select_related().order_by(*ordering)[: MOST_CHOICES + 1])
        return [] if len(some) > MOST_CHOICES else [(row.pk, str(row)) for row in some]


class RecentValuesFilter(AllValuesFieldListFilter):
    """The values of the latest rows: of a million, who knows all that ever occurred?"""

    def __init__(self, field: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, request, *args, **kwargs)
        model_admin = args[2]
        latest = model_admin.get_queryset(request).order_by("-pk").values_list(field.name, flat=True)
        values = sorted(set(latest[:RECENT]))
        chosen = self.lookup_val[-1] if self.lookup_val else None
        every = [*values, *({chosen} - {None, *values})]
        self.lookup_choices = every  # type: ignore[assignment] # only gone through


class ScopedAdmin(ScopedFields):
    """Goes before the theme's ``ModelAdmin``.

    ``scope_company``, ``scope_branch``, ``scope_staff`` say where a row says whose it is: lookups, as
    for ``Access.scope``. Without any a page would show everybody everything, so ``scope_company`` has
    to be true of every page; a check holds all registered pages to it.
    """

    scope_company = "company"
    scope_branch = ""
    scope_staff = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return access_of(request.user).scope(
            super().get_queryset(request),
            company=self.scope_company,
            branch=self.scope_branch,
            staff=self.scope_staff,
        )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """By a column that is no plain value nobody filters; a word is none there, and would be a fault."""
        name, fields = lookup.partition(LOOKUP_SEP)[0], self.model._meta.concrete_fields
        if any(isinstance(field, COMPOUND) and field.name == name for field in fields):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_list_filter(self, request: HttpRequest) -> Any:
        everything = access_of(request.user).everything
        return [
            self._scoped(each)
            for each in super().get_list_filter(request)  # type: ignore[misc] # ModelAdmin's
            if everything or each != "company"
        ]

    def _scoped(self, each: Any) -> Any:
        if not isinstance(each, str):
            return each
        try:
            field = self.model._meta.get_field(each)
        except FieldDoesNotExist:
            return each
        if field.is_relation:
            return (each, ScopedRelatedFilter)
        # Where Django would read the whole table to see which values there are.
        free_text = isinstance(field, CharField) and not field.choices
        return (each, RecentValuesFilter) if free_text else each

    def get_list_display(self, request: HttpRequest) -> Any:
        """Whoever has one company does not need its name in every row."""
        shown = super().get_list_display(request)  # type: ignore[misc] # ModelAdmin's
        return shown if access_of(request.user).everything else [each for each in shown if each != "company"]
