"""The dashboard: each number is that of the list it links to, for each login its own, whatever the address says."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.access import Role
from appointments.insights.tiles import Amount, Kind, Tile
from appointments.models import Absence, Appointment, Branch, Company, IntegrityReport, Membership, Staff
from appointments.models.appointment import Source, Status
from appointments.models.company import CalendarMode
from appointments.models.integrity import Trigger
from calls.models import Call, CallAppointment, Callback, FunctionCall, Matter, Relationship
from integrations.models import CalendarCase, CalendarSync, CaseKind
from tests.admin.test_scoping import member
from tests.salons import BERLIN, MONDAY, NOW, Salon, at, make_salon, open_on

URL = reverse("dashboard")
WEEK = {"period": "own", "from": "2025-11-24", "to": "2025-11-30"}


def tiles_of(client: Client, **query: str) -> dict[str, Tile]:
    page = client.get(URL, WEEK | query)
    return {drawn.tile.key: drawn.tile for drawn in page.context["tiles"]}


def figures(tile: Tile) -> dict[str, str]:
    return {str(figure.label): str(figure.amount) for figure in tile.figures}


def count_at(client: Client, url: str) -> int:
    page = client.get(url)
    assert page.status_code == 200, url
    return page.context["cl"].result_count


def counted(tile: Tile) -> list[tuple[str, int, str]]:
    """Every count of a tile with the address of its rows."""
    bars: list[Any] = [*tile.figures, *tile.bars]
    found = [
        (str(each.label), int(each.amount.value), each.url) for each in bars if each.amount.kind == Kind.COUNT
    ]
    series = tile.columns.series if tile.columns else ()
    cells = [(each.label, cell.count, cell.url) for each in series for cell in each.cells if cell.count]
    return found + cells


def call_of(salon: Salon, number: int, *, began: datetime = NOW, **facts: Any) -> Call:
    return Call.objects.create(
        company=salon.company,
        branch=salon.branch,
        call_id=f"call_{salon.company.slug}_{number}",
        started_at=began + timedelta(minutes=number),
        **facts,
    )


def asked(call: Call, status: str, name: str = "start_booking", **facts: Any) -> None:
    FunctionCall.objects.create(
        call=call, name=name, args={}, reply={}, status=status, created_at=call.started_at, **facts
    )


def store(appointment: Appointment, **columns: Any) -> None:
    """As the calendar, an import or years leave it; the ledger goes with what no longer blocks."""
    Appointment.objects.filter(pk=appointment.pk).update(**columns)
    if columns.get("status") not in {None, Status.PROVISIONAL}:
        appointment.allocations.all().delete()


def fill(salon: Salon) -> None:
    """Something for every number of the page, in the week of the Monday."""
    salon.branch.calendar = CalendarMode.MIRROR
    salon.branch.save()
    perm = salon.book(salon.perm, salon.emma, MONDAY, "09:00")
    blow_dry = salon.cut
    blow_dry.phases.update(minutes=15)
    in_the_gap = salon.book(blow_dry, salon.emma, MONDAY, "09:50")
    done, missed, gone, refused = (
        salon.book(salon.cut, salon.jonas, MONDAY + timedelta(days=place), "10:00") for place in range(4)
    )
    for appointment, status in (
        (done, Status.COMPLETED),
        (missed, Status.NO_SHOW),
        (gone, Status.CANCELLED),
        (refused, Status.REJECTED),
    ):
        store(appointment, status=status)
    for appointment, source in ((perm, Source.PHONE), (in_the_gap, Source.API), (done, Source.IMPORT)):
        store(appointment, source=source)
    Appointment.objects.update(created_at=at(MONDAY, "08:00"))
    fill_calls(salon, perm)
    CalendarCase.objects.create(company=salon.company, kind=CaseKind.UNKNOWN_HOST, uid="u", opened_at=NOW)
    CalendarCase.objects.create(
        company=salon.company, appointment=perm, kind=CaseKind.MOVED, uid="m", opened_at=NOW
    )
    CalendarSync.objects.filter(appointment=in_the_gap).update(
        state="synced", pending_since=None, next_try_at=None
    )
    for place, ratio in enumerate((0.5, 0.9996)):
        IntegrityReport.objects.create(
            company=salon.company,
            day=MONDAY + timedelta(days=place),
            trigger=Trigger.DAILY,
            started_at=NOW,
            ratio=ratio,
        )


def fill_calls(salon: Salon, appointment: Appointment) -> None:
    began = at(MONDAY, "09:00")
    booked, lost, nothing, trial = (
        call_of(salon, number, began=began, agent_id="agent_test_call" if number == 3 else "agent")
        for number in range(4)
    )
    for relationship in (Relationship.ORIGINAL, Relationship.CANCELLATION):
        CallAppointment.objects.create(
            company=salon.company,
            call=booked,
            appointment=appointment,
            relationship=relationship,
            created_at=NOW,
        )
    Callback.objects.create(
        company=salon.company,
        branch=salon.branch,
        call=lost,
        matter=Matter.OTHER,
        created_at=NOW,
        due_at=NOW,
    )
    for call in (booked, trial):
        asked(call, "needs_name")
        asked(call, "booked")
        asked(call, "already_booked")
    asked(lost, "slot_taken", lost_race=True)
    asked(lost, "slot_taken", "book_appointment")
    asked(lost, "slot_taken", "reschedule_appointment", lost_race=True)
    asked(nothing, "refused", "collect_appointment_data")
    asked(nothing, "error")


@pytest.mark.parametrize("role", [Role.MANAGER, None])
def test_each_number_is_that_of_its_list(salon: Salon, role: Role | None, desk: Client) -> None:
    """Also of the operator, who sees two companies, one of them elsewhere on earth."""
    fill(salon)
    other = make_salon(slug="anderswo")
    Company.objects.filter(pk=other.company.pk).update(timezone="America/New_York")
    fill(other)
    client = desk if role is None else member(salon, role)
    tiles = tiles_of(client, company="morgenrot")
    numbers = [
        (tile.key, label, number, url) for tile in tiles.values() for label, number, url in counted(tile)
    ]
    assert {key for key, *_rest in numbers} == {
        "gaps",
        "bookings",
        "kept",
        "outcomes",
        "attempts",
        "agreement",
        "reminders",
    }
    assert numbers == [(key, label, count_at(client, url), url) for key, label, _number, url in numbers]


def test_what_the_numbers_are(salon: Salon) -> None:
    fill(salon)
    tiles = tiles_of(member(salon, Role.OWNER))
    # Emma: 110 of the perm's 135 minutes and 15 in its gap; Jonas: 15 that took place.
    assert figures(tiles["utilisation"]) == {
        "Auslastung": "1,6 %",
        "gebuchte Zeit": "2:20 Std.",
        "Arbeitszeit": "144:00 Std.",
    }
    assert figures(tiles["gaps"]) == {
        "angeboten": "0:25 Std.",
        "verkauft": "0:15 Std.",
        "Anteil verkauft": "60,0 %",
        "Termine mit Lücke": "1",
        "Termine in Lücken": "1",
    }
    assert figures(tiles["bookings"]) == {
        "alle Wege": "5",
        "Telefon": "1",
        "Team": "2",
        "Schnittstelle": "1",
        "Kalender": "0",
        "Import": "1",
    }
    assert [str(figure.amount) for figure in tiles["kept"].figures] == ["3", "1", "1"]
    assert [str(figure.detail) for figure in tiles["kept"].figures][1] == "Anteil: 20,0 %"
    assert {bar.label: str(bar.amount) for bar in tiles["outcomes"].bars} == {
        "gebucht": "1",
        "verschoben": "0",
        "abgesagt": "1",
        "noch einmal gewünscht": "0",
        "nachgefragt": "0",
        "zurückzurufen": "1",
        "ohne Ergebnis": "1",
    }
    assert [str(bar.amount) for bar in tiles["attempts"].bars] == ["1", "1", "1", "1", "1"]
    assert figures(tiles["attempts"])["verlorene Rennen"] == "20,0 %"
    assert list(figures(tiles["agreement"]).values()) == ["50,0 %", "2", "1", "5", "2"]
    line = tiles["agreement"].line
    assert line is not None
    assert [str(point.amount) for point in line.points] == ["50,0 %", "99,9 %"]  # never rounded up


def test_a_share_leads_to_the_appointments_it_is_made_of(salon: Salon) -> None:
    fill(salon)
    owner = member(salon, Role.OWNER)
    bars = {bar.label: bar for bar in tiles_of(owner)["utilisation"].bars}
    assert {name: (count_at(owner, bar.url), bar.detail.split(", ")[-1]) for name, bar in bars.items()} == {
        "Emma Keller": (2, "2 Termine"),
        "Jonas Brandt": (1, "1 Termin"),
    }


def test_absence_holiday_and_leaving_shorten_working_time(salon: Salon) -> None:
    Absence.objects.create(staff=salon.emma, starts_at=at(MONDAY, "08:00"), ends_at=at(MONDAY, "14:00"))
    Staff.objects.filter(pk=salon.jonas.pk).update(active=False)
    one_day = {"from": "2025-11-24", "to": "2025-11-24"}
    owner = member(salon, Role.OWNER)
    assert figures(tiles_of(owner, **one_day)["utilisation"])["Arbeitszeit"] == "6:00 Std."
    christmas = {"from": "2025-12-25", "to": "2025-12-25"}
    tile = tiles_of(owner, **christmas)["utilisation"]
    assert (figures(tile)["Arbeitszeit"], figures(tile)["Auslastung"]) == ("0:00 Std.", "–")


@pytest.mark.parametrize(("day", "hours"), [("2025-10-26", "25:00 Std."), ("2026-03-29", "23:00 Std.")])
def test_the_days_of_the_clock_change_are_as_long_as_they_are(salon: Salon, day: str, hours: str) -> None:
    """Open around the clock on Sunday, with one stylist; what is booked at its last minute belongs to it."""
    open_on(salon.branch, [6], 0, 24 * 60)
    Staff.objects.filter(pk=salon.jonas.pk).update(active=False)
    late = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    for minute, number in (("23:59", "1"), ("00:00", "1")):
        start = at(date.fromisoformat(day), minute)
        store(late, starts_at=start, ends_at=start + timedelta(minutes=55), status=Status.COMPLETED)
        tiles = tiles_of(member_once(salon), **{"from": day, "to": day})
        assert figures(tiles["utilisation"])["Arbeitszeit"] == hours
        assert str(tiles["kept"].figures[0].amount) == number


def member_once(salon: Salon) -> Client:
    client = Client()
    owner = Membership.objects.filter(company=salon.company, role=Role.OWNER).first()
    if owner is None:
        return member(salon, Role.OWNER)
    client.force_login(owner.user)
    return client


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.OWNER, 200), (Role.MANAGER, 200), (Role.RECEPTIONIST, 403), (Role.STYLIST, 403)],
)
def test_it_is_for_owner_and_manager(salon: Salon, role: Role, status: int) -> None:
    desk = member(salon, role, staff=salon.emma)
    assert desk.get(URL).status_code == status
    assert (URL in desk.get(reverse("planner")).content.decode()) == (status == 200)


def test_whoever_is_of_no_company_or_not_logged_in_sees_nothing(salon: Salon) -> None:
    nobody = Client()
    assert nobody.get(URL).status_code == 302
    nobody.force_login(User.objects.create_user("niemand", is_staff=True))
    assert nobody.get(URL).status_code == 403
    assert nobody.post(URL).status_code in {403, 405}


def test_companies_and_branches_stay_apart(salon: Salon) -> None:
    fill(salon)
    other = make_salon(slug="anderswo")
    stranger = member(other, Role.OWNER)
    for query in ({}, {"company": "morgenrot"}, {"branch": str(salon.branch.pk)}):
        tiles = tiles_of(stranger, **query)
        assert {number for tile in tiles.values() for _label, number, _url in counted(tile)} == {0}
        assert "Jonas" in {bar.label.split()[0] for bar in tiles["utilisation"].bars}  # their own
    nord = Branch.objects.create(company=salon.company, name="Nord")
    here, there = member(salon, Role.OWNER), member(salon, Role.MANAGER)
    Membership.objects.get(role=Role.MANAGER).branches.add(nord, through_defaults={"company": salon.company})
    assert str(tiles_of(there)["kept"].figures[0].amount) == "0"
    assert str(tiles_of(there, branch=str(salon.branch.pk))["kept"].figures[0].amount) == "0"
    for branch, number in ((salon.branch, 3), (nord, 0)):
        tiles = tiles_of(here, branch=str(branch.pk))
        assert tiles["kept"].figures[0].amount.value == number
        firsts = [counted(tile)[0] for tile in tiles.values() if counted(tile)]
        assert firsts == [(label, count_at(here, url), url) for label, _value, url in firsts]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"period": "unsinn"}, "Diesen Zeitraum gibt es nicht"),
        ({"period": "own"}, "Bitte geben Sie beide Tage"),
        ({"period": "own", "from": "31.12.2025", "to": "\x01"}, "Bitte geben Sie beide Tage"),
        ({"period": "own", "from": "0001-01-01", "to": "9999-12-31"}, "Bitte geben Sie beide Tage"),
        ({"period": "own", "from": "2025-12-31", "to": "2025-12-30"}, "endet, bevor er beginnt"),
        ({"period": "own", "from": "2023-01-01", "to": "2025-12-30"}, "höchstens ein Jahr"),
        ({"branch": "9" * 30}, "Diese Filiale gibt es nicht"),
        ({"company": "'; DROP"}, "Dieses Unternehmen gibt es nicht"),
    ],
)
def test_nonsense_in_the_address_is_said_and_the_default_shown(
    salon: Salon, query: dict[str, str], sentence: str
) -> None:
    page = member(salon, Role.OWNER).get(URL, query)
    assert (page.status_code, sentence in page.content.decode()) == (200, True)
    assert len(page.context["tiles"]) == 8
    assert page.context["frame"].span.first == date(2025, 10, 25)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("today", "2025-11-23", "2025-11-23"),
        ("yesterday", "2025-11-22", "2025-11-22"),
        ("7", "2025-11-17", "2025-11-23"),
        ("30", "2025-10-25", "2025-11-23"),
        ("month", "2025-11-01", "2025-11-30"),
    ],
)
def test_periods_are_reckoned_by_the_salons_clock(
    salon: Salon, clock: time_machine.Traveller, period: str, first: str, last: str
) -> None:
    clock.move_to(datetime(2025, 11, 23, 0, 30, tzinfo=BERLIN))  # still Saturday in UTC
    span = member(salon, Role.OWNER).get(URL, {"period": period}).context["frame"].span
    assert (str(span.first), str(span.last)) == (first, last)


def test_a_list_refuses_days_that_are_none(salon: Salon) -> None:
    owner = member(salon, Role.OWNER)
    for url in ("admin:appointments_appointment_changelist", "admin:calls_call_changelist"):
        assert owner.get(reverse(url), {"days": "gestern"}).status_code == 302  # as Django says: ?e=1


def test_the_page_asks_as_much_for_many_rows_as_for_one(salon: Salon) -> None:
    owner = member(salon, Role.OWNER)
    fill(salon)
    owner.get(URL)
    with CaptureQueriesContext(connection) as few:
        owner.get(URL, WEEK)
    for number in range(30):
        call = call_of(salon, 100 + number, began=at(MONDAY, "10:00"))
        asked(call, "booked")
        day = MONDAY + timedelta(days=1 + number // 10)
        store(salon.book(salon.perm, salon.emma, day, "09:00"), status=Status.COMPLETED)
        Branch.objects.create(company=salon.company, name=f"Filiale {number}")
    with CaptureQueriesContext(connection) as many:
        owner.get(URL, WEEK)
    assert len(many) == len(few)


def test_a_lost_race_is_kept_with_its_function_call(salon: Salon) -> None:
    """The dashboard counts what the metric counts."""
    from tests.calls.phone import Phone  # noqa: PLC0415 - a telephone is needed only here

    phone = Phone(salon.number, caller="+4930900102")
    wish = {
        "datum": "Montag",
        "uhrzeit": "10 Uhr",
        "dienstleistung": "Herrenhaarschnitt",
        "mitarbeiter": "Emma",
    }
    held = phone.ask("check_availability", **wish)
    assert held["status"] == "available"
    with time_machine.travel(NOW + timedelta(minutes=20), tick=False):
        salon.book(salon.cut, salon.emma, MONDAY, "10:00", now=NOW + timedelta(minutes=20))
        assert phone.ask("start_booking", name="Jana Probst", **wish)["status"] == "slot_taken"
    kept = FunctionCall.objects.order_by("pk").values_list("name", "lost_race")
    assert list(kept) == [("check_availability", False), ("start_booking", True)]


def test_amounts_are_said_in_the_language_of_the_page() -> None:
    assert str(Amount(1234)) == "1.234"
    assert str(Amount(0.9996, Kind.SHARE)) == "99,9 %"
    assert str(Amount(None, Kind.SHARE)) == "–"
    assert str(Amount(1234.5, Kind.HOURS)) == "1.234:30 Std."
