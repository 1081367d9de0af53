"""``simulate_call``: the same scripts against any server, with exit statuses that a script can use."""

import socket
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from calls.simulator import player
from tests.salons import Salon, make_salon

SCRIPT = """
title: A question
number: "{number}"
calls: {{Tom: anonymous}}
steps:
  - {{call: Tom, function: list_services, expect: {{status: {status}}}}}
"""


def simulate(*arguments: str) -> tuple[int, str, list[str]]:
    """Exit status, what was printed, and the lines on standard error."""
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command("simulate_call", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        status = int(end.code or 0)
    return status, out.getvalue(), err.getvalue().splitlines()


def script(folder: Path, text: str) -> str:
    path = folder / "script.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def salon_on_the_line(live_server: object) -> Salon:
    return make_salon()


def test_all_as_expected(salon_on_the_line: Salon, live_server: object, tmp_path: Path) -> None:
    path = script(tmp_path, SCRIPT.format(number=salon_on_the_line.number, status="found"))

    status, dialogue, errors = simulate(path, "--url", str(live_server))

    assert (status, errors) == (0, [])
    assert "agent: Wir bieten Dauerwelle und Herrenhaarschnitt an." in dialogue


def test_a_disappointed_expectation(salon_on_the_line: Salon, live_server: object, tmp_path: Path) -> None:
    path = script(tmp_path, SCRIPT.format(number=salon_on_the_line.number, status="booked"))

    status, dialogue, errors = simulate(path, "--url", str(live_server))

    assert (status, errors) == (1, ["1 answers were not as expected."])
    assert "NOT AS EXPECTED status: expected 'booked', got 'found'" in dialogue


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title: [",
        "- a list",
        "title: No steps\nnumber: '+4930123456'\ncalls: {}\n",
        SCRIPT.format(number="+4930123456", status="found").replace("call: Tom", "call: Nobody"),
        SCRIPT.format(number="+4930123456", status="found") + "colour: red\n",
        SCRIPT.format(number="+4930123456", status="found").replace("expect:", "expects:"),
        SCRIPT.format(number="+4930123456", status="{almost: found}"),
        "\x00",
    ],
)
def test_a_bad_script_is_one_line_and_two(text: str, tmp_path: Path) -> None:
    path = script(tmp_path, text)

    status, _dialogue, errors = simulate(path, "--url", "http://127.0.0.1:1")

    assert status == 2
    assert [line.startswith(path) for line in errors] == [True]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00\xd8"])
def test_an_unreadable_script_is_one_line_and_two(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    if content is not None:
        path.write_bytes(content)

    status, _dialogue, errors = simulate(str(path))

    assert (status, len(errors)) == (2, 1)


def test_nobody_listens(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    path = script(tmp_path, SCRIPT.format(number="+4930123456", status="found"))

    status, _dialogue, errors = simulate(path, "--url", f"http://127.0.0.1:{port}")

    assert (status, len(errors)) == (2, 1)
    assert errors[0].startswith(f"http://127.0.0.1:{port}: ")


@pytest.mark.parametrize("path", ["/nowhere", "/admin/login/?next="])
def test_what_answers_is_no_phone(
    path: str, salon_on_the_line: Salon, live_server: object, tmp_path: Path
) -> None:
    name = script(tmp_path, SCRIPT.format(number=salon_on_the_line.number, status="found"))

    status, _dialogue, errors = simulate(name, "--url", f"{live_server}{path}")

    assert (status, len(errors)) == (2, 1)


def test_without_a_key_no_call_can_be_signed(tmp_path: Path, settings: Settings) -> None:
    settings.RETELL_API_KEYS = []
    path = script(tmp_path, SCRIPT.format(number="+4930123456", status="found"))

    status, _dialogue, errors = simulate(path)

    assert (status, len(errors)) == (2, 1)


def test_no_day_is_free(
    salon_on_the_line: Salon, live_server: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "DAYS_TRIED", 9)
    text = SCRIPT.format(number=salon_on_the_line.number, status="found")
    free = '{free: [{dienstleistung: Dauerwelle, uhrzeit: "10:00"}], weekday: sunday}'
    path = script(tmp_path, f"days: {{day: {free}}}\n{text}")

    status, _dialogue, errors = simulate(path, "--url", str(live_server))

    assert (status, errors) == (2, ["$day: no such day is free"])


def test_a_real_calendar_is_not_broken_on_purpose(tmp_path: Path, settings: Settings) -> None:
    settings.CALCOM_API_URL, settings.CALCOM_API_KEY = "https://api.cal.com", "cal_live_secret"
    text = SCRIPT.format(number="+4930123456", status="found")
    path = script(tmp_path, text + "  - {sandbox: {faults: [{fault: refused}]}}\n")

    status, _dialogue, errors = simulate(path)

    assert (status, len(errors)) == (2, 1)
    assert "https://api.cal.com" in errors[0]
    assert "cal_live_secret" not in errors[0]
