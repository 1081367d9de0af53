"""What stands in front: addresses that are keys are in no log, and connections are closed by nginx, not by us."""

import re
from pathlib import Path

from tests.security.addresses import every_address

NGINX = (Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "terminfest.conf").read_text()
# What gunicorn keeps an idle connection for, unless it is told otherwise.
GUNICORN_SECONDS = 2


def test_no_address_that_is_a_key_is_logged() -> None:
    silent = re.findall(r"location ~ (\S+) \{\n\s+access_log off;", NGINX)
    keys = [route for route, _name in every_address() if re.search(r"<str:(token|secret)>", route)]
    assert len(keys) > 5
    assert [route for route in keys if not any(re.match(each, f"/{route}") for each in silent)] == []


def test_nginx_closes_first() -> None:
    """A message of the phone on a connection that is just being closed would be answered by 502."""
    (seconds,) = re.findall(r"keepalive_timeout (\d+)s;", NGINX)
    assert int(seconds) < GUNICORN_SECONDS
