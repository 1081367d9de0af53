"""In whose name a branch writes."""

from email.utils import formataddr, parseaddr

from django.conf import settings

from integrations.models import Messaging


def sender_of(messaging: Messaging) -> str:
    """``Name <address>``: the salon's name, our address, which alone the mail server may send for."""
    name = messaging.sender_name or messaging.branch.company.name
    # On one line: a break would begin another header, which no mail server is to be given.
    return formataddr((" ".join(name.split()), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
