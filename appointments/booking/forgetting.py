"""Taking a person out of appointments, which keep time, place, price and phases."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from appointments.booking.errors import NotAllowed
from appointments.booking.ledger import lock_appointments, lock_staff, writes
from appointments.booking.saving import announce
from appointments.booking.statuses import cancel
from appointments.models import Appointment, Company, Customer
from appointments.models.appointment import BLOCKING, Status
from appointments.models.search import found_by

# As they stand in a row of history, too.
NOBODY = {"customer": None, "attendee_name": "", "contact_phone": None, "notes": ""}


class Coming(models.TextChoices):
    """What becomes of the coming appointments of whoever is erased."""

    REFUSE = "refuse", _("do not erase while there are any")
    CANCEL = "cancel", _("cancel them")
    KEEP = "keep", _("keep their time, without a name")


class StillComing(NotAllowed):
    """They are expected. ``str()`` is a sentence for staff."""

    code = "still_coming"


def coming_of(customer: Customer, *, now: datetime) -> "models.QuerySet[Appointment]":
    return customer.appointments.filter(starts_at__gt=now, status__in=(*BLOCKING, Status.CONFLICT)).order_by(
        "starts_at", "pk"
    )


@writes
def take_leave(customer: Customer, *, coming: Coming, now: datetime) -> list[int]:
    """All appointments of ``customer``, who is in none of them afterwards; the customer's row stays locked.

    Raises :class:`StillComing` if there are coming ones and ``coming`` says to refuse.
    """
    lock_staff(*customer.appointments.values_list("staff", flat=True).distinct())
    list(Customer.objects.filter(pk=customer.pk).select_for_update().values_list("pk"))
    expected = list(coming_of(customer, now=now).select_related("company", "branch", "staff", "service"))
    if expected and coming == Coming.REFUSE:
        raise StillComing(
            _("There are %(count)s coming appointments: cancel them first, or say what becomes of them.")
            % {"count": len(expected)}
        )
    for appointment in expected if coming == Coming.CANCEL else ():
        cancel(appointment, now=now)
    ids = list(customer.appointments.order_by("pk").values_list("pk", flat=True))
    forget(ids, now=now)
    return ids


@writes
def forget(appointment_ids: Iterable[int], *, now: datetime) -> None:
    """Nobody comes any more in these, nor did anybody: the rows of history say so, too."""
    ids = list(appointment_ids)
    for appointment in lock_appointments(ids):
        for name, value in NOBODY.items():
            setattr(appointment, name, value)
        appointment.updated_at, appointment.revision = now, appointment.revision + 1
        # Not validated: nothing that a rule speaks of is touched, and what stands wrong must not keep a name.
        appointment.save(update_fields=[*NOBODY, "updated_at", "revision"])
        announce(appointment)
    Appointment.history.filter(id__in=ids).update(**NOBODY)


@writes
def forget_former(customer_ids: Collection[int]) -> None:
    """Rows of history of appointments that were theirs once and are somebody else's now."""
    Appointment.history.filter(customer__in=customer_ids).update(**NOBODY)


@writes
def forget_contact(company: Company, numbers: Collection[str], *, now: datetime) -> None:
    """Numbers that somebody else's appointments name for a question, today or in their history."""
    ids: set[int] = set()
    for number in numbers:
        words = found_by(number)
        found = Appointment.objects.filter(company=company, contact_phone=number)
        ids.update(found.filter(words).values_list("pk", flat=True) if words else ())
    for appointment in lock_appointments(ids):
        appointment.contact_phone = None
        appointment.updated_at, appointment.revision = now, appointment.revision + 1
        appointment.save(update_fields=["contact_phone", "updated_at", "revision"])
        announce(appointment)
    Appointment.history.filter(company=company, contact_phone__in=numbers).update(contact_phone=None)
