"""Addresses that are secrets do not stand in logs: whoever reads a log could open them."""

import logging
import re
from typing import Any

from gunicorn.glogging import Logger

_SECRET = re.compile(r"(/(?:feed|termin|angebot|stopp|sms/report/[^/\s]+)/)[^/\s\"'?]+")


def hidden(text: str) -> str:
    """``/feed/…`` without what comes after, and so the other addresses that are keys."""
    return _SECRET.sub(r"\1[secret]", text)


class HideSecrets(logging.Filter):
    """For a handler: lets everything through, without secrets."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (without := hidden(message)) != message:
            record.msg, record.args = without, ()
        return True


class AccessLogger(Logger):  # type: ignore[misc] # gunicorn brings no types
    """gunicorn's own log of requests, should somebody switch it on."""

    def atoms(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(*args, **kwargs)
        return {name: hidden(value) if isinstance(value, str) else value for name, value in atoms.items()}
