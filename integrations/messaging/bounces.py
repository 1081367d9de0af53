"""E-mails that came back: a delivery status notification (RFC 3464) says which, and that it is for good."""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message as Letter
from re import compile as compiled
from typing import Any

from integrations.messaging.post import message_id_of
from integrations.models import Medium, Message, MessageState

_OURS = compiled(r"<(message-(\d{1,18})\.\d{14}@terminfest\.invalid)>")


def note_bounce(content: bytes, *, now: datetime) -> Message | None:
    """The message that did not arrive; None for any other letter: a delay, an automatic answer, of somebody
    else's.
    """
    letter = message_from_bytes(content, policy=policy.default)
    if letter.get_content_type() != "multipart/report" or not _is_final(letter):
        return None
    for number, message_id in _named(letter):
        message = Message.objects.filter(pk=number, medium=Medium.EMAIL).first()
        if message is not None and message_id_of(message) == f"<{message_id}>":
            return _note(message, now)
    return None


def _is_final(letter: Letter) -> bool:
    """Some recipient is said to be out of reach for ever: ``Action: failed`` and a status of the class 5."""
    for part in letter.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks: Any = part.get_payload()
            for block in blocks:
                facts = {name.lower(): str(value).strip().lower() for name, value in block.items()}
                if facts.get("action") == "failed" and facts.get("status", "5").startswith("5"):
                    return True
    return False


def _named(letter: Letter) -> Iterator[tuple[int, str]]:
    """Our own numbers in the returned letter, or in what is left of its header."""
    for part in letter.walk():
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers"}:
            for found in _OURS.finditer(part.as_string()):
                yield int(found.group(2)), found.group(1)


def _note(message: Message, now: datetime) -> Message:
    left = Message.objects.filter(pk=message.pk, state__in=(MessageState.SENT, MessageState.UNCLEAR))
    left.update(state=MessageState.UNDELIVERED, reported_at=now, error="bounced")
    return message
