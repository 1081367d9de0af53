"""``python -m config.healthcheck``: does the web process of this container answer? Exit status 0 or 1.

Needs nothing of Django's: it runs every few seconds.
"""

import http.client
import os
import sys

PORT = 8000
SECONDS = 4


def host() -> str:
    """One that the site answers to: the first of ``ALLOWED_HOSTS``."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip().lstrip(".")
    return first if first not in {"", "*"} else "localhost"


def is_up(port: int = PORT) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host()})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_up() else 1)
