"""The addresses of ``ALERT_URLS`` as channels of the operator, which hear of everything."""

import logging

from django.conf import settings
from django.core.exceptions import ValidationError

from integrations.alarms.addresses import read_address
from integrations.encryption import SecretUnreadable
from integrations.models import AlarmChannel

logger = logging.getLogger(__name__)
NAME = "ALERT_URLS"


def sync_channels() -> int:
    """Creates, corrects and removes the rows; how many there are then. Repeating it changes nothing."""
    names = []
    for number, text in enumerate(settings.ALERT_URLS, start=1):
        name = f"{NAME} {number}"
        try:
            address = read_address(text, may_reach_inside=True)
        except ValidationError:
            logger.error("Number %s of ALERT_URLS is no address for messages.", number)  # noqa: TRY400
            continue
        names.append(name)
        _store(name, address.text, address.shown)
    AlarmChannel.objects.filter(from_environment=True).exclude(name__in=names).delete()
    return len(names)


def _store(name: str, text: str, shown: str) -> None:
    found = AlarmChannel.objects.filter(from_environment=True, name=name).first()
    channel = found or AlarmChannel(name=name, from_environment=True, all_companies=True)
    if found is not None and _address_of(found) == text:
        return
    channel.address, channel.shown = text, shown
    channel.save()


def _address_of(channel: AlarmChannel) -> str:
    try:
        return channel.address
    except SecretUnreadable:
        return ""
