"""By what somebody is written to, and that reminders are looked for by the very same rule."""

from itertools import product

import pytest

from appointments.models import Customer
from integrations.messaging.recipients import agreed_and_reachable, choose, recipient_of
from integrations.models import ContactPreference, Medium, MessageKind, Wish
from tests.salons import NOW, Salon

MAIL, MOBILE, LANDLINE, ABROAD = "jana@probst.example", "+4915112345678", "+4930231250", "+33612345678"
BOTH = frozenset(Medium.values)


@pytest.mark.parametrize(
    ("email", "phone", "wish", "reached_by"),
    [
        (MAIL, MOBILE, Wish.ANY, Medium.EMAIL),
        (MAIL, MOBILE, Wish.SMS, Medium.SMS),
        (None, MOBILE, Wish.ANY, Medium.SMS),
        (None, LANDLINE, Wish.ANY, None),
        (None, LANDLINE, Wish.SMS, Medium.SMS),
        (None, ABROAD, Wish.ANY, Medium.SMS),
        (None, MOBILE, Wish.EMAIL, None),
        (MAIL, None, Wish.SMS, None),
        (None, None, Wish.ANY, None),
    ],
)
def test_the_way_of_each(email: str | None, phone: str | None, wish: Wish, reached_by: str | None) -> None:
    customer = Customer(email=email, phone=phone)
    found = choose(customer, ContactPreference(medium=wish), MessageKind.CONFIRMATION, BOTH)
    assert (found.medium if found else None) == reached_by


def test_the_database_finds_for_reminders_exactly_those_whom_the_rule_names(salon: Salon) -> None:
    """In all 288 combinations of what is known and wanted, and of what the branch can send by."""
    facts = product(
        (True, False), (15, 30, None), Wish.values, *[(None, NOW)] * 2, (True, False), (None, NOW)
    )
    customers, wishes = [], []
    for number, (email, area, wish, no_email, no_sms, wants, agreed) in enumerate(facts):
        customer = Customer(
            company=salon.company,
            name=f"Kundin {number}",
            email=f"k{number}@probst.example" if email else None,
            phone=f"+49{area}{number:08}" if area else None,
        )
        customers.append(customer)
        wishes.append(
            ContactPreference(
                company=salon.company,
                customer=customer,
                medium=wish,
                no_email_since=no_email,
                no_sms_since=no_sms,
                wants_messages=wants,
                reminders_agreed_at=agreed,
            )
        )
    Customer.objects.bulk_create(customers)
    ContactPreference.objects.bulk_create(wishes)
    rows = list(ContactPreference.objects.select_related("customer"))
    assert len(rows) == 288
    for ways in ({Medium.EMAIL}, {Medium.SMS}, BOTH):
        able = frozenset(ways)
        named = {row.pk for row in rows if choose(row.customer, row, MessageKind.REMINDER, able)}
        found = ContactPreference.objects.filter(agreed_and_reachable(able)).values_list("pk", flat=True)
        assert set(found) == named
        assert named
    assert recipient_of(rows[0].customer, MessageKind.REMINDER, frozenset()) is None
