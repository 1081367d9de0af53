"""Calendars and event types found at Cal.com and stored, by the command; the sandbox is asked over HTTP."""

from typing import Any

import pytest
from django.core.management import call_command

from integrations.calcom.types import Member
from integrations.mapping import matching
from integrations.mapping.hosts import Match, Person, Verdict
from integrations.models import CalendarEventType, CalendarHost
from integrations.sandbox import EventType, Host, Sandbox, Team, World
from tests.integrations.mapping.conftest import OWN
from tests.integrations.mapping.salon import EMMA_ID, JONAS_ID, OWNER_ID, TEAM_ID, give_host
from tests.salons import Salon, make_salon


def run(*arguments: str, status: int) -> None:
    code = 0
    try:
        call_command("map_calendar_hosts", *arguments)
    except SystemExit as end:
        code = int(end.code or 0)
    assert code == status


def hosts() -> dict[str, int]:
    return dict(CalendarHost.objects.values_list("staff__name", "calcom_user_id"))


def event_types() -> set[tuple[str, str, int, int]]:
    fields = ("staff__name", "service__name", "phase_position", "event_type_id")
    return set(CalendarEventType.objects.values_list(*fields))


EMMAS = {
    ("Emma Keller", "Herrenhaarschnitt", 1, 3001),
    ("Emma Keller", "Dauerwelle", 1, 3002),
    ("Emma Keller", "Dauerwelle", 3, 3003),
    ("Emma Keller", "Dauerwelle", 5, 3004),
}


