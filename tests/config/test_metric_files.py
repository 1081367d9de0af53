"""Counters of processes that have ended are kept, and their files are not."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django_q.signals import post_spawn
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from config.metric_files import TogetherCounted, fold
from config.metric_folder import VARIABLE, count_together

# What a process does that counts a little and ends.
PROGRAM = """
from prometheus_client import Counter, Histogram

Counter("bookings_total", "Bookings.", ["kind"]).labels(kind="perm").inc({amount})
Histogram("waiting_seconds", "Waiting.", buckets=(1, 2)).observe({amount})
"""


@pytest.fixture
def root(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an installation whose processes have all ended."""
    monkeypatch.setenv(VARIABLE, "set back afterwards")
    settings.METRICS_DIR = count_together(tmp_path / "metrics")
    return tmp_path / "metrics"


def run(amount: float) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM.format(amount=amount)], check=True, timeout=30)


def told(root: Path) -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(TogetherCounted(root))
    families = text_string_to_metric_families(generate_latest(registry).decode())
    return {
        "".join([sample.name, *sample.labels.values()]): sample.value
        for family in families
        for sample in family.samples
    }


SUMS = {
    "bookings_totalperm": 3.5,
    "waiting_seconds_bucket1.0": 1,
    "waiting_seconds_bucket2.0": 1,
    "waiting_seconds_bucket+Inf": 2,
    "waiting_seconds_count": 2,
    "waiting_seconds_sum": 3.5,
}


def files(root: Path) -> list[str]:
    return sorted(file.name for file in root.glob("*/*.db"))


def test_ended_processes_are_put_together_without_changing_a_sum(root: Path) -> None:
    run(0.5)
    run(3)
    assert told(root) == SUMS
    assert len(files(root)) == 4

    fold()
    assert files(root) == ["counter_0.db", "histogram_0.db"]
    assert told(root) == SUMS

    fold()
    run(1)
    fold()
    assert files(root) == ["counter_0.db", "histogram_0.db"]
    assert told(root)["bookings_totalperm"] == 4.5


def test_a_running_process_keeps_its_files(root: Path) -> None:
    program = PROGRAM.format(amount=1) + "print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        fold()
        assert files(root) == [f"counter_{process.pid}.db", f"histogram_{process.pid}.db"]
        process.communicate(b"\n", timeout=30)

    fold()
    assert files(root) == ["counter_0.db", "histogram_0.db"]


def test_a_new_worker_of_the_queue_puts_together_what_its_predecessor_counted(root: Path) -> None:
    """It is forked, so it does not begin as other processes do."""
    run(3)

    post_spawn.send(sender="django_q", proc_name="Process-1:9")

    assert files(root) == ["counter_0.db", "histogram_0.db"]


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, b"\x00\x10\x00\x00" + b"\x00" * 12])
def test_what_a_power_cut_has_left_harms_nothing(root: Path, content: bytes) -> None:
    run(0.5)
    (ended,) = root.glob("*/counter_*.db")
    # No process has this id: it is beyond what the system gives.
    ended.with_name("counter_2147483646.db").write_bytes(content)

    fold()

    assert files(root) == ["counter_0.db", "histogram_0.db"]
    assert told(root)["bookings_totalperm"] == 0.5


def test_where_nothing_can_be_written_each_process_counts_for_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "set back afterwards")
    (tmp_path / "file").touch()

    assert count_together(tmp_path / "file" / "metrics") is None
    run(1)
