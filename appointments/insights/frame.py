"""What is looked at: whose rows, of which branch, on which days; and the way to the lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse

from appointments.access import Access
from appointments.insights.spans import Span, within
from appointments.models import Branch, Company

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """``branch`` None: all that this login may see of the company; ``branches`` are those meant."""

    access: Access
    company: Company
    branches: Sequence[Branch]
    branch: Branch | None
    span: Span
    now: datetime

    @property
    def branch_ids(self) -> list[int]:
        return [each.pk for each in self.branches]

    def of_branches(self, queryset: QuerySet[Row], *, branch: str = "branch") -> QuerySet[Row]:
        """Rows that always name their branch. Said by branch, because their indexes begin with it."""
        return queryset.filter(**{f"{branch}__in": self.branch_ids})

    def of_company(self, queryset: QuerySet[Row], *, company: str = "company", branch: str) -> QuerySet[Row]:
        """Rows of which some are about no branch: those count while all branches are looked at."""
        rows = self.access.scope(queryset.filter(**{company: self.company}), company=company, branch=branch)
        return rows if self.branch is None else rows.filter(**{branch: self.branch})

    def on_days(self, queryset: QuerySet[Row], *, field: str) -> QuerySet[Row]:
        return queryset.filter(**within(self.span.first, self.span.last, self.span.zone, field=field))

    def link(self, model: str, *, company: str = "company", branch: str = "branch", **filters: str) -> str:
        """The list of ``model`` (``app_model``) with ``filters`` and of just these branches."""
        if self.branch is not None:
            filters[f"{branch}__id__exact"] = str(self.branch.pk)
        elif self.access.everything:
            filters[f"{company}__id__exact"] = str(self.company.pk)
        return f"{reverse(f'admin:{model}_changelist')}?{urlencode(filters)}"
