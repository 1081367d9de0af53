"""What becomes of a row: imported, in quarantine, known already, refused; and why."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from appointments import booking
from appointments.booking import Visit
from appointments.models import Allocation, Appointment, Customer, Import, Quarantine, Reservation
from appointments.models.appointment import Source, Status
from tests.appointments.importing.files import Refused, counts, diary, import_csv
from tests.appointments.racing import overlaps
from tests.appointments.tables import everything
from tests.salons import MONDAY, NOW, Salon, at, make_salon

HEADER = "Datum;Uhrzeit;Mitarbeiter;Leistung;Kunde;Status;Nr\n"
PEOPLE = "create_missing: [customers]"
CUT = "24.11.2025;10:00;Emma Keller;Herrenhaarschnitt;Jana Probst;gebucht;1\n"
# Incident 1, as it was typed into the old diary: three perms, each over the one before.
INCIDENT = """\
24.11.2025;11:00;Emma Keller;Dauerwelle;Ines Behr;gebucht;1
24.11.2025;13:00;Emma Keller;Dauerwelle;Karl Adam;gebucht;2
24.11.2025;14:00;Emma Keller;Dauerwelle;Jana Probst;gebucht;3
"""


@pytest.fixture(autouse=True)
def _sunday_evening(salon: Salon) -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def take(tmp_path: Path, rows: str, mapping: str = PEOPLE, **options: object) -> dict[str, object]:
    return import_csv(tmp_path, HEADER + rows, mapping=mapping, **options)


class TestOverlaps:
    def test_incident_1_comes_with_one_in_quarantine_and_the_reason(self, tmp_path: Path) -> None:
        """The second perm loses to the first and takes nothing, so nobody is in the third one's way."""
        result = take(tmp_path, INCIDENT)
        assert (counts(result), result["exit"]) == ((2, 1, 0, 0), 1)
        assert result["conflicts"] == [{"row": 3, "reason": "Überschneidet sich mit Zeile 2."}]
        first = Appointment.objects.order_by("starts_at")[0]
        assert list(Quarantine.objects.values_list("kind", "other", "row", "other_row")) == [
            ("overlap", first.pk, 3, 2)
        ]
        assert overlaps() == 0

    def test_the_gap_of_a_perm_can_be_sold_by_the_old_system_too(self, tmp_path: Path) -> None:
        mapping = (
            PEOPLE
            + "\nstatuses: {}\ncolumns: {date: D, time: T, staff: S, service: L, customer: K, minutes: M}"
        )
        content = (
            "D;T;S;L;K;M\n24.11.2025;11:00;Emma Keller;Dauerwelle;Ines Behr;135\n"
            "24.11.2025;11:50;Emma Keller;Herrenhaarschnitt;Karl Adam;15\n"
        )
        assert counts(import_csv(tmp_path, content, mapping=mapping)) == (2, 0, 0, 0)

    def test_an_appointment_that_was_here_first_stays(self, salon: Salon, tmp_path: Path) -> None:
        mine = salon.book(salon.cut, salon.emma, MONDAY, "10:30")
        result = take(tmp_path, CUT)
        assert counts(result) == (0, 1, 0, 0)
        assert Quarantine.objects.get().other == mine
        assert Allocation.objects.get().appointment == mine

    def test_what_took_place_twice_at_once_is_a_finding_too(self, tmp_path: Path) -> None:
        past = CUT.replace("24.11.2025", "17.11.2025")
        other = past.replace("10:00", "10:30").replace("Jana Probst", "Karl Adam").replace(";1\n", ";2\n")
        assert counts(take(tmp_path, past + other)) == (1, 1, 0, 0)
        third = other.replace("10:30", "10:15").replace(";2\n", ";3\n")
        assert counts(take(tmp_path, third)) == (0, 1, 0, 0), "and of another file"
        assert Allocation.objects.count() == 0

    def test_back_to_back_and_cancelled_overlap_nobody(self, tmp_path: Path) -> None:
        after = CUT.replace("10:00", "10:55").replace(";1\n", ";2\n")
        gone = CUT.replace("gebucht;1", "storniert;3")
        assert counts(take(tmp_path, CUT + after + gone)) == (3, 0, 0, 0)

    def test_live_hold_makes_way_and_the_caller_is_told(self, salon: Salon, tmp_path: Path) -> None:
        hold = booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "10:00"))
        assert counts(take(tmp_path, CUT)) == (1, 0, 0, 0)
        assert Reservation.objects.get(pk=hold.pk).state == "lost"

    def test_old_time_of_an_undecided_move_stays(self, salon: Salon, tmp_path: Path) -> None:
        moving = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        to = booking.Move(start=at(MONDAY, "15:00"))
        booking.reschedule(moving, to, now=NOW, keeps_old_until=NOW + timedelta(minutes=1))
        assert counts(take(tmp_path, CUT)) == (0, 1, 0, 0)
        assert Quarantine.objects.get().kind == "move"

    def test_freed_time_goes_to_the_waiting_row_but_not_to_a_double(
        self, salon: Salon, tmp_path: Path
    ) -> None:
        double = CUT.replace("10:00", "10:15").replace(";1\n", ";2\n")
        other = CUT.replace("10:00", "10:30").replace("Jana Probst", "Karl Adam").replace(";1\n", ";3\n")
        assert counts(take(tmp_path, CUT + double + other)) == (1, 2, 0, 0)
        assert sorted(Quarantine.objects.values_list("kind", flat=True)) == ["duplicate", "overlap"]
        booking.cancel(Appointment.objects.get(status=Status.BOOKED), now=NOW)
        assert [row[3:] for row in diary()] == [
            ("Jana Probst", "cancelled"),
            ("Jana Probst", "conflict"),
            ("Karl Adam", "booked"),
        ]


