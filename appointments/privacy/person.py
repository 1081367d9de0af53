"""By what somebody is recognised in the tables: ids first, then numbers, addresses and names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from appointments.models import Company, Customer, CustomerNumber

Row = TypeVar("Row", bound=Model)
HOME = "+49"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """``customers``: their id, and those of records that were united with it. ``numbers`` (E.164),
    ``emails`` and ``names`` are those of today and of history, without what is somebody else's today.
    ``appointments``: those in which they stand.
    """

    company: Company
    customers: frozenset[int]
    names: frozenset[str]
    numbers: frozenset[str]
    emails: frozenset[str]
    appointments: frozenset[int]

    def mentioned(self, rows: "QuerySet[Row]", *columns: str, by_name: bool = False) -> "QuerySet[Row]":
        """Those of ``rows`` in which one of their numbers or addresses stands, as a whole. Reads all of them.

        ``by_name``: their whole name counts as well, which others may have, too: for what may be lost, never
        for what is given out.
        """
        pattern = self._pattern(by_name=by_name)
        texts = {f"_text_of_{column}": Cast(column, TextField()) for column in columns}
        anywhere = [Q(**{f"{text}__iregex": pattern}) for text in texts]
        return rows.alias(**texts).filter(reduce(or_, anywhere)) if pattern else rows.none()

    def is_in(self, text: str) -> bool:
        """By number, address or whole name."""
        pattern = self._pattern(by_name=True)
        return bool(pattern and re.search(pattern, text, re.IGNORECASE))

    def _pattern(self, *, by_name: bool) -> str:
        """For Python and for PostgreSQL; empty for somebody of whom too little is known."""
        digits = [each for number in self.numbers for each in _spellings(number)]
        parts = [rf"(?<!\d){each}(?!\d)" for each in digits]
        parts += [rf"(?<![\w.+-]){re.escape(each)}(?![\w-])" for each in self.emails]
        if by_name:
            parts += [rf"(?<!\w){re.escape(each)}(?!\w)" for each in self.names if " " in each]
        return "|".join(sorted(parts))


def person_of(customer: Customer) -> Person:
    """Six queries."""
    ids = [customer.pk, *customer.former_records.values_list("number", flat=True)]
    past = list(Customer.history.filter(id__in=ids).values("name", "phone", "email"))
    now = [{"name": customer.name, "phone": customer.phone, "email": customer.email}]
    further = customer.other_numbers.values_list("number", flat=True)
    return Person(
        company=customer.company,
        customers=frozenset(ids),
        names=_known(row["name"] for row in (*now, *past)),
        numbers=_own({*further, *(row["phone"] for row in (*now, *past))}, customer),
        emails=_known(row["email"] for row in (*now, *past)),
        appointments=frozenset(customer.appointments.values_list("pk", flat=True)),
    )


def _known(values: Iterable[Any]) -> frozenset[str]:
    return frozenset(str(value) for value in values if value)


def _own(numbers: Iterable[Any], customer: Customer) -> frozenset[str]:
    """Without one that was mistyped once and is another customer's."""
    known = _known(numbers)
    others = Customer.objects.filter(company=customer.company_id, phone__in=known).exclude(pk=customer.pk)
    further = CustomerNumber.objects.filter(company=customer.company_id, number__in=known)
    theirs = {
        *others.values_list("phone", flat=True),
        *further.exclude(customer=customer).values_list("number", flat=True),
    }
    return known - {str(number) for number in theirs}


def _spellings(number: str) -> list[str]:
    """``+4930123``: as digits from abroad, and as at home."""
    digits = number.removeprefix("+")
    return [digits, f"0{number.removeprefix(HOME)}"] if number.startswith(HOME) else [digits]
