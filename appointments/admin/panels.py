"""What other apps show of an appointment, which knows none of them (``architecture.md`` §2)."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest

from appointments.models import Appointment

Column = Callable[[Appointment], Any]
ListAction = Callable[[Any, HttpRequest, QuerySet[Appointment]], Any]


class Panel:
    """A part of the appointment's page, and of the list of appointments.

    ``columns`` and ``actions`` are functions with ``admin.display`` and ``admin.action``; actions are for
    those who may change appointments. What a column needs comes from ``annotate``, so that a list asks
    no more for many appointments than for one.
    """

    columns: ClassVar[Sequence[Column]] = ()
    filters: ClassVar[Sequence[type[SimpleListFilter]]] = ()
    actions: ClassVar[Sequence[ListAction]] = ()

    def annotate(self, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        return queryset

    def case_url(self, appointment: Appointment) -> str:
        """The page on which a conflict is to be decided that is the other app's matter; else empty."""
        return ""

    def render(self, request: HttpRequest, appointment: Appointment) -> str:
        """HTML below the form, with a number of queries that does not depend on the data. Empty: nothing.

        ``appointment`` may hold what was typed and refused: look at what is stored under its key.
        """
        return ""


_panels: list[Panel] = []


def register(panel: Panel) -> Panel:
    if panel not in _panels:
        _panels.append(panel)
    return panel


def registered() -> Sequence[Panel]:
    return tuple(_panels)
