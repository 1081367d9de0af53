"""Telling a running conversation what has happened meanwhile."""

import logging
from datetime import datetime

from django.conf import settings
from django.utils import translation

from appointments.models import Reservation
from calls import sentences
from calls.models.call import HOLDER
from integrations import queue
from integrations.retell.client import RetellError, add_context

logger = logging.getLogger(__name__)

TASK = "calls.tasks.tell_of_lost_hold"


def note_lost_hold(reservation: Reservation) -> None:
    """The hook of ``appointments.hooks.on_hold_lost``: a task for the worker, once it is committed."""
    if reservation.holder.startswith(HOLDER):
        queue.soon(TASK, reservation.pk)


def tell_of_lost_hold(reservation: Reservation, *, now: datetime) -> bool:
    """Whether the agent has been told. If not, the next revalidation says the same."""
    call_id = reservation.holder.removeprefix(HOLDER)
    try:
        add_context(call_id, _sentence(reservation, now))
    except RetellError as error:
        logger.warning("Call %s could not be told that its hold is lost: %s", call_id, error)
        return False
    return True


def _sentence(reservation: Reservation, now: datetime) -> str:
    zone = reservation.branch.zone
    with translation.override(settings.LANGUAGE_CODE):
        return sentences.hold_lost(
            service=reservation.service.name,
            staff=reservation.staff.name,
            start=reservation.starts_at.astimezone(zone),
            today=now.astimezone(zone).date(),
        )
