"""Where other apps attach themselves to the domain, which knows none of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from appointments.models import Appointment, Branch, Customer, Reservation
from appointments.models.ledger import ReservationState

ChangedHook = Callable[[Appointment], None]
ImportedHook = Callable[[Sequence[Appointment]], None]
SwitchedHook = Callable[[Branch, str], None]
HoldLostHook = Callable[[Reservation], None]
HoldsEndedHook = Callable[[Sequence[Reservation], ReservationState], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCall:
    """Somebody has to hear by telephone what became of their appointment. ``reason``: a sentence for staff;
    ``until``: afterwards it would be too late.
    """

    appointment: Appointment
    reason: str
    until: datetime


ToCallHook = Callable[[ToCall, datetime], None]
UnitedHook = Callable[[Customer, Customer], None]

_changed: list[ChangedHook] = []
_imported: list[ImportedHook] = []
_switched: list[SwitchedHook] = []
_hold_lost: list[HoldLostHook] = []
_holds_ended: list[HoldsEndedHook] = []
_to_call: list[ToCallHook] = []
_united: list[UnitedHook] = []


def on_change(hook: ChangedHook) -> ChangedHook:
    """``hook`` runs in the transaction of every change to an appointment, with the new revision.

    It must be quick and may only write to the database: the change and the note that somebody else
    must hear of it commit together.
    """
    if hook not in _changed:
        _changed.append(hook)
    return hook


def appointment_changed(appointment: Appointment) -> None:
    for hook in _changed:
        hook(appointment)


def on_import(hook: ImportedHook) -> ImportedHook:
    """``hook`` runs once for each batch of an import, in its transaction, with the new appointments that
    are still to come and have got their time. What has passed is nobody's business but the diary's, and
    the hooks of :func:`on_change` hear nothing of an import: a thousand customers want no confirmation of
    what they have known for weeks. As for those, quick, and only to the database.
    """
    if hook not in _imported:
        _imported.append(hook)
    return hook


def appointments_imported(appointments: Sequence[Appointment]) -> None:
    for hook in _imported:
        hook(appointments)


def on_hold_lost(hook: HoldLostHook) -> HoldLostHook:
    """``hook`` runs in the transaction in which a live hold loses its time to an appointment that
    stands elsewhere already, so that a running conversation can be told. As for :func:`on_change`.
    """
    if hook not in _hold_lost:
        _hold_lost.append(hook)
    return hook


def hold_lost(reservation: Reservation) -> None:
    for hook in _hold_lost:
        hook(reservation)


def on_holds_ended(hook: HoldsEndedHook) -> HoldsEndedHook:
    """``hook`` runs in the transaction in which holds end, with the state they end in: booked, expired,
    given back. As for :func:`on_change`; it may not even write.
    """
    if hook not in _holds_ended:
        _holds_ended.append(hook)
    return hook


def holds_ended(reservations: Sequence[Reservation], state: ReservationState) -> None:
    for hook in _holds_ended:
        hook(reservations, state)


def on_customer_to_call(hook: ToCallHook) -> ToCallHook:
    """``hook`` runs in the transaction that makes a call necessary, with the instant. As for
    :func:`on_change`.
    """
    if hook not in _to_call:
        _to_call.append(hook)
    return hook


def customer_to_call(to_call: ToCall, *, now: datetime) -> None:
    for hook in _to_call:
        hook(to_call, now)


def on_customers_united(hook: UnitedHook) -> UnitedHook:
    """``hook`` runs in the transaction in which two records of one person become one, with the one that
    stays and its double, before the double goes. What only refers to a customer is moved anyway: this is
    for rows of which both may have one. As for :func:`on_change`.
    """
    if hook not in _united:
        _united.append(hook)
    return hook


def customers_united(kept: Customer, double: Customer) -> None:
    for hook in _united:
        hook(kept, double)


def on_calendar_switched(hook: SwitchedHook) -> SwitchedHook:
    """``hook`` runs in the transaction in which a branch got another calendar mode, with the one it had."""
    if hook not in _switched:
        _switched.append(hook)
    return hook


def calendar_switched(branch: Branch, before: str) -> None:
    """Whoever stores ``branch`` says so; nothing happens if the mode is the same."""
    if branch.calendar != before:
        for hook in _switched:
            hook(branch, before)
