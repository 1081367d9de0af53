"""Cal.com told where to send its messages: one webhook of the key's owner for each company.

Ours is the one with our address. Cal.com never repeats a message and sends none for what happens while
the webhook is off, so that what is wrong here costs freshness, not truth (reconciliation finds it).
"""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.models import Company
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.line import Line
from integrations.calcom.types import Webhook
from integrations.models import CalendarConnection

TRIGGERS = (
    "BOOKING_CREATED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REJECTED",
    "BOOKING_REQUESTED",
    "BOOKING_NO_SHOW_UPDATED",
)
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SECRET_BYTES = 32


class Problem(TextChoices):
    MISSING = "missing", gettext_lazy("Cal.com has no webhook to this address.")
    INACTIVE = "inactive", gettext_lazy("The webhook is switched off.")
    TRIGGERS = "triggers", gettext_lazy("The webhook does not send all events.")
    TWICE = "twice", gettext_lazy("There are several webhooks to this address.")


class BadAddress(ValueError):
    """``str()`` is a sentence."""


def address(url: str, company: Company) -> str:
    """Where the company's messages go, from that or from the site's address. Raises ``BadAddress``."""
    path = f"/calcom/webhook/{company.slug}/"
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        host = None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)):
        raise BadAddress(_("“%(url)s” is no https address.") % {"url": url})
    if parts.path in ("", "/"):
        parts = parts._replace(path=path)
    if not parts.path.endswith(path) or parts.query or parts.fragment:
        raise BadAddress(_("The address must end with %(path)s.") % {"path": path})
    return urlunsplit(parts)


def problems(line: Line, url: str) -> list[Problem]:
    """Raises ``CalendarError``. Whether the secret is right only a delivery shows."""
    ours = _ours(_list(line), url)
    if not ours:
        return [Problem.MISSING]
    first, *others = ours
    found = []
    if not first.active:
        found.append(Problem.INACTIVE)
    if not set(TRIGGERS) <= set(first.triggers):
        found.append(Problem.TRIGGERS)
    return [*found, Problem.TWICE] if others else found


def set_up(company: Company, line: Line, url: str, *, now: datetime) -> Webhook:
    """Creates or corrects ours; repeating changes nothing. Raises ``CalendarError``.

    The secret is stored before Cal.com has it: whatever comes after an interruption can be verified.
    """
    secret = _secret(company)
    ours = _ours(_list(line), url)
    for surplus in ours[1:]:
        line.call(_removal(surplus), priority=Priority.LOOKUP)
    webhook = line.call(_change(ours[0] if ours else None, url, secret), priority=Priority.LOOKUP)
    known = CalendarConnection.objects.filter(company=company)
    known.update(webhook_id=webhook.id, webhook_checked_at=now)
    return webhook


def _removal(webhook: Webhook) -> Callable[[Client], None]:
    return lambda client: client.delete_webhook(webhook.id)


def _change(old: Webhook | None, url: str, secret: str) -> Callable[[Client], Webhook]:
    if old is None:
        return lambda client: client.create_webhook(url, TRIGGERS, secret)
    return lambda client: client.update_webhook(
        old.id, url=url, triggers=TRIGGERS, secret=secret, active=True
    )


def _secret(company: Company) -> str:
    """The company's own, else the environment's, else a new one of the company's."""
    connection, _created = CalendarConnection.objects.get_or_create(company=company)
    if connection.webhook_secret or settings.CALCOM_WEBHOOK_SECRET:
        return connection.webhook_secret or str(settings.CALCOM_WEBHOOK_SECRET)
    connection.webhook_secret = secrets.token_urlsafe(SECRET_BYTES)
    connection.save(update_fields=["webhook_secret_encrypted", "updated_at"])
    return connection.webhook_secret


def _list(line: Line) -> list[Webhook]:
    return line.call(Client.webhooks, priority=Priority.LOOKUP)


def _ours(webhooks: Iterable[Webhook], url: str) -> list[Webhook]:
    return [webhook for webhook in webhooks if webhook.url == url]
