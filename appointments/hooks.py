"""Where other apps attach themselves to the domain, which knows none of them."""

from collections.abc import Callable

from appointments.models import Appointment, Reservation

ChangedHook = Callable[[Appointment], None]
HoldLostHook = Callable[[Reservation], None]

_changed: list[ChangedHook] = []
_hold_lost: list[HoldLostHook] = []


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
