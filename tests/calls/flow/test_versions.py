"""A new conversation goes to one branch first, and back in one step; whoever is on the line notices neither."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.access import Role
from appointments.audit import Channel, acting
from appointments.models import Appointment, Branch, BranchPhoneNumber
from calls.flow import prompts, versions
from calls.flow.deploying import Line, deploy, put_back
from calls.flow.drifting import drifts
from calls.flow.versions import NoWayBack
from calls.models import Deployment, FlowVersion, VoiceAgent
from tests.admin.test_scoping import member
from tests.calls.flow.platform import Retell
from tests.calls.phone import CUT, Phone
from tests.salons import NOW, Salon

URL = "https://salon.example"
NEW = "Sprich kürzer."


def command(*arguments: str) -> str:
    said = StringIO()
    call_command("retell_flow", *arguments, "--url", URL, stdout=said)
    return said.getvalue()


def live(retell: Retell) -> str:
    return str(retell.flows["flow_one"]["global_prompt"])


@pytest.fixture
def old(deployable: Salon) -> str:
    """Callers hear the conversation of the release before; what it says."""
    with acting(Channel.STAFF, "anna"):
        deploy(URL, Line("agent_one", [deployable.number]), now=NOW)
    return prompts.GLOBAL


@pytest.fixture
def new(old: str) -> Iterator[None]:
    """The release of today says something else."""
    with patch.object(prompts, "GLOBAL", NEW):
        yield


@pytest.fixture
def agent(deployable: Salon) -> VoiceAgent:
    return VoiceAgent.objects.get(agent_id="agent_one")


@pytest.mark.usefixtures("new")
class TestInSteps:
    def test_a_look_beforehand_asks_nobody(self, retell: Retell) -> None:
        retell.keys.clear()
        said = command("--preview", "--branch", "morgenrot/Mitte")

        assert said.splitlines()[0] == "agent_one: 1 places change."
        assert "global_prompt" in said
        assert retell.keys == set()

    def test_one_branch_first(self, deployable: Salon, retell: Retell, old: str) -> None:
        other = Branch.objects.create(company=deployable.company, name="Nord", calendar="off")
        BranchPhoneNumber.objects.create(branch=other, number="+493012345999")
        VoiceAgent.objects.create(branch=other, agent_id="agent_two")
        command("--deploy", "--branch", "morgenrot/Mitte")

        assert (live(retell), retell.agents.keys()) == (NEW, {"agent_one"})
        assert not FlowVersion.objects.filter(agent__agent_id="agent_two").exists()

    def test_who_did_it_and_when(self, agent: VoiceAgent) -> None:
        command("--deploy", "--branch", "morgenrot/Mitte")

        first, second = agent.versions.order_by("number").values_list("number", "channel", "actor")
        assert first == (1, "staff", "anna")
        number, channel, actor = second
        assert (number, channel) == (2, "system")
        assert actor.startswith("retell_flow")


@pytest.mark.usefixtures("new")
class TestBack:
    def test_in_one_step(self, retell: Retell, agent: VoiceAgent, old: str) -> None:
        command("--deploy")
        assert live(retell) == NEW

        said = command("--back", "--branch", "morgenrot/Mitte")

        assert said == "agent_one: version 1 is live again, and held until it is named.\n"
        assert live(retell) == old
        assert retell.published[-1] == ("agent_one", retell.agents["agent_one"]["version"])
        assert agent.versions.get(number=3).restores == agent.versions.get(number=1)

    def test_it_stays_until_it_is_named(self, retell: Retell, agent: VoiceAgent, old: str) -> None:
        command("--deploy")
        put_back(agent, now=NOW)

        assert drifts(Deployment.objects.get()) == []
        with pytest.raises(SystemExit):  # there is nobody else
            command("--deploy")
        assert live(retell) == old

        command("--deploy", "--agent", "agent_one")
        assert (live(retell), Deployment.objects.get().held) == (NEW, False)

    def test_back_twice_is_before_both(self, retell: Retell, agent: VoiceAgent, old: str) -> None:
        command("--deploy")
        with patch.object(prompts, "GLOBAL", "Die dritte."):
            command("--deploy")
        put_back(agent, now=NOW)
        assert live(retell) == NEW
        put_back(agent, now=NOW)
        assert live(retell) == old
        with pytest.raises(NoWayBack):
            put_back(agent, now=NOW)

    def test_what_this_release_cannot_answer_is_refused(self, retell: Retell, agent: VoiceAgent) -> None:
        command("--deploy")
        first = agent.versions.get(number=1)
        first.sent["flow"]["tools"][0]["url"] = f"{URL}/retell/functions/read_palm/"
        first.save(update_fields=["sent"])

        with pytest.raises(NoWayBack) as refused:
            put_back(agent, now=NOW)
        assert (refused.value.functions, live(retell)) == (("read_palm",), NEW)

    def test_what_was_deployed_before_versions_were_kept(
        self, retell: Retell, agent: VoiceAgent, old: str
    ) -> None:
        FlowVersion.objects.all().delete()
        command("--deploy")
        put_back(agent, now=NOW)
        assert live(retell) == old

    def test_few_are_kept_and_each_says_something_else(self, agent: VoiceAgent) -> None:
        sent = Deployment.objects.get().sent
        for number in range(versions.KEPT + 5):
            said = {**sent, "flow": {**sent["flow"], "global_prompt": str(number)}}
            for _ in range(2):
                versions.note(agent, url=URL, numbers=[], sent=said, now=NOW)
        kept = list(agent.versions.values_list("number", flat=True))
        assert (len(kept), kept[0]) == (versions.KEPT, versions.KEPT + 6)

    @pytest.mark.parametrize(
        "arguments", [["--back"], ["--back", "--branch", "morgenrot/Süd"], ["--back", "--agent", "x"]]
    )
    def test_who_goes_back_is_named(self, arguments: list[str]) -> None:
        with pytest.raises(SystemExit) as refused:
            command(*arguments)
        assert refused.value.code == 2


@pytest.mark.usefixtures("clock", "new")
def test_a_call_that_runs_goes_on(deployable: Salon, agent: VoiceAgent) -> None:
    """It asks what its own version asks, while another one goes live and comes back."""
    phone = Phone(deployable.number, agent_id="agent_one")
    tools = Deployment.objects.get().sent["flow"]["tools"]
    assert versions.unanswered({"flow": {"tools": tools}}) == ()

    assert phone.ask("check_availability", **CUT)["status"] == "available"
    command("--deploy")
    assert phone.ask("pre_booking_revalidation", **CUT)["status"] == "valid"
    put_back(agent, now=NOW)
    assert phone.ask("start_booking_v3", **CUT, name="Jana Probst")["status"] == "booked"
    assert Appointment.objects.get().status == "booked"


class TestPage:
    @pytest.fixture
    def page(self, agent: VoiceAgent) -> str:
        return reverse("admin:calls_voiceagent_versions", args=[agent.pk])

    @pytest.mark.usefixtures("new")
    def test_looks_deploys_and_goes_back(
        self, page: str, admin_client: Client, retell: Retell, old: str
    ) -> None:
        shown = admin_client.get(page).content.decode()
        assert "1 Stelle des Gesprächs" in shown
        assert "Es gibt kein früheres Gespräch" in shown

        said = admin_client.post(page, {"do": "deploy"}, follow=True).content.decode()
        assert "Anrufer hören das heutige Gespräch." in said
        assert live(retell) == NEW

        said = admin_client.post(page, {"do": "back"}, follow=True).content.decode()
        assert "Anrufer hören wieder Fassung 1." in said
        assert "holt Fassung 1 zurück" in said
        assert live(retell) == old

    def test_a_platform_that_is_away_is_a_sentence(
        self, page: str, admin_client: Client, retell: Retell, new: None
    ) -> None:
        command("--deploy")
        retell.status = 500
        said = admin_client.post(page, {"do": "back"}, follow=True)
        assert "Die Sprachplattform antwortet im Moment nicht." in said.content.decode()
        assert (
            "Es wurde nichts geändert." in admin_client.post(page, {"do": "?"}, follow=True).content.decode()
        )

    def test_owners_look_and_others_do_not(self, page: str, deployable: Salon, old: str) -> None:
        owner = member(deployable, Role.OWNER)
        assert owner.get(page).status_code == 200
        assert owner.post(page, {"do": "back"}).status_code == 403
        assert member(deployable, Role.STYLIST).get(page).status_code == 403

    def test_queries_do_not_grow(self, page: str, agent: VoiceAgent, admin_client: Client, old: str) -> None:
        admin_client.get(page)
        with CaptureQueriesContext(connection) as few:
            admin_client.get(page)
        sent = Deployment.objects.get().sent
        for day in range(5):
            said = {**sent, "flow": {**sent["flow"], "global_prompt": str(day)}}
            versions.note(agent, url=URL, numbers=[], sent=said, now=NOW + timedelta(day))
        with CaptureQueriesContext(connection) as many:
            admin_client.get(page)
        assert len(many) == len(few)
