"""Applying a salon file: all of it in one transaction, or nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from appointments.models import Company, Staff
from appointments.salon.affected import Affected, affected_appointments
from appointments.salon.application import Application
from appointments.salon.changelog import Change, ChangeLog
from appointments.salon.extensions import run_appliers
from appointments.salon.problems import SalonFileError
from appointments.salon.reading import Document
from appointments.salon.storing import store_branches, store_company, store_policy, store_services
from appointments.salon.storing_staff import store_staff


@dataclass(frozen=True, slots=True)
class Report:
    """``affected``: future appointments that stood well before and no longer fit. None was moved."""

    changes: tuple[Change, ...]
    affected: tuple[Affected, ...]


@transaction.atomic
def apply(document: Document, *, now: datetime, dry_run: bool = False) -> Report:
    """Makes the database say what the file says; applying it twice changes nothing.

    Rows are found by their names. ``dry_run`` does the same and undoes it. Raises
    ``SalonFileError`` if something in the file belongs to another company.
    """
    log = ChangeLog()
    company = store_company(document.file.company, log)
    lock_staff_of(company)
    before = {one.key for one in affected_appointments(company, now=now)}
    application = Application(document=document, company=company, now=now, log=log)
    _store(application)
    affected = [one for one in affected_appointments(company, now=now) if one.key not in before]
    if dry_run:
        transaction.set_rollback(True)
    return Report(tuple(log.changes), tuple(affected))


def lock_staff_of(company: Company) -> None:
    """Whoever books or moves holds the lock of the stylist while the solver reads hours and phases.

    So a booking that runs meanwhile is either finished first, and listed, or sees the new hours.
    """
    list(Staff.objects.filter(company=company).lock().values_list("pk"))


def _store(application: Application) -> None:
    store_branches(application)
    store_services(application)
    store_staff(application)
    store_policy(application)
    run_appliers(application)
    if application.problems:
        raise SalonFileError(application.problems)
