"""How a company's calendar is doing, as figures: for the page of its connection."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Count, Max, Min, Q

from appointments.integrity import Agreement
from appointments.models import Company
from integrations.calcom import budget
from integrations.calcom.keys import digest_of
from integrations.consistency import agreements
from integrations.encryption import SecretUnreadable
from integrations.mapping import publishing
from integrations.mapping.findings import Code
from integrations.models import (
    Breaker,
    CalendarCase,
    CalendarConnection,
    CalendarEvent,
    CalendarSync,
    SyncState,
)


@dataclass(frozen=True, slots=True)
class Queue:
    """``oldest``: since when the longest waiting has been pending."""

    pending: int
    halted: int
    oldest: datetime | None


class Health:
    """Each property asks once; the number of queries does not depend on how much there is."""

    def __init__(self, connection: CalendarConnection, *, now: datetime) -> None:
        self.connection = connection
        self.company: Company = connection.company
        self.now = now

    @cached_property
    def breaker(self) -> Breaker:
        return self.connection.breaker(now=self.now)

    @cached_property
    def requests_used(self) -> int | None:
        """Of ``requests_allowed`` a minute; None without a readable key."""
        try:
            key = self.connection.api_key or str(settings.CALCOM_API_KEY)
        except SecretUnreadable:
            return None
        return budget.used(digest_of(key), now=self.now) if key else None

    @property
    def requests_allowed(self) -> int:
        return int(settings.CALENDAR_REQUESTS_PER_MINUTE)

    @cached_property
    def queue(self) -> Queue:
        pending, halted = Q(state=SyncState.PENDING), Q(state=SyncState.HALTED)
        rows = CalendarSync.objects.filter(company=self.company).filter(pending | halted)
        found = rows.aggregate(
            pending=Count("pk", filter=pending),
            halted=Count("pk", filter=halted),
            oldest=Min("pending_since", filter=pending),
        )
        return Queue(**found)

    @cached_property
    def consistency(self) -> Agreement:
        return agreements(self.company, self.now).get(self.company.pk, Agreement(0, 0))

    @cached_property
    def open_cases(self) -> int:
        return CalendarCase.objects.filter(company=self.company, solved_at=None).count()

    @cached_property
    def last_message_at(self) -> datetime | None:
        messages = CalendarEvent.objects.filter(company=self.company)
        last: datetime | None = messages.aggregate(last=Max("received_at"))["last"]
        return last

    @cached_property
    def unmapped(self) -> tuple[int, int]:
        """Stylists without a calendar, and parts of services without an event type."""
        codes = [finding.code for finding in publishing.check(self.company)]
        return codes.count(Code.NO_HOST), codes.count(Code.NO_EVENT_TYPE)
