"""Who changed what, when, through which channel: the facts beside each row of history.

Whoever takes a message from outside says so once with :func:`acting`; everything stored within is
marked with it. Only the writer's ``save()`` makes history: bulk writes pass it by (trap 7), so
whoever stores many rows at once calls :func:`note_created`.
"""

import getpass
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record


class Channel(models.TextChoices):
    PHONE = "phone", _("phone")
    STAFF = "staff", _("staff")
    API = "api", _("API")
    CALENDAR = "calendar", _("calendar")
    IMPORT = "import", _("import")
    ONLINE = "online", _("customer, online")
    SYSTEM = "system", _("system")


class Actor(NamedTuple):
    """``name`` says who within the channel: a call id, the name of an API token. Never a customer."""

    channel: Channel
    name: str = ""


NOBODY = Actor(Channel.SYSTEM)
_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


@contextmanager
def acting(channel: Channel, name: str = "") -> Iterator[None]:
    """What is stored within was done through ``channel``."""
    token = _actor.set(Actor(channel, name))
    try:
        yield
    finally:
        _actor.reset(token)


def acting_command(name: str) -> AbstractContextManager[None]:
    """Within, ``name`` of a management command acts, for the login of the machine that has started it."""
    try:
        login = f" ({getpass.getuser()})"
    except (KeyError, OSError, ImportError):  # in a container a user may have a number only
        login = ""
    return acting(Channel.SYSTEM, f"{name}{login}"[:100])


def current_actor() -> Actor:
    return _actor.get()


def current_channel() -> Channel:
    return _actor.get().channel


class ChangeFacts(models.Model):
    """The columns that every table of history has besides the user and the instant."""

    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    actor = models.CharField(_("by"), max_length=100, blank=True)

    class Meta:
        abstract = True


def recorded(*, leaving_out: Sequence[str] = ()) -> HistoricalRecords:
    """The history of a model, with channel and actor. Nothing is ever reverted through it.

    ``leaving_out``: columns that only repeat others.
    """
    return HistoricalRecords(bases=[ChangeFacts], excluded_fields=[*leaving_out])


@receiver(pre_create_historical_record)
def note_actor(history_instance: Any, **_kwargs: Any) -> None:
    history_instance.channel, history_instance.actor = _actor.get()


def note_created(rows: Sequence[Any], *, now: datetime) -> None:
    """The first row of history of ``rows``, which are all of one model and have just been stored in bulk."""
    if rows:
        channel, name = _actor.get()
        facts = {"channel": channel, "actor": name}
        type(rows[0]).history.bulk_history_create(rows, default_date=now, custom_historical_attrs=facts)
