"""What holds for every test: no network, and only a database made for tests."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django_q.conf import Conf

from appointments.access import Role, roles
from config import redis_links
from tests import emptying, redis_server

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may leave this machine, not even to a service that happens to be there."""
    connect = socket.socket.connect

    def guarded(sock: socket.socket, address: Any) -> None:
        if sock.family != socket.AF_UNIX and address[0] not in LOOPBACK:
            pytest.fail(f"A test tried to connect to {address[0]}.")
        connect(sock, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Stop everything before the first row is written, should the database not be one made for tests."""
    name = str(connection.settings_dict["NAME"])
    if not name.startswith("test_"):
        pytest.exit(f"The tests would write into the database {name}.", returncode=2)
    with django_db_blocker.unblock():
        emptying.keep()
    TransactionTestCase._fixture_teardown = lambda _case: emptying.empty()


@pytest.fixture
def bare_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role decides which rows somebody sees, and nothing else: permissions are given one by one."""
    monkeypatch.setattr(roles, "_granted", {role: set() for role in Role})


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server.serving(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=["database", "redis"])
def either_cache(request: pytest.FixtureRequest, db: None, settings: Any) -> None:
    """What must hold with ``REDIS_URL`` and without."""
    if request.param == "redis":
        settings.CACHES = {"default": redis_links.cache(request.getfixturevalue("redis_url"))}
    cache.clear()


@pytest.fixture
def redis_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings as ``REDIS_URL`` makes them, of a server that is not there."""
    url = f"redis://127.0.0.1:{redis_server.free_port()}/0"
    settings.REDIS_URL = url
    settings.CACHES = {"default": redis_links.cache(url)}
    monkeypatch.setattr(Conf, "ORM", None)
    monkeypatch.setattr(Conf, "BROKER_CLASS", "config.brokers.RedisBroker")
    monkeypatch.setattr(Conf, "REDIS", {"connection_pool": redis_links.pool(url)})
