"""Two records of one person become one (incident 5: duplicates that linked nothing)."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from appointments.booking.errors import NotAllowed
from appointments.booking.ledger import lock_appointments, writes
from appointments.booking.saving import announce, update
from appointments.models import Appointment, Customer, CustomerNumber


@writes
def unite(kept: Customer, double: Customer, *, now: datetime) -> Customer:
    """Everything of ``double`` becomes ``kept``'s, and ``double`` is no more. All of it or nothing.

    ``kept`` keeps its name, number and address and takes what it lacks; a second number stays known,
    so that whoever calls from it is recognised. Notes are joined. Raises ``NotAllowed`` if one of the
    two is gone: somebody else was faster.
    """
    if kept.pk == double.pk or kept.company_id != double.company_id:
        raise ValueError(double.pk)
    locked = {row.pk: row for row in _lock(kept.pk, double.pk)}
    if len(locked) < 2:
        raise NotAllowed(_("One of the two no longer exists: somebody else has united them."))
    kept, double = locked[kept.pk], locked[double.pk]
    _take_appointments(kept, double, now)
    _take_everything_else(kept, double)
    return _take_facts(kept, double)


def _lock(*ids: int) -> list[Customer]:
    """In one order, so that two who unite the same pair the other way round do not wait for each other."""
    return list(Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update())


def _take_appointments(kept: Customer, double: Customer, now: datetime) -> None:
    """Through the writer, so that each keeps a history and whoever follows it hears of it."""
    ids = Appointment.objects.filter(customer=double).order_by("pk").values_list("pk", flat=True)
    for appointment in lock_appointments(ids):
        appointment.customer = kept
        update(appointment, now=now, fields=("customer",))
        announce(appointment)


def _take_everything_else(kept: Customer, double: Customer) -> None:
    """Whatever of any app points to a customer, also what is written after this was."""
    for relation in Customer._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: double})
        if relation.related_model is Appointment:
            continue
        if relation.one_to_one and _has_own(relation, kept):
            rows.delete()
        else:
            rows.update(**{relation.field.name: kept})


def _has_own(relation: "models.ForeignObjectRel", kept: Customer) -> bool:
    return bool(relation.related_model._base_manager.filter(**{relation.field.name: kept}).exists())


def _take_facts(kept: Customer, double: Customer) -> Customer:
    phone, email, notes = double.phone, double.email, double.notes
    double.delete()  # first: a number belongs to one customer at a time
    if phone and kept.phone:
        CustomerNumber.objects.create(company_id=kept.company_id, customer=kept, number=phone)
    kept.phone = kept.phone or phone
    kept.email = kept.email or email
    kept.notes = "\n\n".join(dict.fromkeys(part.strip() for part in (kept.notes, notes) if part.strip()))
    kept.save()
    return kept
