"""What Cal.com says of what is mapped; one list a stylist, not one request an event type."""

from dataclasses import replace

import pytest
from django.core.management import call_command
from django.utils import timezone

from integrations.mapping import publishing
from integrations.mapping.findings import Code
from integrations.models import CalendarEventType
from integrations.sandbox import EventType, Sandbox, World
from tests.integrations.mapping.conftest import OWN
from tests.integrations.mapping.salon import EMMA_ID, JONAS_ID, TEAM_ID, map_emma
from tests.salons import NOW, Salon


@pytest.fixture(autouse=True)
def mapped(salon: Salon) -> None:
    map_emma(salon)


def found(salon: Salon) -> list[tuple[str, str | None]]:
    return [
        (each.code, each.service.name if each.service else None)
        for each in publishing.check_online(salon.company, now=NOW)
    ]


def test_a_salon_set_up_well_has_no_findings(salon: Salon, sandbox: Sandbox) -> None:
    assert found(salon) == []


def test_f14_an_event_type_that_is_gone(salon: Salon, sandbox: Sandbox, world: World) -> None:
    world.account.event_types.pop(3001)
    assert found(salon) == [(Code.UNKNOWN, "Herrenhaarschnitt")]


def test_f14_somebody_else_s_event_type(salon: Salon, sandbox: Sandbox, world: World) -> None:
    world.account.event_types[3001] = EventType(3001, (JONAS_ID,), 55, "Herrenhaarschnitt", **OWN)
    assert found(salon) == [(Code.OTHER_HOST, "Herrenhaarschnitt")]


def test_e6_a_managed_parent(salon: Salon, sandbox: Sandbox, world: World) -> None:
    """Asked for alone it looks like an ordinary one; only the team's list says what it is."""
    world.account.event_types[3001] = EventType(
        3001, (EMMA_ID,), 55, "Herrenhaarschnitt", scheduling="managed", team_id=TEAM_ID, **OWN
    )
    assert found(salon) == [(Code.MANAGED_PARENT, "Herrenhaarschnitt")]


def test_settings_that_do_not_fit(salon: Salon, sandbox: Sandbox, world: World) -> None:
    types = world.account.event_types
    types[3001] = replace(types[3001], notice=120, interval=None, requires_confirmation=True)
    types[3003] = replace(types[3003], length=10, buffer_after=5)
    assert found(salon) == [
        (Code.LENGTH, "Dauerwelle"),
        (Code.BUFFERS, "Dauerwelle"),
        (Code.CONFIRMATION, "Herrenhaarschnitt"),
        (Code.NOTICE, "Herrenhaarschnitt"),
        (Code.GRID, "Herrenhaarschnitt"),
    ]


def test_what_cal_com_said_is_kept(salon: Salon, sandbox: Sandbox, world: World) -> None:
    types = world.account.event_types
    types[3001] = replace(types[3001], interval=None)
    found(salon)
    cut, curl = (CalendarEventType.objects.get(event_type_id=number) for number in (3001, 3002))
    assert (cut.length_minutes, cut.slot_interval, cut.grid_minutes, cut.checked_at) == (55, None, 55, NOW)
    assert (curl.length_minutes, curl.slot_interval, curl.grid_minutes) == (50, 5, 5)


def test_before_anybody_asked_the_grid_is_not_known(salon: Salon) -> None:
    assert CalendarEventType.objects.get(event_type_id=3001).grid_minutes is None


def test_i6_no_answer_is_not_gone(salon: Salon, sandbox: Sandbox) -> None:
    found(salon)
    sandbox.faults.add("error_before", times=None)
    assert found(salon) == [(Code.UNREACHABLE, None)]
    assert CalendarEventType.objects.get(event_type_id=3001).length_minutes == 55


def test_without_a_key_it_says_so(salon: Salon) -> None:
    assert found(salon) == [(Code.NO_KEY, None)]


def test_the_number_of_requests_does_not_grow_with_the_services(salon: Salon, sandbox: Sandbox) -> None:
    found(salon)
    assert sorted(sandbox.operations()) == ["event_types", "event_types", "me", "memberships", "teams"]


class TestCommand:
    def run(self, *arguments: str) -> int:
        try:
            call_command("check_calendar_mapping", *arguments)
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    def test_nothing_found(self, salon: Salon, sandbox: Sandbox) -> None:
        before = timezone.now()
        assert self.run() == 0
        assert CalendarEventType.objects.filter(checked_at__gte=before).count() == 4

    def test_findings(
        self, salon: Salon, sandbox: Sandbox, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        world.account.event_types.pop(3001)
        assert self.run("--company", salon.company.slug) == 1
        assert "3001" in capsys.readouterr().out

    def test_offline_nobody_is_asked(self, salon: Salon, sandbox: Sandbox, world: World) -> None:
        world.account.event_types.pop(3001)
        assert self.run("--offline") == 0
        assert sandbox.operations() == []

    def test_an_unknown_company(self) -> None:
        assert self.run("--company", "abendrot") == 2
