"""How long the domain keeps what."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.models import (
    Alarm,
    ApiReply,
    Appointment,
    Customer,
    DataRequest,
    Finding,
    Import,
    ImportFinding,
    IntegrityReport,
    Quarantine,
    Repair,
    Reservation,
    WaitlistEntry,
)
from appointments.models.appointment import Status
from appointments.models.waitlist import WAITING
from appointments.privacy.holdings import Holding, delete, empty, hold

UNTIL_ERASED = _("until the customer is erased")


def register_own() -> None:
    hold(*_persons(), *_on_the_way(), *_about_the_system())


def _persons() -> tuple[Holding, ...]:
    return (
        Holding(
            key="customers",
            title=_("Customers: name, numbers, address, notes"),
            rows=Customer.objects.all,
            at="created_at",
            until=UNTIL_ERASED,
        ),
        Holding(
            key="customer_history",
            title=_("History of customers"),
            rows=Customer.history.all,
            at="history_date",
            until=UNTIL_ERASED,
        ),
        Holding(
            key="appointments",
            title=_("Appointments"),
            rows=Appointment.objects.all,
            at="created_at",
            until=_("for good; without the person once they are erased"),
        ),
        Holding(
            key="appointment_history",
            title=_("History of appointments"),
            rows=Appointment.history.all,
            at="history_date",
            until=_("for good; without the person once they are erased"),
        ),
        Holding(
            key="waitlist",
            title=_("Waitlist, those who wait"),
            rows=lambda: WaitlistEntry.objects.filter(state__in=WAITING),
            at="created_at",
            until=_("until the last day has passed"),
        ),
    )


def _on_the_way() -> tuple[Holding, ...]:
    return (
        Holding(
            key="waitlist_over",
            title=_("Waitlist, those who wait no more"),
            rows=lambda: WaitlistEntry.objects.exclude(state__in=WAITING),
            at="created_at",
            days=365,
            forget=_forget_waiting,
        ),
        Holding(
            key="held_for",
            title=_("Names in reservations of the telephone"),
            rows=lambda: Reservation.objects.exclude(person=""),
            at="expires_at",
            days=30,
            forget=empty(person=""),
        ),
        Holding(
            key="import_files",
            title=_("Uploaded files of imports"),
            rows=lambda: Import.objects.exclude(file=""),
            at="created_at",
            days=7,
            by="purge imports",
        ),
        Holding(
            key="import_findings",
            title=_("What was wrong with rows of imports"),
            rows=ImportFinding.objects.all,
            at="run__created_at",
            company="run__company",
            days=90,
            forget=delete,
        ),
        Holding(
            key="quarantine",
            title=_("Quarantine, decided"),
            rows=lambda: Quarantine.objects.exclude(appointment__status=Status.CONFLICT),
            at="run__created_at",
            days=365,
            forget=delete,
        ),
        Holding(
            key="api_replies",
            title=_("Answers of the API that can be given again"),
            rows=ApiReply.objects.all,
            at="created_at",
            days=1,
            by="purge API replies",
        ),
    )


def _about_the_system() -> tuple[Holding, ...]:
    return (
        Holding(
            key="alarms",
            title=_("Alarms that are over"),
            rows=lambda: Alarm.objects.filter(resolved_at__isnull=False),
            at="resolved_at",
            days=365,
            forget=delete,
        ),
        Holding(
            key="findings",
            title=_("Findings of the integrity report, solved"),
            rows=lambda: Finding.objects.filter(resolved_at__isnull=False),
            at="resolved_at",
            days=365,
            forget=delete,
        ),
        Holding(
            key="integrity_reports",
            title=_("Integrity reports"),
            rows=lambda: IntegrityReport.objects.filter(finished_at__isnull=False),
            at="started_at",
            days=730,
            forget=delete,
        ),
        Holding(
            key="repairs",
            title=_("Repairs of the integrity report"),
            rows=Repair.objects.all,
            at="made_at",
            until=_("for good: nothing in them is personal"),
        ),
        Holding(
            key="data_requests",
            title=_("Information given and persons erased"),
            rows=DataRequest.objects.all,
            at="made_at",
            until=_("for good: the proof, which names nobody"),
        ),
    )


def _forget_waiting(rows: "QuerySet[WaitlistEntry]", now: datetime) -> int:
    """With their history, which would keep the note."""
    ids = list(rows.values_list("pk", flat=True))
    count = delete(rows, now)
    WaitlistEntry.history.filter(id__in=ids).delete()
    return count
