"""A queue whose process has died must end: it took its locks along (found by ``make chaos``)."""

from unittest.mock import Mock, patch

import pytest
from django.core.management import get_commands
from django_q.cluster import Sentinel

from config.queue import MortalSentinel


@pytest.fixture
def sentinel() -> MortalSentinel:
    """One that guards nothing."""
    return MortalSentinel.__new__(MortalSentinel)


@pytest.mark.parametrize("number", [9, 11, 15])
def test_it_ends_with_a_process_that_died_of_a_signal(sentinel: MortalSentinel, number: int) -> None:
    """And so do those that are left, at once: an orderly end would wait for the lost locks."""
    died, worker, monitor, pusher = (Mock(exitcode=None) for _process in range(4))
    died.exitcode = -number
    sentinel.pool, sentinel.monitor, sentinel.pusher = [died, worker], monitor, pusher

    with patch("os._exit", side_effect=SystemExit) as leave, pytest.raises(SystemExit):
        sentinel.reincarnate(died)

    leave.assert_called_once_with(1)
    assert [one.kill.call_count for one in (worker, monitor, pusher)] == [1, 1, 1]


@pytest.mark.parametrize("exitcode", [0, 1, None], ids=["recycled", "failed", "too long at work"])
def test_any_other_is_replaced(sentinel: MortalSentinel, exitcode: int | None) -> None:
    process = Mock(exitcode=exitcode)

    with patch.object(Sentinel, "reincarnate") as replace:
        sentinel.reincarnate(process)

    replace.assert_called_once_with(process)


def test_the_worker_is_started_with_it() -> None:
    assert get_commands()["qcluster"] == "config"
