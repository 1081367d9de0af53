"""Erasures that survive a restore: noted outside of the database, and done again in what came back.

A line of JSON for each in ``ERASURES_FILE``; the manifest of every backup has those of its day as well.
They name nobody: numbers of records, instants, the voice platform's ids of calls.
"""

import json
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from appointments.booking import Coming
from appointments.models import Company, Customer, DataRequest, FormerCustomer, RequestKind

logger = logging.getLogger(__name__)
Entry = Mapping[str, Any]


def entry_of(act: DataRequest) -> Entry:
    return {
        "company": act.company.slug,
        "records": act.records,
        "calls": act.calls,
        "coming": act.coming,
        "made_at": act.made_at.isoformat(),
    }


def note(act: DataRequest) -> None:
    """After the commit. What cannot be written is said in the log: it stands in the database all the same."""
    path = Path(settings.ERASURES_FILE)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry_of(act), sort_keys=True) + "\n")
    except OSError as error:
        logger.error("Erasure %s could not be noted in ERASURES_FILE: %s", act.pk, error.strerror)  # noqa: TRY400


def in_file() -> list[Entry]:
    """Raises ``OSError``, and ``ValueError`` for a line that is none of ours."""
    path = Path(settings.ERASURES_FILE)
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def in_database() -> list[Entry]:
    """Nothing where there is no such table yet."""
    if DataRequest._meta.db_table not in connection.introspection.table_names():
        return []
    acts = DataRequest.objects.filter(kind=RequestKind.ERASURE).select_related("company").order_by("pk")
    return [entry_of(act) for act in acts]


def together(*lists: Iterable[Entry]) -> list[Entry]:
    """Each once, the earliest first."""
    by_key = {json.dumps(entry, sort_keys=True): entry for entries in lists for entry in entries}
    return sorted(by_key.values(), key=lambda entry: str(entry["made_at"]))


def replay(entries: Sequence[Entry], *, now: datetime) -> int:
    """Erases again whoever of ``entries`` has come back; how many persons. Twice erases nobody.

    A number that is given to somebody else by now is told by the instant at which its record was made.
    """
    return sum(_replayed(entry, now) for entry in entries)


def _replayed(entry: Entry, now: datetime) -> int:
    from appointments.privacy import parts  # noqa: PLC0415 - they import this
    from appointments.privacy.erasing import erase  # noqa: PLC0415

    company = Company.objects.filter(slug=entry["company"]).first()
    if company is None:
        return 0
    # Who was asked about then has had their answer; what came back with the backup is cancelled.
    coming = Coming.KEEP if entry["coming"] == Coming.KEEP else Coming.CANCEL
    back = _who_is_back(company, entry["records"])
    for customer in back:
        erase(customer, coming=coming, now=now)
    for part in parts.registered():
        if part.erase_again and entry["calls"]:
            part.erase_again(company, entry["calls"], now)
    return len(back)


def _who_is_back(company: Company, records: Sequence[Mapping[str, Any]]) -> list[Customer]:
    """Those who were united later are two again in an older backup."""
    found: dict[int, Customer] = {}
    for record in records:
        number, made_at = record["id"], datetime.fromisoformat(record["made_at"])
        own = Customer.objects.filter(company=company, pk=number, created_at=made_at)
        former = FormerCustomer.objects.filter(company=company, number=number, made_at=made_at)
        for customer in (*own, *(row.customer for row in former.select_related("customer"))):
            found[customer.pk] = customer
    return list(found.values())
