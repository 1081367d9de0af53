"""Where other apps attach themselves to the domain, which knows none of them."""

from collections.abc import Callable

from appointments.models import Appointment

ChangedHook = Callable[[Appointment], None]

_changed: list[ChangedHook] = []


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
