"""Who calls, by the number alone, and what they usually have done by whom.

A number can be borrowed or forged: it is enough for a greeting by the first name and for what is
asked of the caller's own appointments, and says nothing of anybody to whoever has no number
(invariant I9). Only a number equal in full, within the company, recognises (incidents H18, I7).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from appointments.models import Appointment, Company, Customer, Service, Staff
from appointments.models.appointment import BLOCKING, Status

T = TypeVar("T")

# What somebody usually has done shows in their last visits, not in those of years ago.
VISITS = 10
ATTENDED = (*BLOCKING, Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Usual:
    """A hint for a question, never a default: what the caller says wins (incident B7).

    None: not known, or no longer offered, or no longer working there.
    """

    service: Service | None = None
    staff: Staff | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """``first_name`` is all that is said of them (incident H15)."""

    customer: Customer
    usual: Usual

    @property
    def first_name(self) -> str:
        return self.customer.first_name if self.customer.name.strip() else ""


def recognise(company: Company, caller: str | None, *, now: datetime) -> Known | None:
    """The customer whose number ``caller`` (E.164) is; None if it is hidden or nobody's. Two queries."""
    customer = customer_of(company, caller)
    return None if customer is None else Known(customer, usual(customer, now=now))


def customer_of(company: Company, caller: str | None) -> Customer | None:
    """By equality within the company: their own number, or one of a double they were united with."""
    return Customer.objects.of_number(company, caller) if caller else None


def usual(customer: Customer, *, now: datetime) -> Usual:
    """The service they had most often of late, and who did it most often; of two alike, the later one.

    Visits of others on their name do not count (incident H6). One query.
    """
    visits = _visits(customer, now)
    service = _most_frequent([each.service for each in visits if each.service.active])
    if service is None:
        return Usual()
    by = [each.staff for each in visits if each.service_id == service.pk and each.staff.active]
    return Usual(service, _most_frequent(by))


def last_visit(customer: Customer, *, now: datetime) -> Usual:
    """What they had done last, and by whom. One query."""
    last = next(iter(_visits(customer, now)), None)
    if last is None or not last.service.active:
        return Usual()
    return Usual(last.service, last.staff if last.staff.active else None)


def _visits(customer: Customer, now: datetime) -> Sequence[Appointment]:
    """The latest first."""
    visits = Appointment.objects.filter(
        customer=customer, starts_at__lt=now, status__in=ATTENDED, attendee_name=""
    )
    return list(visits.select_related("service", "staff").order_by("-starts_at")[:VISITS])


def _most_frequent(things: Sequence[T]) -> T | None:
    counted = Counter(things).most_common(1)  # equal counts stay in the order in which they came
    return counted[0][0] if counted else None
