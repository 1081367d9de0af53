"""A free time for somebody on the waitlist, in writing. Nothing is kept: whoever answers first has it.

The link says what was offered, signed and dated; nothing is stored but the message.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from appointments import waitlist
from appointments.availability import Request, check
from appointments.models import Staff, WaitlistEntry
from integrations.messaging.recipients import choose, ways_of
from integrations.messaging.saying import Saying, say
from integrations.messaging.wording import day_of, facts_of_name, time_of
from integrations.models import ContactPreference, Message, MessageKind, Messaging

LASTS = timedelta(days=60)
_SIGNER = signing.TimestampSigner(sep=".", salt="terminfest.waitlist-offer")
_LONGEST = 150
RELATED = ("company", "branch__company", "customer", "service", "staff", "appointment")


@dataclass(frozen=True, slots=True)
class Offer:
    entry: WaitlistEntry
    staff: Staff
    start: datetime

    @property
    def name(self) -> str:
        return f"{self.entry.pk}-{self.staff.pk}-{self.start.timestamp():.0f}"

    def is_open(self, now: datetime) -> bool:
        """They still wait, and the solver says that it is still free."""
        if not self.entry.is_waiting or self.start <= now:
            return False
        request = Request(self.entry.branch, self.entry.service, now, staff=self.staff)
        return check(request, start=self.start).is_free


def link_to(offer: Offer) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("my-offer", args=[_SIGNER.sign(offer.name)])


def read(token: str) -> Offer | None:
    """None for what we did not sign, too long ago, or of somebody who is gone."""
    try:
        name = _SIGNER.unsign(token[: _LONGEST + 1], max_age=LASTS)
    except signing.BadSignature:
        return None
    return find(name)


def find(name: str) -> Offer | None:
    entry_id, staff_id, seconds = map(int, name.split("-"))
    rows = WaitlistEntry.objects.select_related(*RELATED).filter(pk=entry_id, company__active=True)
    entry, staff = rows.first(), Staff.objects.active().filter(pk=staff_id).first()
    if entry is None or staff is None:
        return None
    return Offer(entry, staff, datetime.fromtimestamp(seconds, tz=UTC))


def is_true(message: Message, now: datetime) -> bool:
    """For ``truths``."""
    offer = find(message.about.partition("/")[2])
    return offer is not None and offer.is_open(now)


class Writer:
    """For ``appointments.waitlist.offering``."""

    def can_reach(self, entries: Sequence[WaitlistEntry]) -> Collection[int]:
        branches = {entry.branch_id for entry in entries}
        rows = Messaging.objects.filter(branch__in=branches).select_related("branch__company")
        ways = {messaging.branch_id: ways_of(messaging) for messaging in rows}
        customers = {entry.customer_id for entry in entries}
        wishes = {wish.customer_id: wish for wish in ContactPreference.objects.filter(customer__in=customers)}
        return {
            entry.pk
            for entry in entries
            if choose(
                entry.customer,
                wishes.get(entry.customer_id),
                MessageKind.OFFER,
                ways.get(entry.branch_id, frozenset()),
            )
        }

    @transaction.atomic
    def offer(self, entry: WaitlistEntry, *, staff: Staff, start: datetime, now: datetime) -> bool:
        offer = Offer(entry, staff, start)
        if not offer.is_open(now) or say(_saying(offer), now=now) is None:
            return False
        waitlist.offer([entry])
        return True


def _saying(offer: Offer) -> Saying:
    entry, zone = offer.entry, offer.entry.branch.zone
    return Saying(
        kind=MessageKind.OFFER,
        branch=entry.branch,
        customer=entry.customer,
        about=f"offer/{offer.name}",
        starts_at=offer.start,
        facts=lambda: {
            **facts_of_name(entry.customer.name),
            "service": entry.service.name,
            "staff": offer.staff.name,
            "date": day_of(offer.start, zone),
            "time": time_of(offer.start, zone),
            "link": link_to(offer),
        },
    )
