"""Who the people of a foreign file are: found or made many at a time."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Lower

from appointments import audit
from appointments.booking.customers import Contact
from appointments.models import Company, Customer, CustomerNumber

Key = tuple[object, ...]
People = dict[Key, Customer]


def words_of(name: str) -> frozenset[str]:
    """``"Probst, Jana"`` and ``"jana probst"`` are one name."""
    return frozenset(name.casefold().replace(",", " ").split())


def recognise(company: Company, contacts: Iterable[Contact]) -> dict[Contact, Customer]:
    """Those of ``contacts`` who are customers already. Three queries.

    Whoever has a number is known by it alone. Whoever has none is known by the name: to a customer of
    the same e-mail address, or to one who has no number either. A name never leads to somebody with a
    number: whoever calls from that number would be told what a namesake has booked (invariant I9).
    """
    wanted = list(dict.fromkeys(contacts))
    by_number = _by_number(company, {one.phone for one in wanted if one.phone})
    by_name = _by_name(company, [one for one in wanted if not one.phone])
    found = {one: by_number.get(one.phone) if one.phone else _namesake(one, by_name) for one in wanted}
    return {contact: customer for contact, customer in found.items() if customer is not None}


def _by_number(company: Company, numbers: Collection[str]) -> Mapping[str | None, Customer]:
    if not numbers:
        return {}
    others = CustomerNumber.objects.filter(company=company, number__in=numbers).select_related("customer")
    own = Customer.objects.filter(company=company, phone__in=numbers)
    return {row.number: row.customer for row in others} | {row.phone: row for row in own}


def _by_name(company: Company, contacts: Collection[Contact]) -> list[Customer]:
    names = {one.name.lower() for one in contacts if one.name}
    emails = {one.email.lower() for one in contacts if one.email}
    if not names and not emails:
        return []
    rows = Customer.objects.filter(company=company).alias(low_name=Lower("name"), low_email=Lower("email"))
    return list(
        rows.filter(Q(low_email__in=emails) | Q(low_name__in=names, phone__isnull=True)).order_by("pk")
    )


def _namesake(contact: Contact, candidates: Iterable[Customer]) -> Customer | None:
    mail, words = (contact.email or "").casefold(), words_of(contact.name)
    for one in candidates:
        same_mail = bool(mail) and mail == (one.email or "").casefold()
        same_name = not words or words == words_of(one.name)
        if same_mail and same_name:
            return one
        if words and same_name and one.phone is None and not (mail and one.email):
            return one
    return None


def make(
    company: Company, contacts: Iterable[Contact], people: People, *, now: datetime
) -> dict[Contact, Customer]:
    """New customers, unsaved; contacts that are one person get one. ``people``: those made before."""
    made: dict[Contact, Customer] = {}
    for contact in contacts:
        key = _key(contact)
        if key and key not in people:
            people[key] = _customer(company, contact, now)
        if key:
            made[contact] = people[key]
    return made


def store(customers: Iterable[Customer], *, now: datetime) -> None:
    """Those that are new, with their history. Raises ``IntegrityError`` if somebody else has just stored
    one of their numbers.
    """
    new = list({id(customer): customer for customer in customers if customer.pk is None}.values())
    Customer.objects.bulk_create(new)
    audit.note_created(new, now=now)


def _key(contact: Contact) -> Key:
    """Empty for a contact that says nothing."""
    if contact.phone:
        return ("phone", contact.phone)
    mail = (contact.email or "").casefold()
    return ("name", words_of(contact.name), mail) if contact.name or mail else ()


def _customer(company: Company, contact: Contact, now: datetime) -> Customer:
    name = contact.name or contact.email or contact.phone or ""
    return Customer(
        company=company, name=name, phone=contact.phone, email=contact.email or None, created_at=now
    )
