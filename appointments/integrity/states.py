"""How rows are before and after a repair, without anything personal."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models

from appointments.models import Appointment

# Kinds of fields that say nothing of a person.
IMPERSONAL = (
    models.ForeignKey,
    models.DateTimeField,
    models.DateField,
    models.BooleanField,
    models.IntegerField,
    models.BigIntegerField,
)
# By ``"<model> <id>"``, or by the name of what is no row.
States = dict[str, dict[str, Any]]


def states_of(subjects: Iterable[Mapping[str, Any]]) -> States:
    """The rows as they are, of an appointment with phases and ledger. One query for each kind, and two more
    for the appointments.
    """
    by_model: dict[str, list[int]] = defaultdict(list)
    for each in subjects:
        by_model[each["model"]].append(each["id"])
    states: States = {}
    for label, ids in by_model.items():
        model = apps.get_model(label)
        for row in _rows(model, ids):
            states[f"{label} {row.pk}"] = state_of(row)
    return states


def _rows(model: type[models.Model], ids: Sequence[int]) -> models.QuerySet[Any]:
    rows = model._base_manager.filter(pk__in=ids).order_by("pk")
    return rows.prefetch_related("phases", "allocations") if model is Appointment else rows


def state_of(row: models.Model) -> dict[str, Any]:
    fields = [each for each in row._meta.concrete_fields if isinstance(each, IMPERSONAL) or each.choices]
    state = {each.attname: _plain(getattr(row, each.attname)) for each in fields if not each.primary_key}
    if isinstance(row, Appointment):
        state["phases"] = [_stretch(each.starts_at, each.ends_at) for each in _sorted(row.phases.all())]
        state["ledger"] = [_stretch(*each.period) for each in _sorted(row.allocations.all())]
    return state


def _sorted(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=lambda each: each.position)


def _stretch(start: datetime, end: datetime) -> str:
    return f"{_plain(start)}/{_plain(end)}"


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