class TestAgain:
    def test_the_same_file_changes_nothing(self, tmp_path: Path) -> None:
        take(tmp_path, INCIDENT)
        before = everything()
        result = take(tmp_path, INCIDENT)
        assert (counts(result), result["exit"], everything()) == ((0, 0, 3, 0), 0, before)

    @pytest.mark.parametrize("known_by", ["number", "row"])
    def test_edited_file(self, known_by: str, tmp_path: Path) -> None:
        """A new state is the same appointment, another time is another one unless the number says not."""
        header, rows = HEADER, CUT + CUT.replace("10:00", "12:00").replace(";1\n", ";2\n")
        if known_by == "row":
            header = HEADER.replace(";Nr", "")
            rows = rows.replace(";1\n", "\n").replace(";2\n", "\n")
        import_csv(tmp_path, header + rows, mapping=PEOPLE)
        edited = rows.replace("gebucht", "storniert", 1).replace("12:00", "14:00")
        result = import_csv(tmp_path, header + edited, mapping=PEOPLE)
        changed = [note["row"] for note in result["notes"] if "seitdem" in note["reason"]]
        expected = ((0, 0, 2, 0), [2, 3]) if known_by == "number" else ((1, 0, 1, 0), [2])
        assert (counts(result), changed) == expected
        assert diary()[0][4] == "booked", "a promise is not taken back by a file"

    def test_lines_that_stand_twice_become_one_appointment(self, tmp_path: Path) -> None:
        header = HEADER.replace(";Nr", "")
        line = CUT.replace(";1\n", "\n")
        result = import_csv(tmp_path, header + line + line, mapping=PEOPLE)
        assert counts(result) == (1, 0, 1, 0)
        assert result["notes"] == [{"row": 3, "reason": "Dieselbe wie Zeile 2."}]

    def test_refused_rows_are_tried_again_with_a_better_mapping(self, tmp_path: Path) -> None:
        row = CUT.replace("Herrenhaarschnitt", "HHS")
        assert counts(take(tmp_path, row + row.replace(";1\n", ";1\n"))) == (0, 0, 0, 2)
        assert counts(take(tmp_path, row, PEOPLE + "\nservices: {HHS: Herrenhaarschnitt}")) == (1, 0, 0, 0)

    def test_other_companies_rows_are_other_rows(self, salon: Salon, tmp_path: Path) -> None:
        other = make_salon(slug="anderswo")
        take(tmp_path, CUT)
        assert counts(take(tmp_path, CUT, slug="anderswo")) == (1, 0, 0, 0)
        assert Customer.objects.filter(company=other.company).count() == 1
        assert Appointment.objects.get(company=other.company).staff == other.emma


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("Emma Keller", "Frau Unbekannt"), "Stylist/in „Frau Unbekannt“ ist nicht bekannt."),
        (("Herrenhaarschnitt", "Massage"), "Die Leistung „Massage“ ist nicht bekannt."),
        (("24.11.2025", "31.11.2025"), "„31.11.2025“ ist kein Datum."),
        (("10:00", "25:00"), "„25:00“ ist keine Uhrzeit."),
        (("gebucht", "vielleicht"), "Was der Status „vielleicht“ bedeutet, ist nicht bekannt."),
        (("24.11.2025;10:00", "29.03.2026;02:30"), "29.03.2026 02:30 gab es nicht: In dieser Nacht wurde die Uhr vorgestellt."),
        ((";1\n", ";1;zu viel\n"), "Die Zeile hat 8 Spalten, die Kopfzeile 7: Wahrscheinlich fehlt ein Anführungszeichen."),
    ],
)  # fmt: skip
def test_row_that_makes_no_sense_is_refused_with_the_reason(
    change: tuple[str, str], reason: str, tmp_path: Path
) -> None:
    good = "".join(CUT.replace("10:00", f"{hour}:00").replace(";1\n", f";{hour}\n") for hour in range(12, 16))
    result = take(tmp_path, CUT.replace(*change) + good)
    assert (counts(result), result["exit"]) == ((4, 0, 0, 1), 1)
    assert result["rejected"] == [{"row": 2, "reason": reason}]


