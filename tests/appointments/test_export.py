"""The export: the contract's JSON, a CSV that no spreadsheet executes, a calendar that updates."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.utils import translation
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from appointments import booking, export
from appointments.export import contributions, selection
from appointments.management.commands import export_appointments
from appointments.models import Customer
from appointments.models.appointment import Source, Status
from tests.salons import BERLIN, MONDAY, NOW, Salon, at, make_salon

Run = Callable[..., str]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """What the command writes to standard output."""

    def run(*arguments: str) -> str:
        call_command("export_appointments", *arguments)
        return capsys.readouterr().out

    return run


def visit(salon: Salon, name: str = "Sabine Lindner", phone: str = "+493012345678") -> booking.Visit:
    customer = booking.find_or_create_customer(salon.company, name=name, phone=phone, now=NOW)
    return booking.Visit(source=Source.PHONE, customer=customer)


def test_an_appointment_as_the_contract_writes_it(salon: Salon, run: Run) -> None:
    request = salon.request(salon.perm, salon.emma)
    appointment = booking.book(request, start=at(MONDAY, "13:00"), visit=visit(salon))
    (record,) = json.loads(run())
    phases = record.pop("phases")
    assert list(record.items()) == [
        ("id", appointment.pk),
        ("company", "morgenrot"),
        ("branch", "Mitte"),
        ("customer", {"name": "Sabine Lindner", "phone": "+493012345678", "email": None}),
        ("service", "Dauerwelle"),
        ("staff", "Emma Keller"),
        ("starts_at", "2025-11-24T13:00:00+01:00"),
        ("ends_at", "2025-11-24T15:15:00+01:00"),
        ("status", "booked"),
        ("source", "phone"),
        ("calendar", {"state": "none", "bookings": []}),
        ("calls", []),
    ]
    assert phases[1] == {
        "position": 2,
        "name": "Einwirkzeit",
        "staff": "Emma Keller",
        "starts_at": "2025-11-24T13:50:00+01:00",
        "ends_at": "2025-11-24T14:05:00+01:00",
        "busy": False,
    }
    assert [phase["position"] for phase in phases] == [1, 2, 3, 4, 5, 6]


def test_every_format_is_complete_without_appointments(db: None, run: Run) -> None:
    assert json.loads(run("--format", "json")) == []
    assert run("--format", "csv").splitlines() == [",".join(export.formats.COLUMNS)]
    assert Calendar.from_ical(run("--format", "ics")).events == []


def test_nobody_is_null(salon: Salon, run: Run) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    assert json.loads(run())[0]["customer"] is None


def test_offsets_follow_the_clock_change(salon: Salon, run: Run) -> None:
    """29 March 2026: at two o'clock it is three."""
    for day in (date(2026, 3, 28), date(2026, 3, 30)):
        salon.book(salon.cut, salon.emma, day, "10:00")
    starts = [record["starts_at"] for record in json.loads(run())]
    assert starts == ["2026-03-28T10:00:00+01:00", "2026-03-30T10:00:00+02:00"]


def test_days_are_local_and_include_both_ends(run: Run, db: None) -> None:
    """At half past midnight in Berlin it is still yesterday in UTC."""
    salon = make_salon(minimum_notice_minutes=0)
    starts = ((salon.emma, 24, "00:30"), (salon.emma, 24, "23:30"), (salon.jonas, 25, "00:00"))
    for stylist, day, clock in starts:
        late = salon.request(salon.cut, stylist, overrides_hours=True)
        booking.book(late, start=at(date(2025, 11, day), clock), visit=visit(salon))
    (first, last) = json.loads(run("--from", "2025-11-24", "--to", "2025-11-24"))
    assert (first["starts_at"][11:16], last["starts_at"][11:16]) == ("00:30", "23:30")
    assert len(json.loads(run("--from", "2025-11-25"))) == 1
    assert len(json.loads(run("--to", "2025-11-23"))) == 0


def test_each_company_has_its_own_midnight(run: Run, db: None) -> None:
    for slug, zone in (("morgenrot", "Europe/Berlin"), ("far", "Pacific/Auckland")):
        salon = make_salon(slug)
        salon.company.timezone = zone
        salon.company.save()
        request = salon.request(salon.cut, salon.emma, overrides_hours=True)
        booking.book(request, start=at(MONDAY, "13:00"), visit=visit(salon))
    assert [record["company"] for record in json.loads(run("--from", "2025-11-25"))] == ["far"]


