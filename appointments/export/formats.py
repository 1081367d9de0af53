"""The three formats, each from chunks of appointments to pieces of text."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from icalendar import Calendar, Event

from appointments.export.contributions import cells
from appointments.export.records import Record, records
from appointments.models import Appointment
from appointments.models.appointment import Status

Chunks = Iterable[list[Appointment]]
Format = Callable[[Chunks], Iterator[str]]


def as_json(chunks: Chunks) -> Iterator[str]:
    """A list with a line for each appointment."""
    separator = "[\n"
    for record in records(chunks):
        yield separator + json.dumps(record, ensure_ascii=False)
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


class _Line:
    """What ``csv`` writes to: hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def as_csv(chunks: Chunks) -> Iterator[str]:
    """A line for each appointment, without its phases; of calendar and calls state and ids."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for record in records(chunks):
        yield writer.writerow([guarded(value) for value in _row(record)])


COLUMNS = (
    "id",
    "company",
    "branch",
    "customer_name",
    "customer_phone",
    "customer_email",
    "service",
    "staff",
    "starts_at",
    "ends_at",
    "status",
    "source",
    "calendar",
    "calls",
)


def _row(record: Record) -> list[Any]:
    customer = record["customer"] or {}
    flat = {
        **record,
        **cells(record),
        **{f"customer_{field}": customer.get(field) for field in ("name", "phone", "email")},
    }
    return [flat[column] for column in COLUMNS]


# Those of East Asian keyboards, too: spreadsheets take them for the same.
FORMULA_STARTS = frozenset("=+-@|%＝＋－＠")
CONTROLS = frozenset("\t\r\n")


def guarded(value: Any) -> str:
    """An apostrophe before what a spreadsheet would take for a formula, numbers with a plus too."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip()[:1] in FORMULA_STARTS or text[:1] in CONTROLS else text


def as_ics(chunks: Chunks) -> Iterator[str]:
    """What takes place or took place; what was cancelled, rejected or missed is in nobody's calendar."""
    calendar = Calendar()
    calendar.add("prodid", "-//Terminfest//appointments//DE")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    head, end = calendar.to_ical().decode().split("END:VCALENDAR", 1)
    yield head
    for chunk in chunks:
        for appointment in chunk:
            if appointment.is_blocking or appointment.status == Status.COMPLETED:
                yield _event(appointment).to_ical().decode()
    yield f"END:VCALENDAR{end}"


def _event(appointment: Appointment) -> Event:
    """Its UID stays the same for ever and its sequence grows with every change, so that whoever reads
    it again updates and does not add.
    """
    event = Event()
    event.add("uid", f"{appointment.company.slug}-{appointment.pk}@terminfest")
    event.add("sequence", appointment.revision)
    event.add("dtstamp", appointment.updated_at)
    event.add("dtstart", appointment.starts_at)
    event.add("dtend", appointment.ends_at)
    event.add("summary", ", ".join(filter(None, (appointment.service.name, appointment.attendee))))
    event.add("location", str(appointment.branch))
    event.add("description", appointment.staff.name)
    event.add("status", "TENTATIVE" if appointment.status == Status.PROVISIONAL else "CONFIRMED")
    return event


FORMATS: dict[str, Format] = {"json": as_json, "csv": as_csv, "ics": as_ics}
