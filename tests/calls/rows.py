"""Every row of ours, to see what a message has changed, and whose it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from appointments.models import Company
from calls.models import Call, CallEvent

Row = tuple[type[Model], Any]
Rows = Mapping[Row, dict[str, Any]]
OURS = ("appointments", "calls", "integrations")


def everything() -> Rows:
    """Of every table, history included."""
    return {
        (model, values["pk"]): values
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for values in model._base_manager.values(
            "pk", *(each.attname for each in model._meta.concrete_fields)
        )
    }


def changed(before: Rows) -> set[Row]:
    """What is new, gone or another since then."""
    after = everything()
    return {row for row in before.keys() | after.keys() if before.get(row) != after.get(row)}


def owners(row: Row, known: Rows) -> Iterator[int]:
    """The companies to which its foreign keys lead."""
    model, pk = row
    if model is Company:
        yield pk
    if model is CallEvent:  # its key is the platform's
        yield from Call.objects.filter(call_id=known[row]["call_id"]).values_list("company", flat=True)
    for field in model._meta.concrete_fields:
        target = (field.related_model, known[row][field.attname])
        if isinstance(field, ForeignKey) and target in known and target != row:
            yield from owners(target, known)
