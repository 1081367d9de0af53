"""A row of the file as an entry for the diary, or the reason why it is none."""

import hashlib
import json
import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from appointments.booking import Contact, Entry
from appointments.importing.catalogue import Catalogue
from appointments.importing.detecting import parse
from appointments.importing.files import Row
from appointments.importing.problems import RowError
from appointments.importing.words import status_of
from appointments.models.appointment import Status
from appointments.phones import normalize_phone
from appointments.rules.wall_clock import read_wall

# What makes a row this appointment and no other. Status and notes change while it stays the same one.
IDENTITY = (
    *("customer", "phone", "email", "staff", "service"),
    *("date", "time", "starts_at", "end_time", "ends_at", "minutes"),
)
YEARS = range(1980, 2100)
LONGEST_MINUTES = 24 * 60
MINUTE = timedelta(minutes=1)
MOST = Decimal("99999999.99")


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything about the file that is the same for each of its rows. ``places``: field → columns."""

    places: MappingOf[str, Sequence[int]]
    width: int
    zone: ZoneInfo
    date_format: str = ""
    time_format: str = ""
    datetime_format: str = ""
    statuses: MappingOf[str, str] = field(default_factory=dict)
    default_minutes: int = 60

    def values(self, row: Row) -> dict[str, str]:
        """The text of each field, without spaces around or in a row."""
        return {
            name: " ".join(" ".join(row.cells[place] for place in places if place < len(row.cells)).split())
            for name, places in self.places.items()
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A row as text. ``key`` and ``digest`` as in ``ImportedRow``."""

    row: Row
    values: MappingOf[str, str]
    key: str
    digest: str

    def text(self, name: str) -> str:
        return self.values.get(name, "")


def line_of(row: Row, layout: Layout) -> Line:
    values = layout.values(row)
    own = values.get("external_id")
    known_by = ["id", own] if own else ["row", *(values.get(name, "") for name in IDENTITY)]
    return Line(row, values, key=_hash(known_by), digest=_hash(values))