class TestHosts:
    def test_without_apply_nothing_is_stored(
        self, salon: Salon, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(status=1)
        said = capsys.readouterr().out
        assert "Emma@Morgenrot.example" in said
        assert f"({JONAS_ID})" in said
        assert (hosts(), event_types()) == ({}, set())

    def test_apply_stores_what_is_certain_and_only_that(self, salon: Salon, sandbox: Sandbox) -> None:
        run("--apply", status=1)
        assert hosts() == {"Emma Keller": EMMA_ID}

    def test_names_have_to_be_accepted(self, salon: Salon, sandbox: Sandbox) -> None:
        run("--apply", "--accept-names", status=1)
        assert hosts() == {"Emma Keller": EMMA_ID, "Jonas Brandt": JONAS_ID}

    def test_who_is_similar_is_never_stored(self, salon: Salon, sandbox: Sandbox, world: World) -> None:
        world.account.hosts[JONAS_ID] = Host(JONAS_ID, "Jonas", "jb@elsewhere.example")
        run("--apply", "--accept-names", status=1)
        assert hosts() == {"Emma Keller": EMMA_ID}

    def test_no_calendar_is_taken_from_anybody(self, salon: Salon, sandbox: Sandbox) -> None:
        CalendarHost.objects.create(company=salon.company, staff=salon.jonas, calcom_user_id=EMMA_ID)
        run("--apply", "--accept-names", status=1)
        assert hosts() == {"Jonas Brandt": EMMA_ID}

    def test_nor_from_who_left(self, salon: Salon, sandbox: Sandbox) -> None:
        CalendarHost.objects.create(company=salon.company, staff=salon.jonas, calcom_user_id=EMMA_ID)
        salon.jonas.active = False
        salon.jonas.save()
        run("--apply", status=1)
        assert hosts() == {"Jonas Brandt": EMMA_ID}

    def test_what_stands_is_not_replaced(self, salon: Salon, sandbox: Sandbox) -> None:
        give_host(salon, OWNER_ID)
        run("--apply", status=1)
        assert hosts() == {"Emma Keller": OWNER_ID}

    def test_who_was_quicker_keeps_it(self, salon: Salon) -> None:
        """Between the look and the click somebody typed it in: the constraint has the last word."""
        member = Member(user_id=EMMA_ID, name="E. Keller", email="", username="")
        late = Match(Person(salon.emma.pk, "Emma Keller", ""), Verdict.CERTAIN, member)
        CalendarHost.objects.create(company=salon.company, staff=salon.jonas, calcom_user_id=EMMA_ID)
        assert matching.store_hosts(salon.company, [late]) == []
        assert hosts() == {"Jonas Brandt": EMMA_ID}

    def test_a_key_without_teams_finds_its_owner(self, salon: Salon, sandbox: Sandbox, world: World) -> None:
        world.account.teams.clear()
        world.account.hosts.pop(OWNER_ID)  # now the key is Emma's
        run("--apply", status=1)
        assert hosts() == {"Emma Keller": EMMA_ID}


class TestEventTypes:
    def test_are_found_by_title_owner_and_length(self, salon: Salon, sandbox: Sandbox) -> None:
        run("--apply", status=1)
        assert event_types() == EMMAS
        assert set(CalendarEventType.objects.values_list("length_minutes", flat=True)) == {5, 50, 55}
        assert {row.grid_minutes for row in CalendarEventType.objects.all()} == {5}

    def test_a_second_run_finds_nothing_to_do(self, salon: Salon, sandbox: Sandbox) -> None:
        salon.jonas.active = False
        salon.jonas.save()
        run("--apply", status=0)
        run("--apply", status=0)
        run(status=0)
        assert event_types() == EMMAS

    @pytest.mark.parametrize(
        "wrong",
        [
            EventType(3001, (EMMA_ID,), 60, "Herrenhaarschnitt", **OWN),
            EventType(3001, (EMMA_ID,), 55, "Damenhaarschnitt", **OWN),
            EventType(3001, (JONAS_ID,), 55, "Herrenhaarschnitt", **OWN),
            EventType(3001, (EMMA_ID, JONAS_ID), 55, "Herrenhaarschnitt", team_id=TEAM_ID, **OWN),
        ],
        ids=["length", "title", "owner", "round robin"],
    )
    def test_one_that_does_not_fit_is_not_stored(
        self, salon: Salon, sandbox: Sandbox, world: World, wrong: EventType
    ) -> None:
        world.account.event_types[3001] = wrong
        run("--apply", status=1)
        assert event_types() == {row for row in EMMAS if row[3] != 3001}

    def test_two_that_fit_are_asked(
        self, salon: Salon, sandbox: Sandbox, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        world.account.event_types[3009] = EventType(3009, (EMMA_ID,), 55, "Herrenhaarschnitt (Emma)", **OWN)
        run("--apply", status=1)
        assert event_types() == {row for row in EMMAS if row[3] != 3001}
        assert "3001" in (said := capsys.readouterr().out)
        assert "3009" in said

    def test_e6_of_a_managed_event_type_the_stylist_s_own_is_stored(
        self, salon: Salon, sandbox: Sandbox, world: World
    ) -> None:
        """The old system stored the parent's id: 34 bookings poisoned."""
        managed: dict[str, Any] = {"team_id": TEAM_ID, **OWN}
        world.account.event_types[3001] = EventType(
            3001, (EMMA_ID, JONAS_ID), 55, "Herrenhaarschnitt", scheduling="managed", **managed
        )
        world.account.event_types[3101] = EventType(
            3101, (EMMA_ID,), 55, "Herrenhaarschnitt", parent_id=3001, **managed
        )
        run("--apply", status=1)
        assert ("Emma Keller", "Herrenhaarschnitt", 1, 3101) in event_types()
        assert not CalendarEventType.objects.filter(event_type_id=3001).exists()

    def test_one_that_belongs_to_something_is_not_given_away(self, salon: Salon, sandbox: Sandbox) -> None:
        CalendarEventType.objects.create(
            company=salon.company, staff=salon.jonas, service=salon.cut, event_type_id=3001
        )
        run("--apply", status=1)
        assert ("Emma Keller", "Herrenhaarschnitt", 1, 3001) not in event_types()


class TestEndings:
    def test_an_unknown_company_is_bad_input(self, salon: Salon, capsys: pytest.CaptureFixture[str]) -> None:
        run("--company", "abendrot", status=2)
        assert "abendrot" in capsys.readouterr().err

    def test_without_a_key_nobody_is_asked(self, salon: Salon, capsys: pytest.CaptureFixture[str]) -> None:
        run("--apply", status=1)
        assert salon.company.name in capsys.readouterr().err

    def test_no_answer_stores_nothing(
        self, salon: Salon, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
    ) -> None:
        sandbox.faults.add("unauthorized", "me", times=None)
        run("--apply", status=1)
        assert hosts() == {}
        assert capsys.readouterr().err

    def test_a_team_that_hides_its_members_is_named(
        self, salon: Salon, sandbox: Sandbox, world: World, capsys: pytest.CaptureFixture[str]
    ) -> None:
        world.account.teams[8] = Team(8, "Kollegium", members=(JONAS_ID,))
        sandbox.faults.add("unauthorized", "memberships", skip=1)
        run("--apply", status=1)
        assert hosts() == {"Emma Keller": EMMA_ID}
        assert "Kollegium" in capsys.readouterr().out

    def test_only_the_company_that_was_named(self, salon: Salon, sandbox: Sandbox) -> None:
        other = make_salon("abendrot", calendar="mirror")
        other.emma.email = "emma@morgenrot.example"
        other.emma.save()
        run("--apply", "--company", "abendrot", status=1)
        assert list(CalendarHost.objects.values_list("company__slug", flat=True)) == ["abendrot"]
