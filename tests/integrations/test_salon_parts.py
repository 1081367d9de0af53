"""The calendar's parts of the salon file, and what the export says about the calendar."""

import json
from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from appointments import booking
from appointments.models import Service, Staff
from appointments.models.appointment import Status
from integrations.calendar_export import calendar_states
from integrations.models import CalendarEventType, CalendarHost
from tests.salon_files import CONTRACT, apply, changed
from tests.salons import BERLIN, MONDAY, make_salon
from tests.salons import NOW as NOVEMBER

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=BERLIN)


def hosts() -> dict[str, int]:
    return dict(CalendarHost.objects.values_list("staff__name", "calcom_user_id"))


def event_types() -> set[tuple[str, str, int, int]]:
    fields = ("staff__name", "service__name", "phase_position", "event_type_id")
    return set(CalendarEventType.objects.values_list(*fields))


def test_each_run_of_busy_phases_has_its_event_type(db: None) -> None:
    apply(CONTRACT, now=NOW)
    assert hosts() == {"Emma Keller": 101}
    assert event_types() == {
        ("Emma Keller", "Herrenhaarschnitt", 1, 3001),
        ("Emma Keller", "Dauerwelle", 1, 3002),
        ("Emma Keller", "Dauerwelle", 3, 3003),
        ("Emma Keller", "Dauerwelle", 5, 3004),
    }
    assert apply(CONTRACT, now=NOW).changes == ()


def test_the_file_and_the_calendar_speak_of_the_same_runs(db: None) -> None:
    """One derivation for both (incident E12)."""
    apply(CONTRACT, now=NOW)
    perm, emma = Service.objects.get(name="Dauerwelle"), Staff.objects.get(name="Emma Keller")
    mapped = CalendarEventType.objects.filter(service=perm, staff=emma).order_by("phase_position")
    assert [one.phase_position for one in mapped] == [run.position for run in emma.plan_for(perm).runs()]


def test_a_block_is_mapped_by_its_first_phase(db: None) -> None:
    only_one = CONTRACT[: CONTRACT.index("  - {staff: Emma Keller, service: Dauerwelle, phase: Fix")]
    for phase in (", phase: Haare wickeln", ""):
        apply(
            changed(
                ("calendar_layout: phases ", "calendar_layout: block "),
                (", phase: Haare wickeln", phase),
                text=only_one,
            ),
            now=NOW,
        )
        assert ("Emma Keller", "Dauerwelle", 1, 3002) in event_types()


def test_event_types_are_replaced_to_match(db: None) -> None:
    apply(CONTRACT, now=NOW)
    apply(
        changed(("id: 3004", "id: 3005"), ("Herrenhaarschnitt, id: 3001", "Herrenhaarschnitt, id: 3004")),
        now=NOW,
    )
    assert {pair[2:] for pair in event_types()} == {(1, 3004), (1, 3002), (3, 3003), (5, 3005)}


def test_a_host_that_the_file_does_not_mention_stays(db: None) -> None:
    """It may have been found at Cal.com by e-mail; losing it was the start of incident 1."""
    apply(CONTRACT, now=NOW)
    silent = changed((", calcom_user_id: 101", ""))
    assert apply(silent, now=NOW).changes == ()
    assert hosts() == {"Emma Keller": 101}
    apply(changed((", calcom_user_id: 101", ", calcom_user_id: null")), now=NOW)
    assert hosts() == {}


def test_two_stylists_may_swap_their_hosts(db: None) -> None:
    both = changed(("    branch: Mitte\n", "    branch: Mitte\n    calcom_user_id: 102\n"))
    apply(both, now=NOW)
    swapped = both.replace("id: 101}", "id: 0}").replace("id: 102", "id: 101").replace("id: 0}", "id: 102}")
    apply(swapped, now=NOW)
    assert hosts() == {"Emma Keller": 102, "Jonas Brandt": 101}


def test_the_database_refuses_a_mapping_across_companies(db: None) -> None:
    """Thirteen services once pointed at another company's event types (incident F14)."""
    ours, theirs = make_salon("morgenrot"), make_salon("zeitreise")
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarHost.objects.create(company=ours.company, staff=theirs.emma, calcom_user_id=101)
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarEventType.objects.create(
            company=ours.company, staff=ours.emma, service=theirs.cut, event_type_id=3001
        )


@pytest.mark.parametrize(
    ("mode", "status", "state"),
    [
        ("mirror", Status.BOOKED, "pending"),
        ("strict", Status.BOOKED, "pending"),
        ("mirror", Status.COMPLETED, "pending"),
        ("mirror", Status.CANCELLED, "none"),
        ("off", Status.BOOKED, "none"),
    ],
)
def test_the_export_says_whether_the_calendar_has_to_follow(
    db: None, capsys: pytest.CaptureFixture[str], mode: str, status: Status, state: str
) -> None:
    salon = make_salon(calendar=mode)
    appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    booking.mark(appointment, status, now=NOVEMBER)
    call_command("export_appointments")
    assert json.loads(capsys.readouterr().out)[0]["calendar"] == {"state": state, "bookings": []}
    assert calendar_states([]) == {}
