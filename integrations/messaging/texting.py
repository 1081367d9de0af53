"""Handing an SMS to the company's gateway, whichever it is."""

from collections.abc import Callable

from django.utils import timezone

from integrations.encryption import SecretUnreadable
from integrations.messaging import by_apprise, by_http, gsm
from integrations.messaging.answers import NotTaken, PerhapsTaken
from integrations.messaging.stopping import outgoing_text
from integrations.models import Message, SmsGateway, Way

REFERENCE = "terminfest-"


def reference_of(message: Message) -> str:
    """The same for every attempt of our own: a gateway that got it twice can tell. Another one when staff ask
    for it again, so that it is no double, and what is reported of the former is not said of this one.
    """
    again = f"-{message.sent_again}" if message.sent_again else ""
    return f"{REFERENCE}{message.pk}{again}"


def send_sms(message: Message, *, before: Callable[[], None]) -> str:
    """The gateway's own number of it, if it has one. Raises ``NotTaken`` or ``PerhapsTaken``."""
    gateway = SmsGateway.objects.filter(company=message.company_id, active=True).first()
    if gateway is None:
        raise NotTaken("no gateway", forever=False)
    return hand_over(
        gateway,
        to=message.recipient,
        text=outgoing_text(message),
        reference=reference_of(message),
        before=before,
    )


def hand_over(gateway: SmsGateway, *, to: str, text: str, reference: str, before: Callable[[], None]) -> str:
    """As ``send_sms``. The gateway's page says how the last one went."""
    facts = {
        "to": to,
        "to_digits": to.removeprefix("+"),
        "text": gsm.plain(text),
        "sender": gateway.sender,
        "reference": reference,
    }
    try:
        number = _send(gateway, facts, before)
    except (NotTaken, PerhapsTaken) as error:
        _note(gateway, last_error=str(error), last_error_at=timezone.now())
        raise
    _note(gateway, last_success_at=timezone.now(), last_error="")
    return number


def _send(gateway: SmsGateway, facts: dict[str, str], before: Callable[[], None]) -> str:
    try:
        if gateway.way == Way.HTTP:
            return by_http.send(gateway, facts, before=before)
        if gateway.way == Way.APPRISE:
            return by_apprise.send(gateway, facts, before=before)
    except SecretUnreadable as error:
        raise NotTaken("key unreadable", forever=False) from error
    before()
    return ""


def _note(gateway: SmsGateway, **facts: object) -> None:
    SmsGateway.objects.filter(pk=gateway.pk).update(**facts)
