"""From a file and a mapping, complete or not, to what is needed to read its rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appointments.importing.detecting import (
    DATE_FORMATS,
    DATETIME_FORMATS,
    SAMPLE_VALUES,
    TIME_FORMATS,
    detect_delimiter,
    detect_encoding,
    detect_format,
)
from appointments.importing.files import Opener, Row, Table, open_table
from appointments.importing.guessing import guess_columns, plain
from appointments.importing.mapping import Mapping as FileMapping
from appointments.importing.problems import ImportFileError
from appointments.importing.reading import Layout
from appointments.models import Company

# How much of a file is read to find out how it writes dates.
SAMPLE_ROWS = 20_000
NEEDED = ("staff", "service")


@dataclass(frozen=True, slots=True)
class Prepared:
    """``columns``: field → names in the header."""

    table: Table
    layout: Layout
    columns: Mapping[str, Sequence[str]]


def open_with(opener: Opener, mapping: FileMapping) -> Table:
    """What the mapping leaves open is found out. Raises ``ImportFileError``."""
    found = detect_encoding(opener)  # also says what is no text at all
    encoding = mapping.encoding or found
    delimiter = mapping.delimiter or detect_delimiter(opener, encoding)
    return open_table(opener, encoding=encoding, delimiter=delimiter)


def prepare(opener: Opener, mapping: FileMapping, company: Company) -> Prepared:
    """Raises ``ImportFileError`` for whatever would make every row wrong."""
    table = open_with(opener, mapping)
    columns = mapping.columns.used if mapping.columns else _guessed(table)
    places = {field: [_place(table, name) for name in names] for field, names in columns.items()}
    formats = _Formats(table, places, mapping)
    layout = Layout(
        places=places,
        width=len(table.header),
        zone=ZoneInfo(mapping.timezone) if mapping.timezone else company.zone,
        date_format=formats.of("date", mapping.date_format, DATE_FORMATS),
        time_format=formats.of("time", mapping.time_format, TIME_FORMATS),
        datetime_format=formats.of_moments(),
        statuses=mapping.statuses,
        default_minutes=mapping.default_minutes,
    )
    return Prepared(table, layout, columns)


def _guessed(table: Table) -> dict[str, list[str]]:
    columns = guess_columns(table.header)
    has_start = "starts_at" in columns or {"date", "time"} <= columns.keys()
    missing = [field for field in NEEDED if field not in columns] + ([] if has_start else ["date"])
    if missing:
        raise ImportFileError(
            _("Which columns are %(fields)s? The first line names %(header)s; a mapping has to say it.")
            % {"fields": ", ".join(missing), "header": _listed(table.header)}
        )
    return columns


def _place(table: Table, name: str) -> int:
    """Spaces and case do not matter, unless two columns differ in nothing else."""
    places = [place for place, each in enumerate(table.header) if each == name.strip()]
    places = places or [place for place, each in enumerate(table.header) if plain(each) == plain(name)]
    if len(places) == 1:
        return places[0]
    facts = {"name": name, "header": _listed(table.header)}
    if places:
        raise ImportFileError(_("There are several columns “%(name)s”.") % facts)
    raise ImportFileError(_("There is no column “%(name)s”. The first line names %(header)s.") % facts)


def _listed(header: Iterable[str]) -> str:
    names = [f"“{name[:40]}”" for name in header if name]
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")


class _Formats:
    """Reads the beginning of the file once, if something about its dates has to be found out."""

    def __init__(self, table: Table, places: Mapping[str, Sequence[int]], mapping: FileMapping) -> None:
        self.table, self.places, self.mapping = table, places, mapping
        self._rows: list[Row] = []

    def of(self, field: str, said: str | None, candidates: Sequence[str]) -> str:
        if said or field not in self.places or "starts_at" in self.places:
            return said or ""
        return self._one(field, detect_format(self._values(field), candidates), field)

    def of_moments(self) -> str:
        """Empty for ISO 8601, which needs no format."""
        if self.mapping.datetime_format or "starts_at" not in self.places:
            return self.mapping.datetime_format or ""
        values = list(dict.fromkeys(self._values("starts_at")))
        if self.mapping.date_format and self.mapping.time_format:
            return f"{self.mapping.date_format} {self.mapping.time_format}"
        if not values or any(value[:5].endswith("-") and value[4:5] == "-" for value in values[:1]):
            return ""
        return self._one("starts_at", detect_format(values, DATETIME_FORMATS), "datetime")

    def _one(self, field: str, found: Sequence[str], key: str) -> str:
        name = self.table.header[self.places[field][0]]
        if len(found) > 1:
            raise ImportFileError(
                _("“%(name)s” could be %(formats)s: the mapping has to say “%(key)s_format”.")
                % {"name": name, "formats": ", ".join(found), "key": key}
            )
        if not found and self._rows:
            raise ImportFileError(
                _("How “%(name)s” is written is not known: the mapping has to say “%(key)s_format”.")
                % {"name": name, "key": key}
            )
        return found[0] if found else "%Y"

    def _values(self, field: str) -> list[str]:
        if not self._rows:
            with self.table.rows() as rows:
                self._rows = list(islice(rows, SAMPLE_ROWS))
        layout = Layout(places={field: self.places[field]}, width=0, zone=ZoneInfo("UTC"))
        values = (layout.values(row)[field] for row in self._rows)
        return list(dict.fromkeys(value for value in values if value))[:SAMPLE_VALUES]
