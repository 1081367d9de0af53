"""What holds for every test: no network, and only a database made for tests."""

import socket
from typing import Any

import pytest
from django.db import connection

from appointments.access import Role, roles

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
def django_db_setup(django_db_setup: None) -> None:
    """Stop everything before the first row is written, should the database not be one made for tests."""
    name = str(connection.settings_dict["NAME"])
    if not name.startswith("test_"):
        pytest.exit(f"The tests would write into the database {name}.", returncode=2)


@pytest.fixture
def bare_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """A role decides which rows somebody sees, and nothing else: permissions are given one by one."""
    monkeypatch.setattr(roles, "_granted", {role: set() for role in Role})