def test_time_that_comes_twice_is_the_first_and_said(tmp_path: Path) -> None:
    with time_machine.travel("2025-10-01 12:00+02:00", tick=False):
        result = take(tmp_path, CUT.replace("24.11.2025;10:00", "26.10.2025;02:30"))
    assert counts(result) == (1, 0, 0, 0)
    assert Appointment.objects.get().starts_at.isoformat() == "2025-10-26T00:30:00+00:00"
    assert "kam zweimal" in result["notes"][0]["reason"]


def test_unknown_customers_keep_their_name_unless_they_are_made(tmp_path: Path) -> None:
    result = take(tmp_path, CUT, mapping="")
    assert (counts(result), Customer.objects.count(), diary()[0][3]) == ((1, 0, 0, 0), 0, "Jana Probst")


def test_name_never_leads_to_somebody_with_a_number(salon: Salon, tmp_path: Path) -> None:
    """Whoever calls from that number would hear what a namesake has booked (invariant I9)."""
    Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930900101")
    take(tmp_path, CUT)
    assert Appointment.objects.get().customer.phone is None


def test_number_is_the_customer_and_another_name_comes_instead(salon: Salon, tmp_path: Path) -> None:
    jana = Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930900101")
    content = HEADER.replace("Nr", "Telefon") + CUT.replace("Jana Probst", "Mia Probst").replace(
        ";1\n", ";030 900101\n"
    )
    import_csv(tmp_path, content)
    appointment = Appointment.objects.get()
    assert (appointment.customer, appointment.attendee_name) == (jana, "Mia Probst")


def test_history_says_import(tmp_path: Path) -> None:
    take(tmp_path, CUT)
    first = Appointment.objects.get().history.get()
    assert (first.channel, first.actor, first.history_type) == ("import", "import_appointments", "+")
    assert Customer.objects.get().history.get().channel == "import"


def test_trial_run_says_the_same_and_stores_nothing(salon: Salon, tmp_path: Path) -> None:
    rows = INCIDENT + INCIDENT.replace("24.11", "25.11").replace("Emma Keller", "BB")
    mapping = "create_missing: [customers, staff]"
    before = everything()
    trial = take(tmp_path, rows.replace(";1\n", ";9\n", 1), mapping, dry_run=True)
    assert everything() == before
    assert (Customer.objects.count(), salon.company.staff.count()) == (0, 2)
    real = take(tmp_path, rows.replace(";1\n", ";9\n", 1), mapping)
    assert trial == real


def test_imported_appointment_can_be_moved_and_cancelled_like_any_other(tmp_path: Path) -> None:
    take(tmp_path, CUT)
    moved = booking.reschedule(Appointment.objects.get(), booking.Move(start=at(MONDAY, "15:00")), now=NOW)
    assert booking.cancel(moved, now=NOW).status == Status.CANCELLED


def test_calendar_bookings_stay_the_calendars(salon: Salon) -> None:
    with pytest.raises(ValueError, match="import"):
        booking.record(
            staff=salon.emma,
            service=salon.cut,
            start=at(MONDAY, "10:00"),
            plan=salon.emma.plan_for(salon.cut),
            visit=Visit(source=Source.IMPORT),
            now=NOW,
        )


def test_counts_of_the_stored_import_add_up(tmp_path: Path) -> None:
    take(tmp_path, INCIDENT)
    run = Import.objects.get()
    assert (run.state, run.rows_total, run.rows_done) == ("done", 3, 3)


def test_company_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="gibtesnicht"):
        take(tmp_path, CUT, slug="gibtesnicht")
