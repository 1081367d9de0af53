"""A web server of several processes tells one sum, whichever of them is asked."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from django.conf import settings
from django.db import connection

from tests.calls.race.servers import serving

TOKEN = "token-of-prometheus"
AT_ONCE = 16
ROUNDS = 60
PATIENCE_SECONDS = 20


def count(url: str, service: str) -> tuple[int, float]:
    process, own = requests.get(f"{url}/count/{service}", timeout=30).json()
    return process, own


def told(url: str, service: str) -> float:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    response = requests.get(f"{url}/metrics", headers=headers, timeout=30)
    response.raise_for_status()
    start = f'race_condition_detected_total{{service="{service}"}} '
    (line,) = [line for line in response.text.splitlines() if line.startswith(start)]
    return float(line.removeprefix(start))


def files_of(process: int) -> list[Path]:
    return list(settings.METRICS_DIR.glob(f"*/*_{process}.db"))


@pytest.mark.django_db
def test_processes_count_together_and_what_a_dead_one_counted_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_TOKEN", TOKEN)
    service = f"Schnitt {uuid4()}"
    own: dict[int, float] = {}
    requested = 0
    database = str(connection.settings_dict["NAME"])
    with (
        serving("tests.config.counting", database, tmp_path / "log") as url,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        while len(own) < 2 and requested < ROUNDS * AT_ONCE:
            for process, counted in pool.map(lambda _: count(url, service), range(AT_ONCE)):
                own[process] = max(counted, own.get(process, 0))
            requested += AT_ONCE

        # The negative control: what one process knows is less.
        assert len(own) >= 2
        assert max(own.values()) < sum(own.values()) == requested
        assert {told(url, service) for _ in range(AT_ONCE)} == {requested}

        dead = next(iter(own))
        os.kill(dead, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while files_of(dead) and time.monotonic() < deadline:
            assert told(url, service) == requested
        assert files_of(dead) == []
        assert told(url, service) == requested