def test_one_companys_export_holds_nothing_of_another(run: Run, db: None) -> None:
    for slug in ("morgenrot", "zeitreise"):
        salon = make_salon(slug)
        salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    assert [record["company"] for record in json.loads(run("--company", "zeitreise"))] == ["zeitreise"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--company", "nobody"], "There is no company “nobody”.\n"),
        (["--from", "2026-02-30"], "“2026-02-30” is no date. Write it like 2026-12-21.\n"),
        (["--to", "9999-12-31"], "“9999-12-31” is no date. Write it like 2026-12-21.\n"),
        (["--from", "2026-02-02", "--to", "2026-02-01"], "The last day lies before the first.\n"),
    ],
)
def test_bad_input_is_one_line_and_status_two(
    db: None, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        call_command("export_appointments", *arguments)
    assert (caught.value.code, capsys.readouterr()) == (2, ("", line))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\t=1+1"])
def test_no_cell_is_a_formula(salon: Salon, run: Run, name: str) -> None:
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    customer = Customer.objects.create(company=salon.company, name=name, phone="+493012345678")
    booking.edit(appointment, {"customer": customer}, now=NOW)
    (row,) = csv.DictReader(io.StringIO(run("--format", "csv")))
    assert (row["customer_name"], row["customer_phone"]) == (f"'{name}", "'+493012345678")
    assert row["starts_at"] == "2025-11-24T10:00:00+01:00"


def test_quotes_and_commas_stay_in_their_cell(salon: Salon, run: Run) -> None:
    request = salon.request(salon.cut, salon.emma)
    booking.book(request, start=at(MONDAY, "10:00"), visit=visit(salon, 'Lindner, "Bine"'))
    (row,) = csv.DictReader(io.StringIO(run("--format", "csv")))
    assert row["customer_name"] == 'Lindner, "Bine"'


def test_the_calendar_has_what_takes_place_or_took_place(salon: Salon, run: Run) -> None:
    kept, missed, cancelled = (
        salon.book(salon.cut, salon.emma, MONDAY, clock) for clock in ("10:00", "11:00", "12:00")
    )
    coming = salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    booking.mark(kept, Status.COMPLETED, now=NOW)
    booking.mark(missed, Status.NO_SHOW, now=NOW)
    booking.cancel(cancelled, now=NOW)
    events = Calendar.from_ical(run("--format", "ics")).events
    assert {str(event["uid"]) for event in events} == {
        f"morgenrot-{kept.pk}@terminfest",
        f"morgenrot-{coming.pk}@terminfest",
    }


def test_a_moved_appointment_keeps_its_uid_and_counts_up(salon: Salon, run: Run) -> None:
    """So that a calendar that imports it again moves the entry instead of adding one."""
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    (before,) = Calendar.from_ical(run("--format", "ics")).events
    booking.reschedule(appointment, booking.Move(start=at(MONDAY, "15:00")), now=NOW)
    (after,) = Calendar.from_ical(run("--format", "ics")).events
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["dtstart"].dt == datetime(2025, 11, 24, 15, 0, tzinfo=BERLIN)


def test_other_apps_fill_in_what_they_know(salon: Salon, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    known, other = (salon.book(salon.cut, salon.emma, MONDAY, clock) for clock in ("10:00", "11:00"))
    call = {"call_id": "call_1", "relationship": "original"}
    monkeypatch.setattr(contributions, "_contributions", dict(contributions._contributions))
    export.contribute("calls", loader=lambda ids: {pk: [call] for pk in ids if pk == known.pk})
    assert {record["id"]: record["calls"] for record in json.loads(run())} == {known.pk: [call], other.pk: []}
    rows = csv.DictReader(io.StringIO(run("--format", "csv")))
    assert [row["calls"] for row in rows] == ["call_1", ""]


def test_queries_depend_on_chunks_and_not_on_appointments(
    salon: Salon, run: Run, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The rows come through one cursor. For each chunk: its phases, what the calendar knows, and the calls."""
    monkeypatch.setattr(selection, "CHUNK", 3)
    salon.book(salon.cut, salon.emma, MONDAY, "08:00")
    with django_assert_num_queries(6):
        run()
    for clock in ("09:00", "10:00"):
        salon.book(salon.cut, salon.emma, MONDAY, clock)
    with django_assert_num_queries(6):
        run()
    salon.book(salon.cut, salon.emma, MONDAY, "11:00")
    with django_assert_num_queries(11):
        assert len(json.loads(run())) == 4


def test_a_long_export_shows_that_it_lives(
    salon: Salon, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "CHUNK", 2)
    monkeypatch.setattr(export_appointments, "PROGRESS", 2)
    for clock in ("08:00", "09:00", "10:00"):
        salon.book(salon.cut, salon.emma, MONDAY, clock)
    call_command("export_appointments")
    captured = capsys.readouterr()
    assert captured.err == "2 appointments so far …\n"
    assert len(json.loads(captured.out)) == 3
