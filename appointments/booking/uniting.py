"""Two records of one person become one (incident 5: duplicates that linked nothing)."""

from collections.abc import Collection
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _

from appointments import hooks
from appointments.booking.errors import NotAllowed
from appointments.booking.ledger import lock_appointments, writes
from appointments.booking.saving import announce, update
from appointments.models import Appointment, Customer, CustomerNumber, FormerCustomer

CHOOSABLE = ("name", "phone", "email")


@writes
def unite(kept: Customer, double: Customer, *, now: datetime, taking: Collection[str] = ()) -> Customer:
    """Everything of ``double`` becomes ``kept``'s, and ``double`` is no more. All of it or nothing.

    ``kept`` keeps its name, number and address, but those of ``CHOOSABLE`` that are in ``taking``, and takes
    what it lacks. Nothing is lost: a second number stays known, so that whoever calls from it is
    recognised; a second address goes to the notes, which are joined. Raises ``NotAllowed`` if one of
    the two is gone: somebody else was faster.
    """
    if kept.pk == double.pk or kept.company_id != double.company_id:
        raise ValueError(double.pk)
    locked = {row.pk: row for row in _lock(kept.pk, double.pk)}
    if len(locked) < 2:
        raise NotAllowed(_("One of the two no longer exists: somebody else has united them."))
    kept, double = locked[kept.pk], locked[double.pk]
    _take_appointments(kept, double, now)
    hooks.customers_united(kept, double)
    _take_everything_else(kept, double)
    return _take_facts(kept, double, taking)


def belongings(customer: Customer) -> list[tuple[str, int]]:
    """What would become the other's: the name of each kind, and how many. A query for each kind."""
    kinds = ((each.related_model, each.field.name) for each in Customer._meta.related_objects)
    counted = (
        (str(model._meta.verbose_name_plural), model._base_manager.filter(**{name: customer}).count())
        for model, name in kinds
        if model not in {CustomerNumber, FormerCustomer}  # shown as numbers; shown nowhere
    )
    return [(kind, count) for kind, count in counted if count]


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


def _take_facts(kept: Customer, double: Customer, taking: Collection[str]) -> Customer:
    chosen = {name: _chosen(name, kept, double, taking) for name in CHOOSABLE}
    second = {name: {getattr(kept, name), getattr(double, name)} - {chosen[name], None} for name in CHOOSABLE}
    notes = [kept.notes, double.notes, *(_("Also: %(email)s") % {"email": each} for each in second["email"])]
    number = double.pk
    FormerCustomer.objects.create(
        company_id=kept.company_id, customer=kept, number=number, made_at=double.created_at
    )
    _note(double, _("United with customer no. %(number)s.") % {"number": kept.pk})
    double.delete()  # first: a number belongs to one customer at a time
    for phone in second["phone"]:
        CustomerNumber.objects.create(company_id=kept.company_id, customer=kept, number=phone)
    for name, value in chosen.items():
        setattr(kept, name, value)
    kept.notes = "\n\n".join(dict.fromkeys(part.strip() for part in notes if part.strip()))
    _note(kept, _("United with customer no. %(number)s.") % {"number": number})
    kept.save()
    return kept


def _chosen(name: str, kept: Customer, double: Customer, taking: Collection[str]) -> str | None:
    first, second = (double, kept) if name in taking else (kept, double)
    value: str | None = getattr(first, name) or getattr(second, name)
    return value


def _note(customer: Customer, reason: str) -> None:
    """Beside who and when, which the history notes itself."""
    customer._change_reason = reason  # type: ignore[attr-defined] # noqa: SLF001 - the history package's
