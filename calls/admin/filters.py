"""Filters of the lists of calls and of what was asked in them."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from appointments.access import access_of
from appointments.admin.days import DaysFilter
from calls.call_rows import ATTEMPTS, OUTCOMES, attempts, with_outcome
from calls.functions import FUNCTIONS
from calls.models import Call, FunctionCall

RECENT_CALLS = 200


class CallDaysFilter(DaysFilter):
    field = "started_at"


class FunctionCallDaysFilter(DaysFilter):
    """By the beginning of the call: so one that goes on over midnight stays together."""

    title = _("days of the calls")
    field = "call__started_at"
    company = "call__company"


class OutcomeFilter(SimpleListFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(OUTCOMES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Call]) -> QuerySet[Call]:
        outcome = self.value()
        return queryset.filter(with_outcome(outcome)) if outcome in OUTCOMES else queryset


class AttemptFilter(SimpleListFilter):
    """Attempts to book, of real calls."""

    title = _("attempt to book")
    parameter_name = "attempt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("any", _("all")), *((key, title) for key, (title, _ended) in ATTEMPTS.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FunctionCall]) -> QuerySet[FunctionCall]:
        outcome = self.value() or ""
        if outcome == "any":
            return attempts(queryset)
        return attempts(queryset, outcome) if outcome in ATTEMPTS else queryset


class FunctionFilter(SimpleListFilter):
    """The functions there are: to see which of them a salon has had, all its rows would have to be read."""

    title = _("function")
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(name, name) for name in sorted(FUNCTIONS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FunctionCall]) -> QuerySet[FunctionCall]:
        return queryset.filter(name=self.value()) if self.value() else queryset


class StatusFilter(SimpleListFilter):
    """As the latest calls have had them; another one may be named in the address."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        calls = access_of(request.user).scope(Call.objects.all(), branch="branch")
        latest = list(calls.order_by("-pk").values_list("pk", flat=True)[:RECENT_CALLS])
        found = set(FunctionCall.objects.filter(call__in=latest).values_list("status", flat=True))
        chosen = {request.GET[self.parameter_name]} if request.GET.get(self.parameter_name) else set()
        return [(status, status) for status in sorted(found | chosen) if status]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FunctionCall]) -> QuerySet[FunctionCall]:
        return queryset.filter(status=self.value()) if self.value() else queryset
