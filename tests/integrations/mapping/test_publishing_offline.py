"""What is sold and not mapped, from the database alone (incidents E1, E5, E12)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.models import Service, Staff, StaffServicePhases, StaffSkill
from appointments.models.service import CalendarLayout
from integrations.mapping import parts, publishing
from integrations.mapping.findings import Code
from integrations.models import CalendarEventType
from tests.integrations.mapping.salon import give_host, map_emma
from tests.salons import PERM, Salon, make_salon, make_service


@pytest.fixture
def salon(db: None) -> Salon:
    return make_salon(calendar="mirror")


def found(salon: Salon) -> list[tuple[str, str | None, str | None, int | None]]:
    return [
        (
            each.code,
            each.staff.first_name if each.staff else None,
            each.service.name if each.service else None,
            each.run.position if each.run else None,
        )
        for each in publishing.check(salon.company)
    ]


def test_a_salon_mapped_completely_has_no_findings(salon: Salon) -> None:
    map_emma(salon)
    assert found(salon) == []


def test_e1_a_service_without_event_types_is_named_part_by_part(salon: Salon) -> None:
    map_emma(salon)
    CalendarEventType.objects.filter(service=salon.perm).exclude(phase_position=1).delete()
    assert found(salon) == [
        (Code.NO_EVENT_TYPE, "Emma", "Dauerwelle", 3),
        (Code.NO_EVENT_TYPE, "Emma", "Dauerwelle", 5),
    ]


def test_e5_a_mapping_of_one_stylist_is_no_mapping_of_another(salon: Salon) -> None:
    map_emma(salon)
    salon.jonas.active = True
    salon.jonas.save()
    assert found(salon) == [
        (Code.NO_HOST, "Jonas", None, None),
        (Code.NO_EVENT_TYPE, "Jonas", "Dauerwelle", 1),
        (Code.NO_EVENT_TYPE, "Jonas", "Dauerwelle", 3),
        (Code.NO_EVENT_TYPE, "Jonas", "Dauerwelle", 5),
        (Code.NO_EVENT_TYPE, "Jonas", "Herrenhaarschnitt", 1),
    ]


def test_the_sentence_names_who_and_what(salon: Salon) -> None:
    map_emma(salon)
    CalendarEventType.objects.filter(phase_position=3).delete()
    (finding,) = publishing.check(salon.company)
    assert "Emma Keller, Dauerwelle: Fixierung auftragen" in finding.sentence
    assert "5" in finding.sentence


def test_who_does_not_offer_a_service_needs_no_event_type_for_it(salon: Salon) -> None:
    map_emma(salon)
    CalendarEventType.objects.filter(service=salon.perm).delete()
    Staff.objects.filter(pk=salon.emma.pk).update(offers_all_services=False)
    StaffSkill.objects.create(company=salon.company, staff=salon.emma, service=salon.cut)
    assert found(salon) == []


@pytest.mark.parametrize("off", ["service", "staff", "branch", "calendar"])
def test_what_is_not_sold_is_not_missed(salon: Salon, off: str) -> None:
    row = {"service": salon.perm, "staff": salon.jonas}.get(off, salon.branch)
    if off == "calendar":
        salon.branch.calendar = "off"
    else:
        row.active = False
    row.save()
    gone = {"service": "Dauerwelle", "staff": "Jonas"}.get(off)
    assert all(gone not in each for each in found(salon)) if gone else found(salon) == []


def test_an_event_type_of_a_part_that_is_no_more_is_named(salon: Salon) -> None:
    map_emma(salon)
    Service.objects.filter(pk=salon.perm.pk).update(calendar_layout=CalendarLayout.BLOCK)
    assert found(salon) == [
        (Code.RUN_GONE, "Emma", "Dauerwelle", None),
        (Code.RUN_GONE, "Emma", "Dauerwelle", None),
    ]


def test_e12_the_parts_are_the_runs_that_are_booked(salon: Salon) -> None:
    """Own durations, buffers, layouts: whatever ``plan_for`` says, the mapping says."""
    StaffServicePhases.objects.create(
        company=salon.company, staff=salon.emma, service=salon.perm, minutes=[60, 15, 5, 10, 15, 45]
    )
    make_service(salon.company, "Strähnen", PERM, calendar_layout=CalendarLayout.BLOCK)
    for part in (derived := parts.of_company(salon.company)):
        assert part.run in part.staff.plan_for(part.service).runs()
    expected = [
        (staff.pk, service.pk, run)
        for staff in (salon.emma, salon.jonas)
        for service in salon.company.services.order_by("name")
        for run in staff.plan_for(service).runs()
    ]
    assert [(part.staff.pk, part.service.pk, part.run) for part in derived] == expected


def test_the_number_of_queries_does_not_grow(salon: Salon) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            publishing.check(salon.company)
        return len(captured)

    give_host(salon)
    few = queries()
    for number in range(3):
        Staff.objects.create(company=salon.company, branch=salon.branch, name=f"Aushilfe {number}")
        make_service(salon.company, f"Strähnen {number}", PERM)
    assert queries() == few == 7
