"""``make audit``: what it says, and that it stops nobody where nobody can be asked."""

import json
import subprocess
from typing import Any

import pytest

from tools import audit

UNKNOWN = {"name": "django", "skip_reason": "Dependency not found on PyPI and could not be audited."}
SOUND = {"name": "requests", "version": "2.0", "vulns": []}
BROKEN = {"name": "django", "version": "5.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["5.0.1", "5.1"]}]}


def answers(*packages: dict[str, Any]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ("", 0, "no list of vulnerabilities can be reached"),
        (answers(UNKNOWN), 0, "no list of vulnerabilities can be reached"),
        (answers(SOUND, UNKNOWN), 0, "1 packages audited, 0 known vulnerabilities."),
        (answers(SOUND, BROKEN), 1, "django 5.0: PYSEC-1, mended in 5.0.1, 5.1\n2 packages audited, 1 known"),
    ],
)
def test_it_says_whether_anybody_was_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, status: int, said: str
) -> None:
    def run(command: list[str], **_options: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, 1, stdout=answer, stderr="ConnectionError")

    monkeypatch.setattr(subprocess, "run", run)
    assert audit.main() == status
    told = capsys.readouterr().out
    assert said in told
    assert len(told.splitlines()) == 1 + status


def test_an_answer_that_does_not_come_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(subprocess, "run", run)
    assert audit.main() == 0
