"""The before and after of a repair as a table that people can read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from appointments.integrity import Outcome
from appointments.models import Branch, Company, Repair, Service, Staff

# Nothing that staff can do anything with.
MACHINERY = {"revision", "updated_at", "company_id", "generation", "claimed_until", "leased_until"}
NAMED = (Staff, Service, Branch)
# Of what is no field of a model.
LABELS = {
    "phases": gettext_noop("parts"),
    "ledger": gettext_noop("time taken"),
    "state": gettext_noop("state"),
}
WORDS = {
    "holds": gettext_noop("holds"),
    "absent": gettext_noop("is missing"),
    "unproven": gettext_noop("not proven"),
    "off": gettext_noop("switched off"),
}
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """``thing`` is named on the first of its rows only."""

    thing: str
    field: str
    before: Sequence[str]
    after: Sequence[str]


def changes_of(made: Repair | Outcome, company: Company | None) -> list[Change]:
    """What differs, thing by thing; one query for each kind of what is referred to."""
    return list(_Reader(made, company).changes())


class _Reader:
    def __init__(self, made: Repair | Outcome, company: Company | None) -> None:
        self._before, self._after = made.before, made.after
        self._zone = company.zone if company else timezone.get_default_timezone()
        self._names: dict[type[models.Model], Mapping[int, Any]] = {}

    def changes(self) -> Iterator[Change]:
        for key in sorted({*self._before, *self._after}):
            model, title = _thing(key)
            before, after = self._before.get(key, {}), self._after.get(key, {})
            differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            shown = [name for name in differing if name not in MACHINERY]
            for number, name in enumerate(shown):
                yield Change(
                    title if number == 0 else "",
                    _label(model, name),
                    self._texts(model, name, before),
                    self._texts(model, name, after),
                )

    def _texts(self, model: type[models.Model] | None, name: str, state: Mapping[str, Any]) -> list[str]:
        value = state.get(name)
        if value is None or value in ("", []):
            return [NOTHING]
        if isinstance(value, list):
            return [self._stretch(each) for each in value]
        return [self._text(_field(model, name), value)]

    def _text(self, field: Any, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(field, models.ForeignKey):
            return self._name_of(field.related_model, value)
        if isinstance(field, models.DateTimeField):
            return _clock(value, self._zone)
        choices = dict(field.flatchoices) if field is not None and field.choices else {}
        return str(choices.get(value) or (_(WORDS[value]) if value in WORDS else value))

    def _name_of(self, model: Any, pk: int) -> str:
        if model not in NAMED:
            return str(pk)
        if model not in self._names:
            ids = {
                state[name]
                for states in (self._before, self._after)
                for key, state in states.items()
                for name in state
                if getattr(_field(_thing(key)[0], name), "related_model", None) is model and state[name]
            }
            self._names[model] = model._base_manager.in_bulk(ids)
        return str(self._names[model].get(pk, pk))

    def _stretch(self, text: Any) -> str:
        start, _slash, end = str(text).partition("/")
        if not end:
            return str(text)
        until = datetime.fromisoformat(end).astimezone(self._zone)
        return f"{_clock(start, self._zone)}-{date_format(until, 'H:i')}"


def _thing(key: str) -> tuple[type[models.Model] | None, str]:
    """``"app.model 7"`` is a row; anything else is called what it is called."""
    label, _space, pk = key.rpartition(" ")
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None, key
    return model, f"{model._meta.verbose_name} {pk}"


def _field(model: type[models.Model] | None, name: str) -> Any:
    """By the name of its column; None for what is no field."""
    fields = model._meta.concrete_fields if model else ()
    return next((each for each in fields if each.attname == name), None)


def _label(model: type[models.Model] | None, name: str) -> str:
    field = _field(model, name)
    if field is not None:
        return str(field.verbose_name)
    return _(LABELS[name]) if name in LABELS else name


def _clock(text: str, zone: ZoneInfo | Any) -> str:
    return date_format(datetime.fromisoformat(text).astimezone(zone), "D, j. M Y, H:i")
