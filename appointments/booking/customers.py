"""Who an appointment is for: finding, adding and changing customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from appointments.models import Company, Customer

EDITABLE = ("name", "phone", "email", "notes")


@dataclass(frozen=True, slots=True)
class Contact:
    """A customer as somebody else knows them. ``phone`` is E.164 and theirs, or None."""

    name: str
    phone: str | None = None
    email: str | None = None

    def customer_of(self, company: Company, *, now: datetime) -> Customer:
        return find_or_create_customer(company, name=self.name, phone=self.phone, email=self.email, now=now)


def find_or_create_customer(
    company: Company, *, name: str, phone: str | None, now: datetime, email: str | None = None
) -> Customer:
    """The customer with this number, else a new one.

    ``phone`` is E.164 and proven (the caller's own), or None. The record found is left as it is,
    whatever ``name`` says: a mother who books for her child is not renamed (incident H6). Without a
    number there is nobody to recognise, so the customer is new.
    """
    if phone is None:
        return Customer.objects.create(company=company, name=name, email=email or None, created_at=now)
    known = Customer.objects.of_number(company, phone)
    if known is not None:
        return known
    customer, _created = Customer.objects.get_or_create(
        company=company, phone=phone, defaults={"name": name, "email": email or None, "created_at": now}
    )
    return customer


def add_customer(company: Company, facts: Mapping[str, Any], *, now: datetime) -> Customer:
    """A new customer with ``name``, ``phone`` (E.164), ``email``, ``notes``.

    Raises ``ValidationError``, with the code ``phone_taken`` for somebody else's number.
    """
    return _store(Customer(company=company, created_at=now), facts)


def change_customer(customer: Customer, changes: Mapping[str, Any]) -> Customer:
    """Raises as :func:`add_customer`."""
    return _store(customer, changes)


def _store(customer: Customer, facts: Mapping[str, Any]) -> Customer:
    for name, value in facts.items():
        if name not in EDITABLE:
            raise ValueError(name)
        setattr(customer, name, value)
    customer.full_clean()
    try:
        with transaction.atomic():
            customer.save(update_fields=None if customer.pk is None else [*facts])
    except IntegrityError:
        customer.validate_constraints()  # says it as a form would, if somebody was faster
        raise
    return customer
