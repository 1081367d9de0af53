"""The only place from which alarms leave: by the site's own mail server, or by apprise."""

import logging
from contextlib import ExitStack
from dataclasses import dataclass
from smtplib import SMTPException

from apprise import NotifyBase, NotifyFormat, NotifyType
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.utils.translation import gettext_lazy as _

from integrations.alarms.addresses import Address, read_address
from integrations.encryption import SecretUnreadable
from integrations.models import AlarmChannel
from integrations.outside import Watch, only_outside
from integrations.transactions import insist_on_no_transaction

logger = logging.getLogger(__name__)

# Seconds to connect and to answer, whatever an address says of itself.
CONNECT_SECONDS, READ_SECONDS = 5.0, 10.0


@dataclass(frozen=True, slots=True)
class Message:
    title: str
    text: str
    type: NotifyType = NotifyType.WARNING


class NotSent(Exception):
    """``code`` is a key of :data:`SENTENCES`; what the other side said is not kept, it may name keys."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)

    def __str__(self) -> str:
        return sentence_for(self.code)


SENTENCES = {
    "secret_unreadable": _("The stored address cannot be decrypted. Please enter it again."),
    "invalid": _("This address is no longer one that messages can be sent to. Please enter it again."),
    "inside": _("The address leads inside the network, so nothing was sent."),
    "refused": _("The other side did not accept the message, or did not answer."),
    "too_many": _("This hour's messages have been sent. Please try again later."),
    "mail_refused": _("The site's mail server did not accept the message, or did not answer."),
}


def sentence_for(code: str) -> str:
    return str(SENTENCES.get(code, "")) if code else ""


def send(channel: AlarmChannel, message: Message) -> None:
    """Raises ``NotSent``. Waits a quarter of a minute at most; never inside a transaction."""
    insist_on_no_transaction("An alarm's address")
    address = _address(channel)
    if address.plugin is None:
        _mail(address.text, message)
        return
    with ExitStack() as stack:
        watch = None if channel.may_reach_inside else stack.enter_context(only_outside())
        _notify(address.plugin, message, watch)


def _address(channel: AlarmChannel) -> Address:
    """Asked again each time: what was allowed when it was entered need not be so today."""
    try:
        return read_address(channel.address, may_reach_inside=channel.may_reach_inside)
    except SecretUnreadable as error:
        raise NotSent("secret_unreadable") from error
    except ValidationError as error:
        raise NotSent("invalid") from error


def _mail(recipient: str, message: Message) -> None:
    try:
        EmailMessage(message.title, message.text, to=[recipient]).send()
    except (OSError, SMTPException) as error:
        logger.warning("The mail server did not take an alarm: %s", type(error).__name__)
        raise NotSent("mail_refused") from error


def _notify(plugin: NotifyBase, message: Message, watch: Watch | None) -> None:
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    plugin.retry = 0
    try:
        is_sent = plugin.notify(
            body=message.text, title=message.title, notify_type=message.type, body_format=NotifyFormat.TEXT
        )
    except Exception as error:  # noqa: BLE001 - a hundred services, each with errors of its own
        logger.warning("An alarm could not be sent by %s: %s", plugin.service_name, type(error).__name__)
        is_sent = False
    if watch is not None and watch.refused:
        raise NotSent("inside")
    if not is_sent:
        raise NotSent("refused")