def _hash(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()


@dataclass(slots=True)
class Reader:
    """Reads line after line. ``notes``: what was wrong with the last one and did not matter, as
    ``(code, sentence)``.
    """

    layout: Layout
    catalogue: Catalogue
    notes: list[tuple[str, str]] = field(default_factory=list)

    def read(self, line: Line) -> Entry:
        """Raises ``RowError``."""
        self.notes = []
        self._insist_on_width(line.row)
        status = self._status(line.text("status"))
        start = self._start(line)
        minutes = self._minutes(line, start)
        staff = self.catalogue.staff(line.text("staff"))
        service = self.catalogue.service(line.text("service"), minutes or self.layout.default_minutes)
        booked_minutes = minutes if minutes or service.pk else self.layout.default_minutes
        contact, unreadable = self._contact(line)
        return Entry(
            row=line.row.number,
            key=line.key,
            digest=line.digest,
            external_id=line.text("external_id")[:200],
            staff=staff,
            service=service,
            start=start,
            plan=self.catalogue.plan(staff, service, booked_minutes),
            status=status,
            contact=contact,
            price=self._price(line.text("price")),
            notes="\n".join(filter(None, (line.text("notes"), unreadable))),
        )

    def _insist_on_width(self, row: Row) -> None:
        if any(cell.strip() for cell in row.cells[self.layout.width :]):
            raise RowError(
                "too_many_cells",
                _(
                    "The row has %(count)s columns, the header %(width)s: probably a quotation mark is "
                    "missing."
                )
                % {"count": len(row.cells), "width": self.layout.width},
            )

    def _status(self, text: str) -> Status:
        status = status_of(text, self.layout.statuses)
        if status is None:
            raise RowError(
                "status_unknown", _("What the status “%(word)s” means is not known.") % {"word": text}
            )
        return Status.BOOKED if status is Status.CONFLICT else status

    def _start(self, line: Line) -> datetime:
        if "starts_at" in self.layout.places:
            return self._instant(self._moment(line.text("starts_at")))
        return self._instant(self._wall(line.text("date"), line.text("time")))

    def _moment(self, text: str) -> datetime:
        if not text:
            raise RowError("start_missing", _("No start is given."))
        read = parse(text, self.layout.datetime_format) if self.layout.datetime_format else _iso(text)
        if read is None:
            raise RowError("start_invalid", _("“%(text)s” is no date with a time.") % {"text": text})
        return read

    def _wall(self, day: str, clock: str) -> datetime:
        if not day:
            raise RowError("date_missing", _("No date is given."))
        if not clock:
            raise RowError("time_missing", _("No time is given."))
        date = parse(day, self.layout.date_format)
        if date is None:
            raise RowError("date_invalid", _("“%(text)s” is no date.") % {"text": day})
        time = parse(clock, self.layout.time_format)
        if time is None:
            raise RowError("time_invalid", _("“%(text)s” is no time.") % {"text": clock})
        return datetime.combine(date, time.time())

    def _instant(self, moment: datetime) -> datetime:
        """In UTC, without seconds. What the clock never showed is refused, and of what it showed twice the
        first is taken.
        """
        if moment.year not in YEARS:
            raise RowError("year_invalid", _("The year %(year)s cannot be meant.") % {"year": moment.year})
        wall = read_wall(moment.replace(second=0, microsecond=0), self.layout.zone)
        facts = {"time": f"{moment:%d.%m.%Y %H:%M}"}
        if not wall.exists:
            raise RowError(
                "no_such_time",
                _("%(time)s did not exist: the clocks were put forward in that night.") % facts,
            )
        if wall.is_double:
            sentence = _("%(time)s came twice, the clocks were put back in that night: the first is taken.")
            self.notes.append(("time_twice", sentence % facts))
        return wall.instant

    def _minutes(self, line: Line, start: datetime) -> int | None:
        """None if the file does not say how long it takes."""
        minutes = self._minutes_until(line, start)
        if minutes is None and (text := line.text("minutes")):
            number = re.fullmatch(r"(\d{1,5})(?:[.,]0+)?\s*(?:min|minuten|minutes|')?\.?", text.lower())
            clock = re.fullmatch(r"(\d{1,2}):([0-5]\d)(?::00)?(?:\s*h)?", text.lower())
            if number:
                minutes = int(number[1])
            elif clock:
                minutes = int(clock[1]) * 60 + int(clock[2])
            else:
                raise RowError("minutes_invalid", _("“%(text)s” is no duration.") % {"text": text})
        if minutes is not None and not 0 < minutes <= LONGEST_MINUTES:
            raise RowError("minutes_invalid", _("It would take %(count)s minutes.") % {"count": minutes})
        return minutes

    def _minutes_until(self, line: Line, start: datetime) -> int | None:
        if text := line.text("ends_at"):
            end = self._instant(self._moment(text))
        elif (text := line.text("end_time")) and line.text("date"):
            end = self._instant(self._wall(line.text("date"), text))
        else:
            return None
        if end <= start:
            raise RowError("end_before_start", _("It ends before it begins."))
        return (end - start) // MINUTE

    def _contact(self, line: Line) -> tuple[Contact, str]:
        """Who comes, and what could not be read of how to reach them, which is kept as a note."""
        phone_text, email = line.text("phone"), line.text("email")
        phone = _phone(phone_text)
        kept = []
        if phone_text and phone is None:
            self.notes.append(("phone_unreadable", _("The telephone number is none; it was kept as a note.")))
            kept.append(_("Telephone in the old system: %(text)s") % {"text": phone_text})
        if email and not _is_email(email):
            self.notes.append(("email_unreadable", _("The e-mail address is none; it was kept as a note.")))
            kept.append(_("E-mail in the old system: %(text)s") % {"text": email})
            email = ""
        return Contact(_name(line.text("customer")), phone, email or None), "\n".join(kept)

    def _price(self, text: str) -> Decimal | None:
        price = _amount(text)
        if text and price is None:
            self.notes.append(("price_unreadable", _("“%(text)s” is no price.") % {"text": text}))
        return price


@lru_cache(maxsize=65_536)
def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


_phone = lru_cache(maxsize=65_536)(normalize_phone)


@lru_cache(maxsize=65_536)
def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _name(text: str) -> str:
    """``"Probst, Jana"`` is Jana Probst."""
    last, comma, first = text.partition(",")
    swapped = f"{first.strip()} {last.strip()}" if comma and first.strip() and "," not in first else text
    return swapped.strip(" ,")[:200]


def _amount(text: str) -> Decimal | None:
    """``"1.234,50 €"``, ``"$1,234.50"`` and ``"85"``."""
    digits = re.sub(r"[^\d.,-]", "", text)
    cents = re.search(r"[.,](\d{1,2})$", digits)
    whole = re.sub(r"[.,]", "", digits[: cents.start()] if cents else digits)
    try:
        amount = Decimal(f"{whole or 0}.{cents[1]}" if cents else whole)
    except InvalidOperation:
        return None
    return amount if 0 <= amount <= MOST else None
