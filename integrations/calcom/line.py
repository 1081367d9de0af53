"""A company's line to Cal.com: the client behind a request budget and a circuit breaker."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from time import monotonic
from typing import Any, Self, TypeVar

from django.conf import settings
from django.utils import timezone

from appointments.models import Company
from integrations.calcom import bodies, breaker, budget
from integrations.calcom.budget import Priority
from integrations.calcom.client import Client
from integrations.calcom.errors import CalendarError, KeyUnreadable, NoAnswer, Trouble, Unreachable
from integrations.calcom.keys import digest_of
from integrations.calcom.listing import every_booking
from integrations.calcom.performing import Operation, client_for, perform
from integrations.calcom.transport import Query
from integrations.calcom.types import Booking, Page
from integrations.encryption import SecretUnreadable
from integrations.models import CalendarConnection
from integrations.transactions import insist_on_no_transaction

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """``connection`` has the key, and is where the breaker keeps what it knows."""

    connection: CalendarConnection

    @classmethod
    def of(cls, company: Company) -> Self | None:
        """None if the company has no key, neither of its own nor the environment's."""
        connection = CalendarConnection.objects.filter(company=company).first()
        if not (connection and connection.api_key_encrypted) and not settings.CALCOM_API_KEY:
            return None
        if connection is None:
            connection, _created = CalendarConnection.objects.get_or_create(company=company)
        return cls(connection)

    def call(self, operation: Operation[T], *, priority: Priority, deadline: float | None = None) -> T:
        """As ``run`` with one operation. Raises its CalendarError."""
        (result,) = self.run(operation, priority=priority, deadline=deadline)
        if isinstance(result, CalendarError):
            raise result
        return result

    def run(
        self, *operations: Operation[T], priority: Priority, deadline: float | None = None
    ) -> list[T | CalendarError]:
        """What each operation gave, in their order; all at once, done by ``deadline`` (``time.monotonic()``).

        An operation is called in a thread of its own: it may use its client, and nothing of the database. It
        makes one request, or several that only read; what it asks beyond one is charged afterwards.
        Raises RuntimeError inside a transaction.
        """
        insist_on_no_transaction("Cal.com")
        if not operations:
            return []
        now, pk = timezone.now(), self.connection.pk
        try:
            key = self._key()
            if deadline is not None and deadline <= monotonic():
                raise Unreachable(Trouble.DEADLINE)
            is_try = breaker.admit(pk, now=now)
            self._charge(key, len(operations), priority=priority, is_try=is_try, now=now)
        except CalendarError as error:
            if not isinstance(error, NoAnswer):
                breaker.note_error(pk, error, now=now)
            return [error] * len(operations)
        begun = monotonic()
        client = client_for(settings.CALCOM_API_URL, key, os.getpid())
        views = [client.until(deadline) for _operation in operations]
        try:
            results = perform(operations, views, deadline=deadline)
        except BaseException:
            if is_try:  # something of ours broke, which says nothing about Cal.com
                breaker.give_back(pk)
            raise
        finally:
            self._account(key, views)
        patience = inf if deadline is None else deadline - begun
        breaker.record(pk, results, is_try=is_try, patience=patience, now=timezone.now())
        return results

    def bookings(self, *, priority: Priority, deadline: float | None = None, **filters: Any) -> list[Booking]:
        """``Client.bookings``, asking the budget before each page. Raises CalendarError."""

        def page_of(query: Query) -> Page:
            return self.call(lambda client: client.bookings_page(query), priority=priority, deadline=deadline)

        return every_booking(page_of, bodies.filters(**filters))

    def _key(self) -> str:
        try:
            return self.connection.api_key or str(settings.CALCOM_API_KEY)
        except SecretUnreadable:
            raise KeyUnreadable from None

    def _charge(self, key: str, requests: int, *, priority: Priority, is_try: bool, now: datetime) -> None:
        try:
            budget.charge(digest_of(key), requests, priority=priority, now=now)
        except Unreachable:
            if is_try:
                breaker.give_back(self.connection.pk)
            raise

    def _account(self, key: str, views: Sequence[Client]) -> None:
        now = timezone.now()
        surplus = sum(max(0, view.requests_made - 1) for view in views)
        if surplus:
            budget.spend(digest_of(key), surplus, now=now)
        budget.heed(digest_of(key), [answer for view in views for answer in list(view.traffic)], now=now)
