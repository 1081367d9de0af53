"""What is wrong with an event type, from Cal.com's own words (incidents E6, F14)."""

from typing import Any

import pytest

from appointments.models import Branch, Company, Service, Staff
from appointments.rules.phases import Phase, Plan
from integrations.calcom import wire
from integrations.mapping.findings import Code, Severity
from integrations.mapping.judging import judge
from integrations.mapping.parts import Part

EMMA_ID = 101
OFF = {"disabled": True}
RAW = {
    "id": 3001,
    "ownerId": EMMA_ID,
    "lengthInMinutes": 55,
    "title": "Herrenhaarschnitt",
    "slug": "herrenhaarschnitt",
    "slotInterval": 5,
    "minimumBookingNotice": 15,
    "beforeEventBuffer": 0,
    "afterEventBuffer": 0,
    "recurrence": None,
    "confirmationPolicy": OFF,
    "seats": OFF,
    "users": [{"id": EMMA_ID, "name": "Emma Keller"}],
}
CUT = Plan((Phase("", 55),))
PERM = Plan((Phase("Wickeln", 50), Phase("Einwirkzeit", 16, busy=False), Phase("Schneiden", 55)))


def part(plan: Plan = CUT, number: int = 0, *, slot_minutes: int = 5, **service: Any) -> Part:
    company = Company(name="Morgenrot", slug="morgenrot")
    branch = Branch(company=company, name="Mitte", slot_minutes=slot_minutes, minimum_notice_minutes=15)
    staff = Staff(pk=1, company=company, branch=branch, name="Emma Keller")
    runs = plan.runs()
    return Part(
        staff,
        Service(pk=1, company=company, name="Herrenhaarschnitt", **service),
        runs[number],
        first=number == 0,
        last=number == len(runs) - 1,
    )


def codes(wanted: Part | None = None, **said: Any) -> list[str]:
    event_type = wire.EventType.model_validate({**RAW, **said}).value()
    return [
        found.code
        for found in judge(event_type, wanted or part(), event_type_id=event_type.id, user_id=EMMA_ID)
    ]


def test_one_as_it_should_be() -> None:
    assert codes() == []


def test_f14_one_that_cal_com_does_not_know() -> None:
    (found,) = judge(None, part(), event_type_id=3001, user_id=EMMA_ID)
    assert (found.code, found.severity) == (Code.UNKNOWN, Severity.ERROR)


def test_e6_a_managed_parent_and_nothing_else_is_said_of_it() -> None:
    managed = {"schedulingType": "managed", "parentEventTypeId": None, "lengthInMinutes": 10}
    assert codes(**managed) == [Code.MANAGED_PARENT]


def test_e6_its_child_is_fine() -> None:
    assert codes(schedulingType=None, parentEventTypeId=7, users=[], hosts=[]) == []


def test_f14_somebody_else_s() -> None:
    assert codes(ownerId=102, users=[{"id": 102}]) == [Code.OTHER_HOST]


def test_one_that_is_not_theirs_alone() -> None:
    round_robin = {"schedulingType": "roundRobin", "users": [], "hosts": [{"userId": 101}, {"userId": 102}]}
    assert codes(**round_robin) == [Code.OTHER_HOST]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"lengthInMinutes": 60}, Code.LENGTH),
        ({"minimumBookingNotice": 120}, Code.NOTICE),
        ({"slotInterval": 10}, Code.GRID),
        ({"slotInterval": None}, Code.GRID),
        ({"confirmationPolicy": {"type": "always"}}, Code.CONFIRMATION),
        ({"afterEventBuffer": 10}, Code.BUFFERS),
        ({"beforeEventBuffer": 5}, Code.BUFFERS),
        ({"seats": {"seatsPerTimeSlot": 4, "showAttendeeInfo": True}}, Code.SEATS),
        ({"recurrence": {"interval": 1, "occurrences": 3, "frequency": "weekly"}}, Code.RECURRING),
    ],
)
def test_what_does_not_fit(said: dict[str, Any], code: Code) -> None:
    assert codes(**said) == [code]


def test_a_length_among_several_fits() -> None:
    assert codes(lengthInMinutes=30, lengthInMinutesOptions=[30, 55]) == []


def test_buffers_that_the_salon_keeps_too_fit() -> None:
    assert codes(part(buffer_after_minutes=10), afterEventBuffer=10) == []


def test_a_gap_has_no_buffers() -> None:
    """The service's buffer lies behind its end, not in the gap where a colleague's customer sits."""
    beginning = part(PERM, 0, buffer_after_minutes=10)
    assert codes(beginning, lengthInMinutes=50, afterEventBuffer=10) == [Code.BUFFERS]


@pytest.mark.parametrize(
    ("number", "interval", "fits"), [(0, 15, True), (1, 15, False), (1, 6, False), (1, 3, True), (1, 1, True)]
)
def test_the_grid_is_that_of_the_part_s_own_starts(number: int, interval: int, fits: bool) -> None:  # noqa: FBT001
    """The second part begins 66 minutes after the appointment: on a grid of 15 its starts lie at 3."""
    wanted = part(PERM, number, slot_minutes=15)
    found = codes(wanted, lengthInMinutes=wanted.minutes, slotInterval=interval)
    assert found == ([] if fits else [Code.GRID])


def test_the_sentence_says_which_interval_to_set() -> None:
    event_type = wire.EventType.model_validate({**RAW, "slotInterval": 30}).value()
    (found,) = judge(event_type, part(slot_minutes=15), event_type_id=3001, user_id=EMMA_ID)
    assert found.facts["ours"] == 15
    assert "15" in found.sentence
