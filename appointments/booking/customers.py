"""Who an appointment is for."""

from datetime import datetime

from appointments.models import Company, Customer


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
    customer, _created = Customer.objects.get_or_create(
        company=company, phone=phone, defaults={"name": name, "email": email or None, "created_at": now}
    )
    return customer
