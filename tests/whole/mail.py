"""A mail server that remembers what it took, and sometimes does not take it, or breaks off afterwards."""

import smtplib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.utils import timezone

from tests.calls.race.servers import connect
from tests.whole.journal import TALLY

AWAY, REFUSES, BREAKS_OFF = "mail server away", "mail refused", "mail line broken after the letter"
PATH = "tests.whole.mail.Backend"


class Letterbox:
    """``taken``: ids of our messages, in the order in which they were taken. ``troubles``: what goes wrong
    with the next ones. ``untrue``: what letters said when they left, and was not so any more.
    """

    taken: list[int] = []
    troubles: list[str] = []
    untrue: list[str] = []

    @classmethod
    def empty(cls) -> None:
        cls.taken, cls.troubles, cls.untrue = [], [], []


class Backend(BaseEmailBackend):
    def open(self) -> bool:
        if AWAY in Letterbox.troubles[:1]:
            self._strike()
            raise ConnectionRefusedError
        return True

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        for message in email_messages:
            trouble = self._strike() if Letterbox.troubles else ""
            if trouble == REFUSES:
                raise smtplib.SMTPDataError(550, b"no")
            Letterbox.taken.append(_number(message))
            Letterbox.untrue += _untrue(_number(message))
            if trouble == BREAKS_OFF:
                raise TimeoutError
        return len(email_messages)

    def _strike(self) -> str:
        trouble = Letterbox.troubles.pop(0)
        TALLY.faults[trouble] += 1
        return trouble


def _number(message: Any) -> int:
    """``<message-17.20251123…>``: the row that it was made of."""
    return int(message.extra_headers["Message-ID"].partition("-")[2].partition(".")[0])


# By a connection of its own: what breaks ours must not break the judge's.
SAID = """
SELECT m.about, a.status, a.starts_at, a.updated_at FROM integrations_message m
JOIN appointments_appointment a ON a.id = m.appointment_id WHERE m.id = %s
"""
# Whoever changes it in the very moment in which a letter leaves is told of by the next one.
AT_ONCE = timedelta(seconds=1)


def _untrue(number: int) -> Iterator[str]:
    with connect(connection.settings_dict["NAME"]) as mine:
        row = mine.execute(SAID, [number]).fetchone()
    if row is None or row[3] > timezone.now() - AT_ONCE:
        return
    about, status, starts_at, _updated_at = row
    stands, is_gone = status in ("booked", "confirmed"), status in ("cancelled", "rejected")
    if (stands and _start(about) != starts_at) or (is_gone and about):
        yield f"I4: letter {number} says {about or 'cancelled'!r}, but it is {status} at {starts_at}"


def _start(about: str) -> datetime | None:
    return datetime.fromtimestamp(int(about.partition("/")[0]), tz=UTC) if about else None
