"""Files as other systems write them: German salon software, an Excel sheet, an American export."""

from pathlib import Path

import pytest
import time_machine

from appointments.models import Allocation, Appointment, Customer, Service, Staff
from tests.appointments.importing.files import counts, diary, import_csv
from tests.salons import NOW, Salon

# Exported from salon software: dd.mm.yyyy, first and last name apart, its own words for a state.
GERMAN = """\
Termin-Nr;Datum;Uhrzeit;Dauer (min);Mitarbeiter;Leistung;Vorname;Nachname;Mobil;Status;Bemerkung
4711;24.11.2025;09:00;55;Emma Keller;Herrenhaarschnitt;Jana;Probst;0170 1234501;gebucht;kommt etwas später
4712;24.11.2025;11:00;135;Emma;Dauerwelle;Ines;Behr;;bestätigt;
4713;21.11.2025;10:00;55;Jonas Brandt;Herrenhaarschnitt;Karl;Adam;;erledigt;
4714;20.11.2025;10:00;55;Jonas Brandt;Herrenhaarschnitt;Karl;Adam;;nicht erschienen;
4715;25.11.2025;10:00;55;Jonas Brandt;Herrenhaarschnitt;Karl;Adam;;storniert;
4716;19.11.2025;10:00;55;Jonas Brandt;Herrenhaarschnitt;Karl;Adam;;gebucht;
"""

# As in contract.md §5: codes for everything, month before day, hours to twelve.
AMERICAN = """\
Code,Date,Time,Service,Staff,Minutes
C17,11/24/2025,09:00:00 AM,SHCW,JJ,55
C18,11/24/2025,1:30:00 PM,SHCW,JJ,60
C19,12/01/2025,12:00:00 PM,COLOR,BB,
"""
AMERICAN_MAPPING = """\
delimiter: ","
encoding: utf-8
timezone: Europe/Berlin
columns: {customer: Code, staff: Staff, service: Service, date: Date, time: Time, minutes: Minutes}
date_format: "%m/%d/%Y"
time_format: "%I:%M:%S %p"
services: {SHCW: Herrenhaarschnitt}
staff: {JJ: Jonas Brandt}
create_missing: [customers, staff, services]
default_minutes: 60
"""

# Saved by Excel on a German Windows.
EXCEL = (
    "sep=;\r\n"
    "Beginn;Ende;Friseur;Behandlung;Kunde;Preis\r\n"
    "24.11.2025 14:00;24.11.2025 14:55;Emma Keller;Herrenhaarschnitt;Größl, Jürgen;1.030,50 €\r\n"
    "24.11.2025 15:00;24.11.2025 15:55;Emma Keller;Herrenhaarschnitt;Weiß, Änne;30,00\r\n"
).encode("cp1252")


@pytest.fixture(autouse=True)
def _sunday_evening(salon: Salon) -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def test_german_salon_software(tmp_path: Path) -> None:
    result = import_csv(tmp_path, GERMAN, mapping="create_missing: [customers]")
    assert counts(result) == (6, 0, 0, 0)
    assert result["exit"] == 0
    assert diary() == [
        ("2025-11-19 10:00", "Jonas Brandt", "Herrenhaarschnitt", "Karl Adam", "completed"),
        ("2025-11-20 10:00", "Jonas Brandt", "Herrenhaarschnitt", "Karl Adam", "no_show"),
        ("2025-11-21 10:00", "Jonas Brandt", "Herrenhaarschnitt", "Karl Adam", "completed"),
        ("2025-11-24 09:00", "Emma Keller", "Herrenhaarschnitt", "Jana Probst", "booked"),
        ("2025-11-24 11:00", "Emma Keller", "Dauerwelle", "Ines Behr", "confirmed"),
        ("2025-11-25 10:00", "Jonas Brandt", "Herrenhaarschnitt", "Karl Adam", "cancelled"),
    ]
    assert list(Customer.objects.order_by("name").values_list("name", "phone")) == [
        ("Ines Behr", None),
        ("Jana Probst", "+491701234501"),
        ("Karl Adam", None),
    ]
    jana, perm = (
        Appointment.objects.get(customer__name="Jana Probst"),
        Appointment.objects.get(status="confirmed"),
    )
    assert jana.notes == "kommt etwas später"
    assert (perm.phases.count(), perm.allocations.count()) == (6, 4), "the gaps can be sold"
    assert Allocation.objects.count() == 5, "only what is to come takes time"


def test_american_export_as_in_the_contract(tmp_path: Path) -> None:
    result = import_csv(tmp_path, AMERICAN, mapping=AMERICAN_MAPPING)
    assert counts(result) == (3, 0, 0, 0)
    assert diary() == [
        ("2025-11-24 09:00", "Jonas Brandt", "Herrenhaarschnitt", "C17", "booked"),
        ("2025-11-24 13:30", "Jonas Brandt", "Herrenhaarschnitt", "C18", "booked"),
        ("2025-12-01 12:00", "BB", "COLOR", "C19", "booked"),
    ]
    minutes = [
        (row.ends_at - row.starts_at).seconds // 60 for row in Appointment.objects.order_by("starts_at")
    ]
    assert minutes == [55, 60, 60], "as long as it was booked, not as long as it takes here"
    # Nobody is offered on the phone whom only an old file knows.
    assert list(Staff.objects.filter(active=False).values_list("name", flat=True)) == ["BB"]
    assert list(Service.objects.filter(active=False).values_list("name", flat=True)) == ["COLOR"]


def test_excel_on_a_german_windows(tmp_path: Path) -> None:
    result = import_csv(tmp_path, EXCEL, mapping="create_missing: [customers]")
    assert counts(result) == (2, 0, 0, 0)
    assert [row[3] for row in diary()] == ["Jürgen Größl", "Änne Weiß"]
    assert [str(row.price) for row in Appointment.objects.order_by("starts_at")] == ["1030.50", "30.00"]
