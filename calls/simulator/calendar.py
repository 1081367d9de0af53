"""What a script does to the calendar itself: to the sandbox in Cal.com's place, and to nothing else."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from calls.simulator.script import Look, Requests, SandboxPart, Stranger, Unplayable

TIMEOUT_SECONDS = 30


class Calendar:
    """The sandbox's control surface at ``url``, opened with ``key``. ``zone`` is the salon's."""

    def __init__(self, url: str, key: str, *, zone: tzinfo | None) -> None:
        self.url = url.rstrip("/")
        self.zone = zone
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {key}"

    def insist_on_a_sandbox(self) -> None:
        """Nobody's calendar is played with. Raises ``Unplayable`` unless it is on this machine, and one."""
        if not _is_loopback(self.url):
            raise Unplayable(
                f"This script breaks the calendar on purpose, so it is not played with {self.url}."
            )
        self._ask("GET", "faults")

    def do(self, part: SandboxPart) -> dict[str, Any]:
        """What the step's expectations are held against; raises ``Unplayable``."""
        reply: dict[str, Any] = {}
        if part.faults:
            self._ask("POST", "faults", {"faults": part.faults})
        if part.forget_requests:
            self._ask("DELETE", "requests")
        if part.stranger is not None:
            reply["stranger"] = self._let_book(part.stranger)
        if part.look is not None:
            reply["standing"] = self._standing(part.look)
        if part.requests is not None:
            reply |= _timing(self._asked(part.requests))
        return reply

    def clear(self) -> None:
        """Nothing that was ordered may meet whoever comes next."""
        self._ask("DELETE", "faults")
        self.session.close()

    def _let_book(self, stranger: Stranger) -> str:
        start = datetime.fromisoformat(f"{stranger.day}T{stranger.time}").replace(tzinfo=self.zone)
        body = {"eventTypeId": stranger.event_type, "start": start.isoformat(), "name": stranger.name}
        response = self._send("POST", "foreign-bookings", body)
        if response.status_code == HTTPStatus.CONFLICT:
            return "not_open"
        return "booked" if response.ok else "refused"

    def _standing(self, look: Look) -> list[str]:
        """By start: ``3010 10:00-10:50``, event type and times in the salon's zone."""
        found = []
        for row in self._ask("GET", "bookings"):
            start, end = (
                datetime.fromisoformat(row[name]).astimezone(self.zone) for name in ("start", "end")
            )
            if start.date().isoformat() != look.day or look.name not in ("", row["attendee"]["name"]):
                continue
            if look.host in (None, row["host"]):
                found.append((start, f"{row['event_type']} {start:%H:%M}-{end:%H:%M}"))
        return [text for _start, text in sorted(found)]

    def _asked(self, wanted: Requests) -> list[dict[str, Any]]:
        found = [one for one in self._ask("GET", "requests") if one["operation"] == wanted.operation]
        types = wanted.event_types
        return [one for one in found if not types or (one["body"] or {}).get("eventTypeId") in types]

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        response = self._send(method, path, body)
        if not response.ok:
            raise Unplayable(
                f"{self.url} is no sandbox, or refuses: {response.status_code} {response.text[:200]}"
            )
        try:
            return response.json()["data"]
        except (ValueError, KeyError) as error:
            raise Unplayable(f"{self.url} does not answer like a sandbox.") from error

    def _send(self, method: str, path: str, body: Any = None) -> requests.Response:
        try:
            return self.session.request(
                method,
                f"{self.url}/sandbox/{path}",
                json=body,
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise Unplayable(f"No sandbox answers at {self.url}: {error}") from error


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _timing(asked: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """How many, and how long all of them took together, as a multiple of the slowest."""
    if not asked:
        return {"requests": 0, "whole_by_slowest": 0.0}
    whole = max(one["ended"] for one in asked) - min(one["began"] for one in asked)
    slowest = max(one["ended"] - one["began"] for one in asked)
    return {"requests": len(asked), "whole_by_slowest": round(whole / slowest, 2) if slowest else 1.0}
