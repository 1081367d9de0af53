"""A mail server that remembers what it took, and sometimes does not take it, or breaks off afterwards."""

import smtplib
from collections.abc import Sequence
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend

from tests.whole.journal import TALLY

AWAY, REFUSES, BREAKS_OFF = "mail server away", "mail refused", "mail line broken after the letter"
PATH = "tests.whole.mail.Backend"


class Letterbox:
    """``taken``: ids of our messages, in the order in which they were taken. ``troubles``: what goes wrong
    with the next ones.
    """

    taken: list[int] = []
    troubles: list[str] = []


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
