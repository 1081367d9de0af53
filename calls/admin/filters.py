"""Filters of the lists of calls and of what was asked in them."""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from appointments.admin.days import DaysFilter
from calls.call_rows import ATTEMPTS, OUTCOMES, attempts, with_outcome
from calls.functions import FUNCTIONS
from calls.models import Call, FunctionCall
from calls.reply import STATUSES


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


class KnownFilter(SimpleListFilter):
    """The values there can be: to see which of them a salon has had, all its rows would have to be read."""

    field = ""
    known: tuple[str, ...] = ()

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(each, each) for each in self.known]

    def queryset(self, request: HttpRequest, queryset: QuerySet[FunctionCall]) -> QuerySet[FunctionCall]:
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset


class FunctionFilter(KnownFilter):
    title = _("function")
    field = parameter_name = "name"
    known = tuple(sorted(FUNCTIONS))


class StatusFilter(KnownFilter):
    title = _("status")
    field = parameter_name = "status"
    known = tuple(sorted(STATUSES))
