"""The demo's calendar: a sandbox in the place of Cal.com, for everybody who reads the demo's ``.env``."""

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from config.demo.environment import SLUG
from config.demo.ports import HOST, is_free, some_free_port

# About what a request to Cal.com takes from Europe.
LATENCY_MS = 120
# More than Cal.com allows, so that the demo's fortnight of appointments stands there after half a minute.
REQUESTS_PER_MINUTE = 6000


def settings_for(web_port: int, known: Mapping[str, str]) -> dict[str, str]:
    """Where the calendar is and with what to open it.

    ``known``: what stands in ``.env``. Its sandbox keeps its port while it is free, and its key and
    secret. A real calendar that somebody set there is left alone: what the demo books is fiction.
    """
    kept = known if names_a_sandbox(known) else {}
    return {
        "CALCOM_API_URL": f"http://{HOST}:{_port(web_port, kept.get('CALCOM_API_URL', ''))}",
        "CALCOM_API_KEY": kept.get("CALCOM_API_KEY") or f"cal_demo_{secrets.token_hex(16)}",
        "CALCOM_WEBHOOK_SECRET": kept.get("CALCOM_WEBHOOK_SECRET") or secrets.token_hex(16),
        "CALENDAR_REQUESTS_PER_MINUTE": str(REQUESTS_PER_MINUTE),
    }


def names_a_sandbox(known: Mapping[str, str]) -> bool:
    """Whether ``.env`` speaks of no calendar yet, or of one on this machine."""
    host = urlsplit(known.get("CALCOM_API_URL", "")).hostname
    return host == HOST if host else not known.get("CALCOM_API_KEY")


def _port(web_port: int, last_url: str) -> int:
    wanted = [urlsplit(last_url).port, web_port + 1]
    return next((port for port in wanted if port and port != web_port and is_free(port)), some_free_port())


def command(settings: Mapping[str, str], *, salon: Path, web_port: int) -> list[str]:
    """What starts the sandbox. The secret comes by the environment, where ``ps`` does not show it."""
    return [
        sys.executable,
        "manage.py",
        "calcom_sandbox",
        "--port",
        str(port_of(settings)),
        "--salon",
        str(salon),
        "--latency-ms",
        str(LATENCY_MS),
        "--rate-limit",
        str(REQUESTS_PER_MINUTE),
        "--webhook",
        f"http://{HOST}:{web_port}/calcom/webhook/{SLUG}/",
    ]


def port_of(settings: Mapping[str, str]) -> int:
    return urlsplit(settings["CALCOM_API_URL"]).port or 0
