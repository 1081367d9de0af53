"""The units are units, close what they can, and name what there is. Where systemd-analyze is installed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
# Of 100; systemd calls up to 20 "OK". What is left is the network, which they need.
EXPOSURE = 20


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units with programs that are there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed.")
    folder = tmp_path_factory.mktemp("units")
    program = folder / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS.iterdir():
        text = re.sub(r"/srv/terminfest/\.venv/bin/\w+", str(program), unit.read_text())
        (folder / unit.name).write_text(
            text.replace("WorkingDirectory=/srv/terminfest", f"WorkingDirectory={folder}")
        )
    return folder


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze") or ""
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_they_are_units(installed: Path) -> None:
    units = [str(path) for path in installed.iterdir() if path.suffix in {".service", ".timer", ".target"}]
    done = analyze("verify", "--man=no", *units)
    ours = [line for line in done.stderr.splitlines() if "terminfest" in line]
    assert ours == []


@pytest.mark.parametrize("name", SERVICES)
def test_they_close_what_they_can(installed: Path, name: str) -> None:
    done = analyze(
        "security", "--offline=yes", f"--threshold={EXPOSURE}", "--no-pager", str(installed / name)
    )
    assert done.returncode == 0, done.stdout[-400:] + done.stderr


def test_they_agree() -> None:
    """Who reads the same files as the same user, with the same fence around it."""
    fences = set()
    for name in SERVICES:
        text = (UNITS / name).read_text()
        fences.add(text[text.index("User=terminfest") :].split("\n[Install]")[0].strip())
    assert len(fences) == 1
