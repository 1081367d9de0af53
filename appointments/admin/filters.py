"""Filters of the lists."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.access import access_of
from appointments.models import Appointment
from appointments.replanning import uncovered


class WhenFilter(SimpleListFilter):
    """What is still to come, unless somebody asks for more. A search looks at everything."""

    title = _("time")
    parameter_name = "when"
    everything = "all"

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.searching = bool(request.GET.get("q"))

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("today", _("today")), ("past", _("past")), (self.everything, _("all"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """The first choice is the default: upcoming instead of all."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": _("from today")} if number == 0 else choice

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        now = timezone.localtime()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.value() == "today":
            tomorrow = midnight + timedelta(days=1)  # by the wall clock, also when it is changed
            return queryset.filter(starts_at__gte=midnight, starts_at__lt=tomorrow)
        if self.value() == "past":
            return queryset.filter(starts_at__lt=midnight)
        if self.value() == self.everything or self.searching:
            return queryset
        return queryset.filter(starts_at__gte=midnight)


class CoveredFilter(SimpleListFilter):
    """Those to come whose stylist is away."""

    title = _("stylist")
    parameter_name = "covered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("no", _("is away"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "no":
            return queryset
        waiting = uncovered(access_of(request.user), now=timezone.now())
        return queryset.filter(pk__in=waiting.values("pk"))
