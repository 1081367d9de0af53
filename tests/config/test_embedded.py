"""The embedded server, used by processes that start, fork and die as they like.

Each test has a server of its own: the one of the test database must not be stopped.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embedded import binaries, server

ROOT = Path(__file__).resolve().parents[2]
USE = """
import sys, time
from pathlib import Path
import psycopg
from config.embedded import DATABASE_NAME, server

def ask():
    folder = str(server.ensure_running(Path(sys.argv[1]), {"fsync": "off"}))
    with psycopg.connect(host=folder, port=server.PORT, user=server.SUPERUSER, dbname=DATABASE_NAME) as db:
        return db.execute("SELECT 1").fetchone() == (1,)

assert ask()
"""
WAIT = 'print("up", flush=True); sys.stdin.readline(); assert ask()'
FORK = """
import os
if os.fork() == 0:
    print("up", flush=True); sys.stdin.readline(); assert ask(); os._exit(0)
"""


class User:
    """A process that uses the server until it is told to go on."""

    def __init__(self, data: Path, code: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE + code, str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    def is_up(self) -> bool:
        return self.stdout.readline() == "up\n"

    def finish(self) -> int:
        """Let it go on and wait for its end; its exit status."""
        self.process.communicate("go on\n", timeout=30)
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)
        self.stdin.close()
        self.stdout.close()


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a server's data may be; it must have stopped by the end of the test."""
    folder = tmp_path_factory.mktemp("embedded")
    folder.chmod(0o755)
    yield folder / "postgres"
    assert stopped(folder / "postgres")


@pytest.fixture
def start(data: Path) -> Iterator[Callable[..., User]]:
    """Starts users and ends those that a failing test leaves behind."""
    users: list[User] = []

    def start_user(code: str = WAIT) -> User:
        users.append(User(data, code))
        return users[-1]

    yield start_user
    for user in users:
        user.kill()


def wait_until(condition: Callable[[], bool], *, within: float = 20) -> bool:
    deadline = time.monotonic() + within
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def stopped(data: Path, *, within: float = 20) -> bool:
    return wait_until(lambda: not (data / "postmaster.pid").exists(), within=within)


def test_several_start_at_once_and_the_last_one_stops_it(data: Path, start: Callable[..., User]) -> None:
    users = [start(), start(), start()]
    assert all(user.is_up() for user in users)

    assert [user.finish() for user in users[:2]] == [0, 0]
    assert not stopped(data, within=0.5)
    assert users[2].finish() == 0

    assert stopped(data)


def test_a_killed_process_harms_nobody_and_is_not_waited_for(data: Path, start: Callable[..., User]) -> None:
    killed, survivor = start(), start()
    assert killed.is_up()
    assert survivor.is_up()

    killed.kill()
    assert not stopped(data, within=0.5)
    assert survivor.finish() == 0

    assert stopped(data)


def test_it_stops_when_the_only_process_is_killed(data: Path, start: Callable[..., User]) -> None:
    user = start()
    assert user.is_up()

    user.kill()

    assert stopped(data)


def test_a_fork_keeps_it_when_the_parent_ends(data: Path, start: Callable[..., User]) -> None:
    parent = start(FORK)
    assert parent.is_up()
    assert parent.process.wait(timeout=30) == 0

    assert not stopped(data, within=0.5)
    parent.stdin.write("go on\n")
    parent.stdin.flush()
    assert parent.stdout.read() == ""

    assert stopped(data)


def test_a_killed_server_comes_back(data: Path, start: Callable[..., User]) -> None:
    user = start()
    assert user.is_up()

    os.kill(int((data / "postmaster.pid").read_text().split("\n")[0]), signal.SIGKILL)
    wait_until(lambda: server.running_socket_dir(data) is None)

    assert user.finish() == 0


def test_a_long_path_gets_a_socket_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / ("deep and 'quoted'" * 6)
    folder.mkdir()
    short = tmp_path / "d"

    elsewhere = server.make_socket_dir(folder)

    assert len(os.fsencode(elsewhere)) <= server.LONGEST_SOCKET_DIR
    assert elsewhere.stat().st_mode & 0o777 == 0o700
    assert elsewhere.stat().st_uid == binaries.owner_id()
    assert server.make_socket_dir(folder) == elsewhere
    elsewhere.rmdir()
    assert len(os.fsencode(short)) > server.LONGEST_SOCKET_DIR or server.make_socket_dir(short) == short


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(binaries.EmbeddedServerError, match="no-such-option"):
        binaries.run("pg_ctl", "--no-such-option")
