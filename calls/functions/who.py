"""Who comes: the recognised customer, somebody they name, or a new customer."""

from dataclasses import dataclass

from appointments import booking
from appointments.models import Appointment, Customer, Reservation
from appointments.models.appointment import Source
from appointments.phones import normalize_phone
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.words import AskBack, staff_names
from calls.reply import Reply
from calls.understanding import same_name, understand_email, understand_name

# Above this two spellings are one person's: names are heard, not read (incident H5).
SAME_PERSON = 0.85
LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Guest:
    """Who an appointment is for, before anything is stored. ``name`` is None for the customer."""

    customer: Customer | None
    name: str | None


def read_guest(conversation: Conversation, reservation: Reservation | None) -> Guest:
    """Raises ``AskBack`` with ``needs_name`` where nobody is known and no name was given (H7-H10)."""
    heard = understand_name(_name_given(conversation, reservation), staff=staff_names(conversation))
    name = heard.name if heard.status == "ok" else None
    if name is None and conversation.customer is None:
        raise AskBack(Reply("needs_name", sentences.what_name(), {"missing": ["name"]}))
    return Guest(conversation.customer, name)


def _name_given(conversation: Conversation, reservation: Reservation | None) -> str | None:
    """As said now, else when the time was held: a hold knows for whom it is."""
    return conversation.args.get("name") or (reservation.person if reservation else None)


def visit_of(conversation: Conversation, guest: Guest, *, staff_wished: bool) -> booking.Visit:
    """Stores a new customer if need be; call it inside the booking's transaction.

    The caller's own number proves who they are. A number they only name is proof of nothing: it is
    kept with the appointment, and recognises nobody (invariant I9).
    """
    caller = conversation.call.caller if conversation.call else None
    customer = guest.customer or booking.find_or_create_customer(
        conversation.company,
        name=guest.name or "",
        phone=caller,
        email=_email(conversation),
        now=conversation.now,
    )
    if conversation.call and guest.customer is None and caller:
        conversation.call.customer = customer
        conversation.call.save(update_fields=["customer"])
    return booking.Visit(
        source=Source.PHONE,
        customer=customer,
        attendee_name=_attendee(customer, guest.name),
        contact_phone=normalize_phone(conversation.args.get("telefon")) if caller is None else None,
        notes=conversation.args.get("notiz") or "",
        staff_wished=staff_wished,
        limited=True,
    )


def _email(conversation: Conversation) -> str | None:
    """None for what is no address, or is longer than addresses are (RFC 5321): half a one is another."""
    email = understand_email(conversation.args.get("email")).email
    return email if email and len(email) <= LONGEST_EMAIL else None


def _attendee(customer: Customer, name: str | None) -> str:
    """The name of whoever comes instead of the customer, else empty: the record keeps its own (H6)."""
    if name is None or same_name(name, customer.name) >= SAME_PERSON:
        return ""
    return name


def is_same_person(
    conversation: Conversation, appointment: Appointment, reservation: Reservation | None
) -> bool:
    """Whether the name given, if any, is that of whoever comes to ``appointment``."""
    name = _name_given(conversation, reservation)
    heard = understand_name(name, staff=staff_names(conversation)) if name else None
    if heard is None or heard.status != "ok" or heard.name is None:
        return True
    return same_name(heard.name, appointment.attendee) >= SAME_PERSON
