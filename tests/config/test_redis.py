"""Redis as queue and cache: a real one, a worker that is killed, and none at all.

What the cache is used for is tested with both caches where it is used (``either_cache``).
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_q.brokers.redis_broker import Redis
from django_q.tasks import async_task

from appointments.models import IntegrityReport
from config import redis_links, version
from tests.calls.race.servers import connect, copy_of, environment
from tests.salons import make_salon

PATIENCE_SECONDS = 60
AWAY = "Der Hintergrunddienst ist zurzeit nicht erreichbar. Bitte versuchen Sie es in einigen Minuten noch einmal."
STARTS_AND_WAITS = "UPDATE django_q_schedule SET next_run = now() + interval '1 day'"


def until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, "It did not happen."
        time.sleep(0.05)
    return found


@contextmanager
def worker(database: str, url: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """One of its own, in a process group, with ``url`` as its queue."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=settings.BASE_DIR,
            env={**environment(database), "REDIS_URL": url, "TASK_WORKERS": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """As a power cut would: all of it, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.django_db
def test_what_waits_in_redis_outlives_its_worker(redis_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    broker = Redis(list_key="terminfest")
    broker.connection = redis.Redis.from_url(redis_url)
    broker.connection.flushall()
    # Tests before this one may have left connections open.
    clients = len(broker.connection.client_list())
    tasks = connection.settings_dict["NAME"]
    with copy_of(tasks, f"test_redis_{os.getpid()}") as name, closing(connect(name)) as own:
        own.execute(STARTS_AND_WAITS)

        def done() -> int:
            (count,) = own.execute(
                "SELECT count(*) FROM django_q_task WHERE success AND func = 'config.tasks.note_version'"
            ).fetchone() or (0,)
            return int(count)

        with worker(name, redis_url, log) as process:
            async_task("config.tasks.note_version", broker=broker)
            until(lambda: done() == 1)
            kill(process)
        # As long as Redis takes it for alive, it would get the task; then only its schedule would find it.
        until(lambda: len(broker.connection.client_list()) <= clients)
        async_task("config.tasks.note_version", broker=broker)
        assert broker.queue_size() == 1

        with worker(name, redis_url, log):
            until(lambda: done() == 2)
        assert broker.queue_size() == 0
    assert "Traceback" not in log.read_text()


def test_what_processes_tell_each_other(redis_url: str, settings: Any) -> None:
    settings.CACHES = {"default": redis_links.cache(redis_url)}
    cache.clear()
    version.note(version.WORKER)

    assert (version.noted(version.WORKER), version.noted(version.WEB)) == (version.RUNNING, None)
    assert cache.add("lock", 1) is True
    assert cache.add("lock", 1) is False


@pytest.mark.usefixtures("redis_away")
class TestAway:
    """Redis is gone: callers book all the same, see ``tests/calls/test_without_redis.py``."""

    def test_what_a_person_wants_now_is_refused_with_a_sentence(self, admin_client: Client) -> None:
        salon = make_salon()
        url = reverse("admin:appointments_integrityreport_run")
        page = admin_client.post(f"{url}?company={salon.company.slug}", follow=True)
        assert AWAY in page.content.decode()
        assert not IntegrityReport.objects.exists()

        page = admin_client.post(reverse("admin:calls_call_link_calls"), follow=True)
        assert AWAY in page.content.decode()

    def test_the_health_page_says_it(self, client: Client, db: None) -> None:
        checks = client.get("/readyz").json()["checks"]
        assert (checks["database"], checks["queue"]) == ("ok", "unreachable")

    def test_a_cache_that_is_away_is_empty(self) -> None:
        cache.set("a", 1)
        cache.set_many({"b": 2})
        assert (cache.get("a", "nothing"), cache.get_many(["a", "b"]), cache.has_key("a")) == (
            "nothing",
            {},
            False,
        )
        assert (cache.add("lock", 1), cache.delete("a"), cache.touch("a")) == (False, False, False)
        cache.delete_many(["a"])
        cache.clear()
        with pytest.raises(ValueError, match="not found"):
            cache.incr("a")


def test_one_that_does_not_answer_is_waited_for_once(settings: Any) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        url = f"redis://127.0.0.1:{mute.getsockname()[1]}/0?socket_timeout=0.2"
        settings.CACHES = {"default": redis_links.cache(url)}
        begun = time.monotonic()
        assert [cache.get("a") for _ in range(50)] == [None] * 50
        assert time.monotonic() - begun < 1


def test_an_address_that_is_none_is_one_sentence() -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL must be"):
        redis_links.pool("localhost:6379")
