"""What the domain's own tables hold about a person."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from appointments import booking
from appointments.models import (
    ApiReply,
    Appointment,
    AppointmentPhase,
    Customer,
    CustomerChange,
    CustomerNumber,
    Finding,
    FormerCustomer,
    Import,
    ImportedRow,
    ImportFinding,
    OutageDecision,
    Quarantine,
    Reservation,
    WaitlistEntry,
)
from appointments.models.imports import UNFINISHED
from appointments.models.ledger import move_holder
from appointments.privacy.parts import Part, Table, register, table_of
from appointments.privacy.person import Person

# What stands where a sentence has to be.
GONE = "–"


def register_own() -> None:
    register(Part(name="appointments", tables=_tables(), erase=_erase, afterwards=_erase_history))


def _tables() -> tuple[Table, ...]:
    where = {"branch__name": _("branch"), "service__name": _("service"), "staff__name": _("stylist")}
    return (
        table_of(
            Customer,
            *("id", "name", "phone", "email", "notes", "created_at"),
            rows=lambda person: Customer.objects.filter(pk__in=person.customers),
        ),
        table_of(
            CustomerNumber,
            "number",
            rows=lambda person: CustomerNumber.objects.filter(customer__in=person.customers),
        ),
        table_of(
            FormerCustomer,
            *("number", "made_at"),
            rows=lambda person: FormerCustomer.objects.filter(customer__in=person.customers),
        ),
        table_of(
            Appointment,
            *("id", "starts_at", "ends_at", "status", "source", "attendee_name", "contact_phone"),
            *("price", "currency", "notes", "staff_wished", "created_at", "updated_at"),
            rows=_appointments,
            more=where,
        ),
        table_of(
            AppointmentPhase,
            *("appointment", "position", "name", "starts_at", "ends_at", "busy"),
            rows=lambda person: AppointmentPhase.objects.filter(appointment__in=person.appointments),
        ),
        table_of(
            CustomerChange,
            *("appointment", "kind", "old_starts_at", "fee", "made_at"),
            rows=lambda person: CustomerChange.objects.filter(appointment__in=person.appointments),
        ),
        table_of(
            OutageDecision,
            *("appointment", "choice", "old_starts_at", "new_starts_at"),
            rows=lambda person: OutageDecision.objects.filter(appointment__in=person.appointments),
        ),
        table_of(
            Reservation,
            *("person", "starts_at", "ends_at", "state", "created_at", "expires_at"),
            rows=_reservations,
            more=where,
        ),
        table_of(
            WaitlistEntry,
            *("first_day", "last_day", "from_minute", "until_minute", "note", "state", "created_at"),
            rows=lambda person: WaitlistEntry.objects.filter(customer__in=person.customers),
            more=where,
        ),
        table_of(
            ImportedRow,
            *("appointment", "source", "external_id", "row"),
            rows=lambda person: ImportedRow.objects.filter(appointment__in=person.appointments),
        ),
        table_of(
            Quarantine,
            *("appointment", "kind", "row"),
            rows=lambda person: Quarantine.objects.filter(appointment__in=person.appointments),
        ),
        table_of(ImportFinding, "row", "kind", "text", rows=_import_findings),
        *_histories(),
    )


def _histories() -> tuple[Table, ...]:
    when: tuple[str, ...] = ("history_date", "history_type", "channel", "actor")
    return (
        table_of(
            Customer.history.model,
            *("id", *when, "name", "phone", "email", "notes", "history_change_reason"),
            title=_("History of customers"),
            rows=lambda person: Customer.history.filter(id__in=person.customers),
        ),
        table_of(
            Appointment.history.model,
            *("id", *when, "starts_at", "status", "attendee_name", "contact_phone", "notes"),
            title=_("History of appointments"),
            rows=lambda person: Appointment.history.filter(
                Q(id__in=person.appointments) | Q(customer__in=person.customers)
            ),
        ),
        table_of(
            WaitlistEntry.history.model,
            *("id", *when, "first_day", "last_day", "note", "state"),
            title=_("History of the waitlist"),
            rows=lambda person: WaitlistEntry.history.filter(customer__in=person.customers),
        ),
    )


def _appointments(person: Person) -> "QuerySet[Appointment]":
    return Appointment.objects.filter(pk__in=person.appointments)


def _reservations(person: Person) -> "QuerySet[Reservation]":
    moves = [move_holder(pk) for pk in person.appointments]
    return Reservation.objects.filter(Q(appointment__in=person.appointments) | Q(holder__in=moves))


def _import_findings(person: Person) -> "QuerySet[ImportFinding]":
    """Of an old file's row that has their number or address."""
    return person.mentioned(ImportFinding.objects.filter(run__company=person.company), "text")


def _erase(person: Person, now: datetime) -> Mapping[str, int]:
    """Appointments have lost them already (``booking.take_leave``)."""
    booking.forget_contact(person.company, person.numbers, now=now)
    rows = ImportedRow.objects.filter(appointment__in=person.appointments)
    # Its key stays: the same file once more shall not bring them back.
    rows.update(external_id="")
    of_company = ImportFinding.objects.filter(run__company=person.company)
    findings = person.mentioned(of_company, "text", by_name=True)
    replies = person.mentioned(ApiReply.objects.filter(company=person.company), "body", by_name=True)
    acknowledged = Finding.objects.filter(company=person.company).exclude(reason="")
    reasons = person.mentioned(acknowledged, "reason", by_name=True)
    return {
        "reservations": _reservations(person).exclude(person="").update(person=""),
        "import_findings": findings.delete()[0],
        "api_replies": replies.delete()[0],
        "finding_reasons": reasons.update(reason=GONE),
        "import_files": _erase_files(person),
    }


def _erase_files(person: Person) -> int:
    """Uploaded files that name them and are worked on no more; others go within a week by themselves."""
    runs = Import.objects.filter(company=person.company).exclude(file="")
    naming = [run for run in runs.exclude(state__in=UNFINISHED) if any(map(person.is_in, _texts_of(run)))]
    for run in naming:
        transaction.on_commit(partial(run.file.delete, save=False))
    return Import.objects.filter(pk__in=[run.pk for run in naming]).update(file="")


def _texts_of(run: Import) -> Iterator[str]:
    """In each encoding that the import knows, and once more without what stands in numbers."""
    try:
        with run.file.open("rb") as file:
            raw = file.read()
    except FileNotFoundError:
        return
    for encoding in ("utf-8", "cp1252"):
        text = raw.decode(encoding, errors="replace")
        yield text
        yield re.sub(r"[ ()/.–-]+", "", text)


def _erase_history(person: Person, _now: datetime) -> Mapping[str, int]:
    """With the row that the deletion itself has made."""
    booking.forget_former(person.customers)
    return {
        "customer_history": Customer.history.filter(id__in=person.customers).delete()[0],
        "waitlist_history": WaitlistEntry.history.filter(customer__in=person.customers).delete()[0],
    }
