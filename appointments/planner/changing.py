"""What the planner changes: through the writer, and what to say and offer when it refuses."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments import booking
from appointments.availability import Request, Slot, alternatives
from appointments.booking.contacts import words_of
from appointments.models import Appointment, Branch, Customer, Service, Staff
from appointments.models.appointment import Source
from appointments.phones import normalize_phone
from appointments.planner.board import wall
from appointments.planner.faster import who_was_faster

OFFERED = 3


@dataclass(frozen=True, slots=True)
class Refusal:
    """``message`` says why. ``starts``: the nearest free ones (``start``, ``staff``, ``label``).
    ``overridable``: staff may insist, since nobody else has this time.
    """

    message: str
    starts: Sequence[dict[str, Any]] = ()
    overridable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """What was typed into the planner's little form. ``start`` is an instant.

    ``adds_customer``: whoever types may add customers, and recognise one by the number.
    """

    branch: Branch
    staff: Staff
    service: Service
    start: datetime
    customer: Customer | None = None
    name: str = ""
    phone: str = ""
    notes: str = ""
    adds_customer: bool = True
    insists: bool = False


def move(
    appointment: Appointment,
    *,
    start: datetime,
    staff: Staff,
    revision: int,
    insists: bool,
    now: datetime,
) -> Appointment | Refusal:
    """``revision``: what the screen showed. ``insists``: also outside the hours."""
    to = booking.Move(start=start, staff=staff)
    try:
        return booking.reschedule(appointment, to, now=now, revision=revision, overrides_hours=insists)
    except booking.Stale as error:
        faster = who_was_faster(appointment.pk)
        return Refusal(f"{error} {faster}".strip())
    except booking.BookingError as error:
        wish = Request(
            branch=appointment.branch,
            service=appointment.service,
            staff=staff,
            now=now,
            appointment_id=appointment.pk,
        )
        return _refused(error, wish, start)


def book(new: NewVisit, *, now: datetime) -> Appointment | Refusal:
    """A new appointment. A customer who is not known yet is made with it, or not at all."""
    phone = normalize_phone(new.phone) if new.phone else None
    if new.phone and phone is None:
        return Refusal(_("This is not a telephone number."))
    if new.customer is None and not new.name:
        return Refusal(_("Please say who comes: choose a customer or type a name."))
    wish = Request(
        branch=new.branch, service=new.service, staff=new.staff, now=now, overrides_hours=new.insists
    )
    contact = booking.Contact(new.name, phone) if new.adds_customer and new.customer is None else None
    visit = booking.Visit(
        source=Source.STAFF,
        customer=new.customer,
        attendee_name=_attendee(new, phone),
        contact_phone=None if new.customer or new.adds_customer else phone,
        notes=new.notes,
        staff_wished=True,
    )
    try:
        return booking.book(wish, start=new.start, visit=visit, contact=contact)
    except booking.BookingError as error:
        return _refused(error, replace(wish, overrides_hours=False), new.start)
    except ValidationError as error:
        return Refusal(" ".join(error.messages))


def _attendee(new: NewVisit, phone: str | None) -> str:
    """Who comes, where that is not the customer: a child under a mother's number (incident H6), or somebody
    whom this login may not add, whose number then recognises nobody.
    """
    if new.customer is not None:
        return ""
    if not new.adds_customer:
        return new.name
    known = Customer.objects.of_number(new.branch.company, phone) if phone else None
    return "" if known is None or words_of(known.name) == words_of(new.name) else new.name


def take_back(appointment: Appointment, *, revision: int, now: datetime) -> Appointment | Refusal:
    """A booking of a moment ago, not wanted after all."""
    try:
        return booking.cancel(appointment, now=now, revision=revision)
    except booking.BookingError as error:
        return Refusal(f"{error} {who_was_faster(appointment.pk)}".strip())


def _refused(error: booking.BookingError, wish: Request, start: datetime) -> Refusal:
    message = str(error)
    taken = isinstance(error, booking.SlotTaken)
    if isinstance(error, booking.SlotTaken) and error.conflict and error.conflict.appointment_id:
        message = f"{message} {who_was_faster(error.conflict.appointment_id)}".strip()
    found = _nearest(wish, start)
    overridable = isinstance(error, booking.Unavailable) and not taken
    return Refusal(message, [_offer(slot, wish, start) for slot in found], overridable)


def _nearest(wish: Request, start: datetime) -> list[Slot]:
    """With this stylist; if they have nothing, with whoever has."""
    own = alternatives(wish, near=start, count=OFFERED)
    return own or alternatives(replace(wish, staff=None), near=start, count=OFFERED)


def _offer(slot: Slot, wish: Request, start: datetime) -> dict[str, Any]:
    zone = wish.branch.zone
    local = slot.start.astimezone(zone)
    same_day = local.date() == start.astimezone(zone).date()
    when = f"{local:%H:%M}" if same_day else date_format(local, "D, j. N, H:i")
    other = "" if wish.staff is not None and slot.staff.pk == wish.staff.pk else f", {slot.staff.name}"
    return {"start": wall(slot.start, zone), "staff": slot.staff.pk, "label": f"{when}{other}"}
