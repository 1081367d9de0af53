"""Everything that is held about a person, for them to read and for other programmes."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from appointments.models import Customer, DataRequest, RequestKind
from appointments.phones import display_phone
from appointments.privacy.parts import Table, tables
from appointments.privacy.person import person_of

# What a person reads is German, whoever asks for it.
LANGUAGE = "de"
PAGE, FILE = "auskunft.html", "daten.json"


class Cell(NamedTuple):
    """``technical``: as it was sent from machine to machine, to be opened by whoever wants to read it."""

    text: str
    technical: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A table and what stands in it of one person."""

    table: Table
    rows: Sequence[Mapping[str, Any]]

    @property
    def headings(self) -> list[str]:
        return [str(label) for label in self.table.columns.values()]

    @property
    def cells(self) -> list[list["Cell"]]:
        return [[self._cell(name, row[name]) for name in self.table.columns] for row in self.rows]

    def _cell(self, name: str, value: Any) -> "Cell":
        words = self.table.words.get(name, {})
        return Cell(str(words[value])) if isinstance(value, str) and value in words else _cell(value)


@transaction.atomic
def everything_about(customer: Customer, *, now: datetime, user_id: int | None = None) -> list[Filled]:
    """Table by table, also those in which nothing stands; that it was given out is noted."""
    person = person_of(customer)
    filled = [Filled(table, list(table.rows(person))) for table in tables()]
    DataRequest.objects.create(
        company=customer.company,
        kind=RequestKind.EXPORT,
        number=customer.pk,
        counts={each.table.key: len(each.rows) for each in filled if each.rows},
        made_at=now,
        made_by_id=user_id,
    )
    return filled


def archive(customer: Customer, filled: Sequence[Filled], *, now: datetime) -> bytes:
    """A ZIP of a page to read and a file for programmes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(PAGE, as_page(customer, filled, now=now))
        file.writestr(FILE, as_json(customer, filled, now=now))
    return target.getvalue()


def as_json(customer: Customer, filled: Sequence[Filled], *, now: datetime) -> str:
    """By table; instants in ISO 8601 and UTC, money as a decimal string."""
    facts = {
        "company": customer.company.slug,
        "customer": customer.pk,
        "made_at": now,
        "tables": {each.table.key: each.rows for each in filled},
    }
    return json.dumps(facts, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def as_page(customer: Customer, filled: Sequence[Filled], *, now: datetime) -> str:
    with translation.override(LANGUAGE), timezone.override(customer.company.zone):
        context = {
            "customer": customer,
            "filled": filled,
            "now": now,
            "number": display_phone(customer.phone),
        }
        return render_to_string("privacy/about.html", context)


def _cell(value: Any) -> Cell:
    """As people read it, in the language and the zone of the moment."""
    if value is None or value in ("", [], {}):
        return Cell("–")
    if isinstance(value, list) and all(isinstance(each, dict) and "text" in each for each in value):
        return Cell("\n".join(_line(each) for each in value))
    if isinstance(value, dict | list):
        return Cell(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1), technical=True)
    return Cell(_spoken(value))


def _spoken(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "j. N Y, H:i")
    if isinstance(value, Decimal):
        return number_format(value)
    return date_format(value, "j. N Y") if isinstance(value, date) else str(value)


def _line(said: Mapping[str, Any]) -> str:
    """A line of a transcript."""
    speakers = {"agent": _("Telephone assistant"), "user": _("Caller")}
    return f"{speakers.get(str(said.get('role')), said.get('role'))}: {said['text']}"
