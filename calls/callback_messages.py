"""What a callback makes the salon write: that it is coming, and that it was tried in vain.

The acknowledgement goes to the number from which somebody really called, or to the customer whom it belongs
to: a number that was only named could be anybody's.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from appointments.models import Customer
from calls.models import Callback
from calls.models.call import TEST_AGENT
from calls.models.callback import CallbackState
from integrations.messaging.saying import Saying, say
from integrations.messaging.wording import day_of, time_of
from integrations.models import Message, MessageKind, Messaging

# The call is over by then, and what was said last counts.
GRACE = timedelta(minutes=2)
# Later nobody connects it with the call.
LATEST = timedelta(hours=2)
# A button that was pressed twice.
ONCE_WITHIN = timedelta(minutes=10)
_ABOUT = "callback/"


def acknowledge_due(*, now: datetime) -> int:
    """Writes to those who were promised a callback; how many it are. Each is looked at once."""
    rows = Callback.objects.open().filter(
        told_at=None, call__isnull=False, created_at__gt=now - LATEST, created_at__lte=now - GRACE
    )
    wanting = Messaging.objects.filter(callbacks=True).values("branch")
    rows = rows.filter(branch__in=wanting).exclude(call__agent_id=TEST_AGENT)
    return sum(_acknowledge(pk, now) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _acknowledge(pk: int, now: datetime) -> bool:
    rows = Callback.objects.open().select_for_update(of=("self",), skip_locked=True)
    callback = rows.select_related("branch__company", "customer", "call").filter(pk=pk, told_at=None).first()
    if callback is None or callback.call is None:
        return False
    callback.told_at = now
    callback.save(update_fields=["told_at"])
    proven = callback.phone or "" if callback.phone == callback.call.caller else ""
    saying = _saying(callback, MessageKind.CALLBACK, callback.customer, proven, starts_at=callback.due_at)
    return callback.due_at > now and say(saying, now=now) is not None


@transaction.atomic
def please_call(callbacks: QuerySet[Callback], *, user: Any, now: datetime) -> int:
    """``user`` has called in vain: they are asked to call. How many are written to; not again within some
    minutes.
    """
    rows = callbacks.filter(state=CallbackState.OPEN).order_by("pk").select_for_update(of=("self",))
    return sum(_please_call(callback, now) for callback in rows)


def _please_call(callback: Callback, now: datetime) -> bool:
    told = Message.objects.filter(
        company=callback.company_id, kind=MessageKind.CALL_US, about=f"{_ABOUT}{callback.pk}"
    )
    if told.filter(created_at__gt=now - ONCE_WITHIN).exists():
        return False
    customer = callback.customer
    # Somebody else's number was named: what we know of the customer is not for them.
    if customer is not None and callback.phone not in {None, customer.phone}:
        customer = None
    # Tomorrow it is no news any more that we called today.
    saying = _saying(
        callback,
        MessageKind.CALL_US,
        customer,
        callback.phone or "",
        starts_at=now + timedelta(days=1),
        sequence=told.count() + 1,
    )
    return say(saying, now=now) is not None


def _saying(
    callback: Callback,
    kind: MessageKind,
    customer: Customer | None,
    phone: str,
    *,
    starts_at: datetime,
    sequence: int = 0,
) -> Saying:
    zone, due_at = callback.branch.zone, callback.due_at
    return Saying(
        kind=kind,
        branch=callback.branch,
        customer=customer,
        phone=phone,
        about=f"{_ABOUT}{callback.pk}",
        sequence=sequence,
        starts_at=starts_at,
        facts=lambda: {"until": f"{day_of(due_at, zone)}, {time_of(due_at, zone)}"},
    )


def is_true(message: Message, now: datetime) -> bool:
    """For ``messaging.truths``: nobody has called yet, and it is not too late to say it."""
    pk = int(message.about.removeprefix(_ABOUT))
    return message.starts_at > now and Callback.objects.open().filter(pk=pk).exists()
