"""Every night: is the telephone still answered as it was set up? Against a platform over real HTTP (J11)."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from appointments import integrity
from appointments.models import Finding
from calls.flow import prompts
from calls.integrity import checks_flow
from calls.models import Deployment, VoiceAgent
from tests.appointments.integrity.planting import told
from tests.calls.flow.platform import Retell
from tests.salons import NOW, Salon, make_salon

URL = "https://salon.example"


@pytest.fixture
def deployed(deployable: Salon, retell: Retell) -> Salon:
    call_command("retell_flow", "--deploy", "--url", URL, stdout=StringIO())
    return deployable


def found(check: str = "calls.flow_drift", *, asks_outside: bool = True) -> list[Finding]:
    result = integrity.run(now=NOW, checks=[check], asks_outside=asks_outside)
    assert result.failed == []
    told(result.findings)
    return result.findings


def codes() -> list[tuple[str, str, bool]]:
    return [(each.code, each.severity, each.repairable) for each in found()]


def test_what_was_deployed_is_noted_and_agrees(deployed: Salon) -> None:
    deployment = Deployment.objects.get()

    assert (deployment.agent.agent_id, deployment.url, deployment.numbers) == (
        "agent_one",
        URL,
        [deployed.number],
    )
    assert (found(), found("calls.flow_unknown")) == ([], [])


def test_what_was_never_deployed_from_here_is_nobodys_business(deployable: Salon, retell: Retell) -> None:
    assert (found(), retell.keys) == ([], set())


def prompt(retell: Retell, _number: str) -> None:
    retell.flows["flow_one"]["global_prompt"] = "Du bist ein Pirat."


def node(retell: Retell, _number: str) -> None:
    retell.flows["flow_one"]["nodes"].pop()


def tool(retell: Retell, _number: str) -> None:
    retell.flows["flow_one"]["tools"][0]["url"] = "https://elsewhere.example"


def language(retell: Retell, _number: str) -> None:
    retell.agents["agent_one"]["language"] = "en-US"


def other_flow(retell: Retell, _number: str) -> None:
    retell.agents["agent_one"]["response_engine"] = {"type": "retell-llm", "llm_id": "llm_one"}


def no_agent(retell: Retell, _number: str) -> None:
    retell.agents.clear()


def other_agent(retell: Retell, number: str) -> None:
    retell.numbers[number]["inbound_agents"] = [{"agent_id": "agent_of_yesterday", "weight": 1}]


def no_webhook(retell: Retell, number: str) -> None:
    retell.numbers[number]["inbound_webhook_url"] = None


def no_number(retell: Retell, number: str) -> None:
    retell.numbers.clear()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        *((prompt, "talk"), (node, "talk"), (tool, "tools"), (language, "settings"), (other_flow, "gone")),
        *((no_agent, "gone"), (other_agent, "number"), (no_webhook, "number"), (no_number, "number_gone")),
    ],
)
def test_what_was_changed_by_hand_is_told_and_left(
    change: Callable[[Retell, str], None], code: str, deployed: Salon, retell: Retell
) -> None:
    """Somebody may have meant it: nothing of it is overwritten by a click."""
    change(retell, deployed.number)
    published = list(retell.published)

    assert codes() == [(code, "error", False)]
    assert integrity.repair(found()[0], now=NOW).outcome == "refused"
    assert retell.published == published


def test_what_the_platform_adds_or_the_salon_may_choose_is_no_drift(deployed: Salon, retell: Retell) -> None:
    retell.agents["agent_one"] |= {"voice_id": "another", "ambient_sound": "coffee-shop"}
    retell.flows["flow_one"]["is_transfer_llm"] = False

    assert found() == []


def test_several_changes_are_several_findings_and_each_once(deployed: Salon, retell: Retell) -> None:
    for change in (prompt, node, tool, language):
        change(retell, deployed.number)

    assert sorted(each.code for each in found()) == ["settings", "talk", "tools"]


class TestOutOfDate:
    @pytest.fixture(autouse=True)
    def better(self, deployed: Salon, monkeypatch: pytest.MonkeyPatch) -> None:
        """A release with a better conversation, after it was deployed."""
        monkeypatch.setattr(prompts, "GLOBAL", f"{prompts.GLOBAL} Sei freundlich.")

    def test_it_is_told_and_deployed_again_by_the_repair(self, deployed: Salon, retell: Retell) -> None:
        assert codes() == [("outdated", "warning", True)]
        (finding,) = found()
        before = len(retell.published)
        assert integrity.dry_run(finding, now=NOW).done
        assert len(retell.published) == before

        assert integrity.repair(finding, now=NOW).outcome == "done"

        assert "Sei freundlich." in retell.flows["flow_one"]["global_prompt"]
        assert len(retell.published) == before + 1
        assert found() == []
        assert integrity.repair(finding, now=NOW).outcome == "refused"

    def test_what_was_changed_by_hand_meanwhile_is_not_overwritten(
        self, deployed: Salon, retell: Retell
    ) -> None:
        (finding,) = found()
        node(retell, deployed.number)

        assert integrity.repair(finding, now=NOW).outcome == "refused"
        assert "Sei freundlich." not in retell.flows["flow_one"]["global_prompt"]

    def test_a_platform_that_does_not_answer_is_a_sentence(self, retell: Retell) -> None:
        (finding,) = found()
        retell.status = 503

        repair = integrity.repair(finding, now=NOW)

        assert (repair.outcome, repair.sentences[0]["text"]) == ("refused", checks_flow.SILENT)

    def test_another_companys_finding_deploys_nothing(self, retell: Retell) -> None:
        (finding,) = found()
        finding.company = make_salon("abendrot").company
        before = len(retell.published)

        assert integrity.repair(finding, now=NOW).outcome == "refused"
        assert len(retell.published) == before


@pytest.mark.parametrize(
    ("status", "code"), [(500, "silent"), (429, "silent"), (401, "rejected"), (403, "rejected")]
)
def test_a_platform_that_does_not_answer_is_its_own_quiet_state(
    status: int, code: str, deployed: Salon, retell: Retell
) -> None:
    retell.status = status

    assert found() == []
    assert [(each.code, each.severity) for each in found("calls.flow_unknown")] == [(code, "warning")]


def test_nobody_listens_there_at_all(deployed: Salon, settings: Settings) -> None:
    settings.RETELL_API_URL = "http://127.0.0.1:9"

    assert (found(), [each.code for each in found("calls.flow_unknown")]) == ([], ["silent"])


@pytest.mark.parametrize("without", ["key", "address", "leave"])
def test_without_a_key_or_leave_nobody_is_asked(
    without: str, deployed: Salon, retell: Retell, settings: Settings
) -> None:
    node(retell, deployed.number)
    retell.keys.clear()
    if without == "key":
        settings.RETELL_API_KEYS = []
    if without == "address":
        settings.RETELL_API_URL = "none"

    for check in ("calls.flow_drift", "calls.flow_unknown"):
        assert found(check, asks_outside=without != "leave") == []
    assert retell.keys == set()


def test_each_company_hears_of_its_own(deployed: Salon, retell: Retell) -> None:
    other = make_salon("abendrot")
    VoiceAgent.objects.create(branch=other.branch, agent_id="agent_two")
    node(retell, deployed.number)

    for company, expected in ((deployed.company, ["talk"]), (other.company, [])):
        result = integrity.run(now=NOW, company=company, checks=["calls.flow_drift"])
        assert [each.code for each in result.findings] == expected


def test_the_report_of_the_night_looks(deployed: Salon, retell: Retell) -> None:
    """By the schedule that there is for all checks; solved as soon as it agrees again."""
    node(retell, deployed.number)
    integrity.report(deployed.company, now=NOW, trigger="daily", checks=["calls.flow_drift"])
    finding = Finding.objects.get()
    assert finding.resolved_at is None

    call_command("retell_flow", "--deploy", "--url", URL, stdout=StringIO())
    tomorrow = NOW + timedelta(days=1)
    integrity.report(deployed.company, now=tomorrow, trigger="daily", checks=["calls.flow_drift"])

    finding.refresh_from_db()
    assert finding.resolved_at is not None


def test_the_agents_page_leads_there(deployed: Salon, admin_client: Client) -> None:
    agent = VoiceAgent.objects.get()
    page = admin_client.get(reverse("admin:calls_voiceagent_change", args=[agent.pk]))

    assert "Eingespielt am" in page.content.decode()
    assert "https://dashboard.retellai.com/agents/agent_one" in page.content.decode()
