"""Handing a message on: an SMS to the gateway, an e-mail to the mail server, with its text, the same as HTML,
and the calendar entry.
"""

import smtplib
from collections.abc import Callable
from html import escape

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.html import urlize

from integrations.messaging.answers import NotTaken, PerhapsTaken
from integrations.messaging.senders import sender_of
from integrations.messaging.stopping import outgoing_text, stop_link
from integrations.messaging.texting import send_sms
from integrations.models import Medium, Message, MessageKind, Messaging


def post(message: Message, messaging: Messaging, *, before: Callable[[], None]) -> str:
    """Sends it. ``before`` runs once the server listens, right before it is given the message; what it
    raises ends it there.

    The number that a gateway gave it, if it did. Raises ``NotTaken`` or ``PerhapsTaken``.
    """
    if message.medium == Medium.SMS:
        return send_sms(message, before=before)
    _mail(message, messaging, before=before)
    return ""


def _mail(message: Message, messaging: Messaging, *, before: Callable[[], None]) -> None:
    connection = get_connection()
    email = _as_email(message, messaging, connection)
    try:
        email.message()
        connection.open()
    except ValueError as error:  # an address or a subject that no mail can have
        raise NotTaken(_reason(error), forever=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotTaken(_reason(error), forever=False) from error
    try:
        before()
        email.send()
    except smtplib.SMTPResponseException as error:
        # Only 4xx and 5xx are a no. What cannot be read (-1) may have been a yes.
        if not 400 <= error.smtp_code < 600:
            raise PerhapsTaken(_reason(error)) from error
        raise NotTaken(_reason(error), forever=error.smtp_code >= 500) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise NotTaken(_reason(error), forever=min(codes, default=550) >= 500) from error
    except smtplib.SMTPNotSupportedError as error:
        # Nothing was said yet: the server cannot write to an address like this one.
        raise NotTaken(_reason(error), forever=True) from error
    except (OSError, smtplib.SMTPException) as error:
        raise PerhapsTaken(_reason(error)) from error
    finally:
        connection.close()


def _as_email(message: Message, messaging: Messaging, connection: object) -> EmailMultiAlternatives:
    text, stop = outgoing_text(message), stop_link(message)
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=text,
        from_email=sender_of(messaging),
        to=[message.recipient],
        reply_to=[messaging.reply_to] if messaging.reply_to else None,
        headers={
            # The same for every attempt: a server that got it twice can tell.
            "Message-ID": message_id_of(message),
            "Auto-Submitted": "auto-generated",
            # RFC 8058: the mail program's own button needs no page.
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        connection=connection,
    )
    email.attach_alternative(as_html(text), "text/html")
    if message.invitation:
        method = "CANCEL" if message.kind == MessageKind.CANCELLATION else "REQUEST"
        email.attach_alternative(message.invitation, f"text/calendar; method={method}")
    return email


def message_id_of(message: Message) -> str:
    return f"<message-{message.pk}.{message.created_at:%Y%m%d%H%M%S}@terminfest.invalid>"


def as_html(text: str) -> str:
    """Paragraphs and links, nothing that a template could bring along."""
    paragraphs = "".join(
        "<p>" + urlize(escape(part), nofollow=True).replace("\n", "<br>") + "</p>"
        for part in text.split("\n\n")
    )
    style = "font-family: sans-serif; line-height: 1.5"  # mail programs know no style sheets
    return f'<!doctype html><html><body style="{style}">{paragraphs}</body></html>'


def _reason(error: Exception) -> str:
    """What the server said, without the address of anybody."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"SMTP {next(iter(error.recipients.values()), (550, b''))[0]}"
    return type(error).__name__


__all__ = ["NotTaken", "PerhapsTaken", "as_html", "message_id_of", "post"]
