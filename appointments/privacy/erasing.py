"""Erasing a person: everywhere or nowhere."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from appointments import booking
from appointments.models import Customer, DataRequest, FormerCustomer, RequestKind
from appointments.privacy import parts, remembered
from appointments.privacy.person import Person, person_of


@transaction.atomic
def erase(
    customer: Customer, *, coming: booking.Coming, now: datetime, user_id: int | None = None
) -> DataRequest:
    """Whoever this is stands in no table any more; appointments keep their time. What is to be done at
    Cal.com is noted in the same transaction, and so is the erasure.

    Raises ``booking.StillComing`` if there are coming appointments and ``coming`` says to refuse, and
    ``Customer.DoesNotExist`` if somebody else was faster.
    """
    appointments = booking.take_leave(customer, coming=coming, now=now)
    # Only now: nobody unites or renames them any more.
    customer = Customer.objects.select_related("company").get(pk=customer.pk)
    person = replace(person_of(customer), appointments=frozenset(appointments))
    act = DataRequest(
        company=customer.company,
        kind=RequestKind.ERASURE,
        number=customer.pk,
        records=_records(customer),
        calls=[each for part in parts.registered() if part.outside_ids for each in part.outside_ids(person)],
        coming=coming,
        made_at=now,
        made_by_id=user_id,
    )
    act.counts = dict(_emptied(customer, person, now))
    act.save(force_insert=True)
    transaction.on_commit(lambda: remembered.note(act))
    return act


def _records(customer: Customer) -> list[dict[str, object]]:
    former = (
        FormerCustomer.objects.filter(customer=customer).order_by("number").values_list("number", "made_at")
    )
    both = [(customer.pk, customer.created_at), *former]
    return [{"id": pk, "made_at": made_at.isoformat()} for pk, made_at in both]


def _emptied(customer: Customer, person: Person, now: datetime) -> Counter[str]:
    counts: Counter[str] = Counter(appointments=len(person.appointments))
    for part in parts.registered():
        counts.update(part.erase(person, now) if part.erase else {})
    customer.delete()
    for part in parts.registered():
        counts.update(part.afterwards(person, now) if part.afterwards else {})
    return Counter({kind: count for kind, count in counts.items() if count})
