"""The guards of conftest.py guard."""

import socket

import pytest


def test_a_test_cannot_leave_this_machine() -> None:
    with socket.socket() as sock, pytest.raises(pytest.fail.Exception, match=r"connect to 192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))
