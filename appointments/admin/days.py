"""Filters by which the numbers of the dashboard find their rows; they may be chosen by hand, too."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.access import access_of
from appointments.insights.rows import held, in_gaps, made, with_gaps
from appointments.insights.spans import parameter_of, read_parameter, read_span, within, words_of
from appointments.models import Appointment, Company


class DaysFilter(SimpleListFilter):
    """Whole local days, each by the clock of the row's company."""

    title = _("days")
    parameter_name = "days"
    field: ClassVar = "starts_at"
    company: ClassVar = "company"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """The last week and month, and whatever else was asked for."""
        now, zone = timezone.now(), timezone.get_current_timezone()
        offered = {}
        for key in ("7", "30"):
            span, _problem = read_span({"period": key}, now=now, zone=zone)
            offered[span.parameter] = words_of(span.first, span.last)
        chosen = read_parameter(self.value() or "")
        if chosen is not None:
            offered[parameter_of(*chosen)] = words_of(*chosen)
        return list(offered.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        days = read_parameter(self.value() or "")
        if days is None:
            raise IncorrectLookupParameters
        return queryset.filter(self._on(*days, companies=self._companies(request)))

    def _on(self, first: date, last: date, *, companies: list[Company]) -> Q:
        """The operator sees companies of several zones; where there is one, no company has to be named."""
        zones = {company.zone for company in companies}
        if len(zones) == 1:
            return Q(**within(first, last, zones.pop(), field=self.field))
        anywhere = Q(pk__in=[])
        for zone in zones:
            here = {f"{self.company}__in": [each.pk for each in companies if each.zone == zone]}
            anywhere |= Q(**within(first, last, zone, field=self.field), **here)
        return anywhere

    def _companies(self, request: HttpRequest) -> list[Company]:
        every = Company.objects.only("pk", "timezone")
        return list(access_of(request.user).scope(every, company="pk"))


class MadeFilter(DaysFilter):
    title = _("booked on")
    parameter_name = "made"
    field = "created_at"


class CountsFilter(SimpleListFilter):
    """Several statuses that mean the same to whoever counts."""

    title = _("what became of it")
    parameter_name = "counts"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("held", _("took place or stand")), ("made", _("all but refused ones"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        words = {"held": held, "made": made}
        return words[self.value()](queryset) if self.value() in words else queryset  # type: ignore[index]


class GapFilter(SimpleListFilter):
    """Every row is looked at; of all companies together that would be nothing to wait for."""

    title = _("gaps")
    parameter_name = "gap"
    narrower = ("company__id__exact", "branch__id__exact", "staff__id__exact")

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        if access_of(request.user).everything and not any(request.GET.get(each) for each in self.narrower):
            return []
        return [("with", _("with a gap")), ("in", _("in the gap of another one"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        words = {"with": with_gaps, "in": in_gaps}
        return words[self.value()](queryset) if self.value() in words else queryset  # type: ignore[index]
