"""What an import brings is followed by the calendar like anything else, if it is still to come."""

from datetime import timedelta
from pathlib import Path

import pytest
from django_q.models import OrmQ

from appointments import booking
from appointments.models import Appointment
from integrations.convergence import due
from integrations.models import CalendarSync
from tests.appointments.importing.files import counts, import_csv
from tests.integrations.calendar import CalendarSalon
from tests.salons import NOW

FILE = """\
Datum;Uhrzeit;Mitarbeiter;Leistung;Kunde
24.11.2025;12:00;Emma Keller;Herrenhaarschnitt;Ines Behr
24.11.2025;10:00;Emma Keller;Herrenhaarschnitt;Jana Probst
24.11.2025;10:30;Emma Keller;Herrenhaarschnitt;Karl Adam
17.11.2025;10:00;Emma Keller;Herrenhaarschnitt;Jana Probst
"""


@pytest.fixture
def imported(calendar: CalendarSalon, tmp_path: Path) -> CalendarSalon:
    assert counts(import_csv(tmp_path, FILE)) == (3, 1, 0, 0)
    return calendar


def test_what_is_to_come_stands_at_calcom_and_nothing_else(imported: CalendarSalon) -> None:
    synced = CalendarSync.objects.order_by("next_try_at")
    assert [row.appointment.attendee for row in synced] == ["Jana Probst", "Ines Behr"], "the next first"
    assert not OrmQ.objects.exists(), "no task for each: the worker's minute comes round"
    assert due.sync_due(now=NOW + timedelta(minutes=1)) == 2
    assert imported.there() == [(101, "10:00", "10:55"), (101, "12:00", "12:55")]


def test_nobody_is_alarmed_before_its_turn(imported: CalendarSalon) -> None:
    first, second = CalendarSync.objects.order_by("next_try_at")
    assert second.pending_since - first.pending_since == timedelta(seconds=2)


def test_conflict_that_gets_its_time_is_followed_too(imported: CalendarSalon) -> None:
    booking.cancel(Appointment.objects.get(attendee_name="Jana Probst", status="booked"), now=NOW)
    promoted = Appointment.objects.get(attendee_name="Karl Adam")
    assert promoted.status == "booked"
    assert CalendarSync.objects.filter(appointment=promoted, state="pending").exists()
