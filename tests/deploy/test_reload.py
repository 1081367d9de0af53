"""A reload of the web processes: who calls meanwhile is answered by the former ones."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30
# A program that takes as long to load as the file `gate` is not there, and says by which process it answers.
SLOW = """
import os, pathlib, time
folder = pathlib.Path(__file__).parent
(folder / f"loading-{os.getpid()}").touch()
while not (folder / "gate").exists():
    time.sleep(0.01)
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
"""


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.02)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "gate").touch()
    options = (
        "--config",
        ROOT / "gunicorn.conf.py",
        "--bind",
        f"unix:{tmp_path}/socket",
        "--graceful-timeout",
        "1",
    )
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "slow", *options],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}", "WEB_CONCURRENCY": "2"},
            stderr=log,
        )
    yield process
    (tmp_path / "gate").touch()
    process.terminate()
    process.wait(PATIENCE_SECONDS)


def who_answers(folder: Path) -> int:
    """Waits for an answer for five seconds."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect(str(folder / "socket"))
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    return int(answer.split(b"\r\n\r\n")[1])


def loading(folder: Path) -> set[int]:
    return {int(path.name.removeprefix("loading-")) for path in folder.glob("loading-*")}


def is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def test_nobody_waits_for_new_processes(server: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """Without ``config.relieving`` the former ones are gone by now, and nobody answers."""
    until(lambda: len(loading(tmp_path)) == 2 and (tmp_path / "socket").exists())
    former = loading(tmp_path)
    assert who_answers(tmp_path) in former

    (tmp_path / "gate").unlink()
    server.send_signal(signal.SIGHUP)
    until(lambda: len(loading(tmp_path)) == 4)
    assert {who_answers(tmp_path) for _ in range(20)} <= former

    (tmp_path / "gate").touch()
    until(lambda: not any(map(is_alive, former)))
    assert who_answers(tmp_path) in loading(tmp_path) - former
    assert sum(map(is_alive, loading(tmp_path))) == 2
