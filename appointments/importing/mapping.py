"""What the columns and words of a foreign file mean: the mapping file of ``contract.md`` §5."""

from typing import Annotated, Any, Literal, get_args

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from appointments.importing.problems import ImportFileError
from appointments.models.appointment import Status
from appointments.salon.problems import SalonFileError
from appointments.salon.reading import parse
from appointments.salon.schema import Part
from appointments.salon.values import Name, Text, TimeZoneName, wrong

Encoding = Literal["utf-8", "utf-8-sig", "cp1252", "latin-1"]
ENCODINGS: tuple[str, ...] = get_args(Encoding)
DELIMITERS = (";", ",", "\t", "|")
# As other programs call them.
OTHER_NAMES = {
    "utf8": "utf-8",
    "utf-8-bom": "utf-8-sig",
    "windows-1252": "cp1252",
    "ansi": "cp1252",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
}


def _encoding(value: Any) -> Any:
    name = str(value).lower().replace("_", "-")
    return OTHER_NAMES.get(name, name)


def _columns(value: Any) -> Any:
    """One column, or several that are joined: first and last name."""
    return [value] if isinstance(value, str) else value


Column = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Columns = Annotated[list[Column], BeforeValidator(_columns), Field(min_length=1)]


class ColumnsPart(Part):
    customer: Columns | None = None
    phone: Columns | None = None
    email: Columns | None = None
    staff: Columns | None = None
    service: Columns | None = None
    date: Columns | None = None
    time: Columns | None = None
    starts_at: Columns | None = None
    end_time: Columns | None = None
    ends_at: Columns | None = None
    minutes: Columns | None = None
    status: Columns | None = None
    external_id: Columns | None = None
    price: Columns | None = None
    notes: Columns | None = None

    @property
    def used(self) -> dict[str, list[str]]:
        """The fields that have columns, in the order above."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: columns for name, columns in values if columns}

    @model_validator(mode="after")
    def _says_enough(self) -> "ColumnsPart":
        if not (self.starts_at or (self.date and self.time)):
            raise wrong(gettext_lazy("A column for “starts_at” is missing, or two for “date” and “time”."))
        if not self.staff or not self.service:
            raise wrong(gettext_lazy("Columns for “staff” and “service” are needed."))
        return self


FIELDS = tuple(ColumnsPart.model_fields)
Creatable = Literal["customers", "staff", "services"]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Format = Annotated[str, StringConstraints(min_length=2, max_length=50, pattern="%")]


class Mapping(Part):
    """What is left out is found out from the file itself. ``statuses``: words that are not known here."""

    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] | None = None
    encoding: Annotated[Encoding, BeforeValidator(_encoding)] | None = None
    timezone: TimeZoneName | None = None
    source: Text = "import"
    columns: ColumnsPart | None = None
    date_format: Format | None = None
    time_format: Format | None = None
    datetime_format: Format | None = None
    services: dict[Code, Name] = {}
    staff: dict[Code, Name] = {}
    statuses: dict[Code, Literal[tuple(Status.values)]] = {}  # type: ignore[valid-type]
    create_missing: list[Creatable] = []
    default_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    branch: Name | None = None


def read_mapping(content: bytes) -> Mapping:
    """Raises ``ImportFileError`` with the first problem and its line."""
    try:
        mapping, _source = parse(content or b"{}", Mapping)
    except SalonFileError as error:
        raise ImportFileError(_("Mapping, %(problem)s") % {"problem": error.problems[0]}) from error
    return mapping
