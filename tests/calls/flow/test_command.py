"""``retell_flow``: written, checked, deployed over real HTTP, and compared afterwards."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from calls.flow import build_flow
from tests.calls.flow.platform import Retell
from tests.salons import Salon

URL = "https://salon.example"


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command("retell_flow", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        status = int(end.code or 0)
    return status, out.getvalue(), err.getvalue()


def test_the_flow_is_written(tmp_path: Path) -> None:
    path = tmp_path / "flow.json"

    assert run("--out", str(path), "--url", f"{URL}/") == (0, "", "")

    assert json.loads(path.read_text(encoding="utf-8")) == build_flow(URL)
    assert json.loads(run("--url", URL)[1]) == build_flow(URL)


def test_it_cannot_be_written(tmp_path: Path) -> None:
    status, _out, err = run("--out", str(tmp_path))

    assert (status, err) == (2, f"{tmp_path}: Is a directory\n")


def test_a_check_without_any_agent(db: None, retell: Retell) -> None:
    assert run("--check") == (0, "The flow is valid.\nThere is no agent at Retell to compare it with.\n", "")


def test_deployed_published_and_the_same_afterwards(deployable: Salon, retell: Retell) -> None:
    status, out, err = run("--deploy", "--url", URL)

    assert (status, err) == (0, "")
    assert out == "agent_one: deployed, 1 numbers\nWhat is live at Retell is what was made here.\n"
    assert retell.flows["flow_one"]["nodes"] == build_flow(URL)["nodes"]
    agent = retell.agents["agent_one"]
    assert (agent["webhook_url"], agent["language"], agent["timezone"], agent["voice_id"]) == (
        f"{URL}/retell/webhook/",
        "de-DE",
        "Europe/Berlin",
        "v",
    )
    assert retell.published == [("agent_one", 4)]
    assert retell.numbers[deployable.number]["inbound_webhook_url"] == f"{URL}/retell/inbound/"
    assert retell.keys == {"Bearer key_first"}
    assert run("--check", "--url", URL)[0] == 0


def test_a_new_agent(deployable: Salon, retell: Retell) -> None:
    status, out, _err = run(
        "--deploy", "--url", URL, "--create-agent", "11labs-Carola", "--number", deployable.number
    )

    assert (status, retell.agents["agent_new"]["voice_id"]) == (0, "11labs-Carola")
    assert out.startswith("agent_new: created. Enter it in the salon file under retell_agents.\n")
    assert retell.numbers[deployable.number]["inbound_agents"][0]["agent_id"] == "agent_new"
    assert retell.flows["flow_one"]["nodes"] == []


def test_what_was_sent_but_is_not_live_is_a_finding(deployable: Salon, retell: Retell) -> None:
    retell.forgets = "timezone"

    status, _out, err = run("--deploy", "--url", URL)

    assert (status, err) == (1, "agent_one: agent: timezone is None, not 'Europe/Berlin'\n")


def changed_tool(retell: Retell, deployable: Salon) -> None:
    retell.flows["flow_one"]["tools"][0]["timeout_ms"] = 120_000


def removed_node(retell: Retell, deployable: Salon) -> None:
    retell.flows["flow_one"]["nodes"].pop()


def other_agent(retell: Retell, deployable: Salon) -> None:
    retell.numbers[deployable.number]["inbound_agents"] = [{"agent_id": "agent_of_yesterday", "weight": 1}]


def no_number(retell: Retell, deployable: Salon) -> None:
    retell.numbers.clear()


def no_agent(retell: Retell, deployable: Salon) -> None:
    retell.agents.clear()


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (changed_tool, "flow: tools[check_availability].timeout_ms is 120000, not 10000"),
        (removed_node, "flow: nodes has"),
        (other_agent, "inbound_agents[0].agent_id is 'agent_of_yesterday', not 'agent_one'"),
        (no_number, "Retell knows no such number"),
        (no_agent, "Retell knows no such agent"),
    ],
)
def test_drift_is_reported(
    change: Callable[[Retell, Salon], None], finding: str, deployable: Salon, retell: Retell
) -> None:
    """Incident J11: somebody had changed number, agent or version by hand."""
    run("--deploy", "--url", URL)
    change(retell, deployable)

    status, _out, err = run("--check", "--url", URL)

    assert (status, finding in err) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say by --url under which address Retell reaches this site."),
        (("--url", "http://salon.example"), "http://salon.example: not an address that begins with https://"),
        (("--url", "salon"), "salon: not an address that begins with https://"),
        (("--url", URL, "--agent", "agent_none"), "Retell: HTTP 404"),
    ],
)
def test_what_cannot_be_deployed_is_one_line_and_two(
    arguments: tuple[str, ...], sentence: str, deployable: Salon
) -> None:
    assert run("--deploy", *arguments) == (2, "", f"{sentence}\n")


def test_an_agent_without_a_flow(deployable: Salon, retell: Retell) -> None:
    retell.agents["agent_one"]["response_engine"] = {"type": "retell-llm", "llm_id": "llm_one"}

    assert run("--deploy", "--url", URL)[0::2] == (2, "The agent is not driven by a conversation flow.\n")


def test_nowhere_to_deploy_to(deployable: Salon, settings: Settings) -> None:
    settings.RETELL_API_URL = "none"

    assert run("--deploy", "--url", URL)[0] == 2


def test_the_address_comes_from_the_settings(deployable: Salon, settings: Settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = [URL]

    assert run("--deploy")[0] == 0
