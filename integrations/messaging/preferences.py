"""What customers want to hear, as they or the salon say it."""

from datetime import datetime

from appointments.models import Customer
from integrations.models import ContactPreference, Message


def wants_reminders(customer: Customer | None) -> bool:
    return ContactPreference.objects.filter(customer=customer, reminders_agreed_at__isnull=False).exists()


def agree_to_reminders(customer: Customer | None, *, agrees: bool, now: datetime) -> None:
    """Notes since when; agreeing twice keeps the first moment."""
    if customer is None:
        return
    preference, _created = ContactPreference.objects.get_or_create(
        customer=customer, defaults={"company_id": customer.company_id}
    )
    if agrees == (preference.reminders_agreed_at is not None):
        return
    preference.reminders_agreed_at = now if agrees else None
    preference.save()


def unite(kept: Customer, double: Customer) -> None:
    """Whoever wanted no messages under one of two records wants none. Consent to reminders is never taken
    over where the other record knows of none.
    """
    Message.objects.filter(customer=double).update(customer=kept)
    rows = {row.customer_id: row for row in ContactPreference.objects.filter(customer__in=[kept, double])}
    if len(rows) < 2:
        return
    own, other = rows[kept.pk], rows[double.pk]
    own.wants_messages = own.wants_messages and other.wants_messages
    own.no_email_since = own.no_email_since or other.no_email_since
    own.no_sms_since = own.no_sms_since or other.no_sms_since
    own.save(update_fields=["wants_messages", "no_email_since", "no_sms_since"])
