"""The caller's own appointments: which they have, and which one is meant."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from calls import speech


def one_appointment(*, service: str, staff: str, start: datetime, today: date) -> str:
    """A part of a sentence."""
    return _("%(service)s with %(staff)s %(when)s") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }


def your_appointments(spoken: Sequence[str], *, count: int) -> str:
    """``spoken``: the first ones of ``count``."""
    facts = {"appointments": "; ".join(spoken), "count": count}
    if count == 1:
        return _("You have this appointment: %(appointments)s.") % facts
    if count > len(spoken):
        return _("You have %(count)s appointments. The next are: %(appointments)s.") % facts
    return _("You have these appointments: %(appointments)s.") % facts


def several(spoken: Sequence[str], *, count: int) -> str:
    return _("%(appointments)s Which one do you mean?") % {
        "appointments": your_appointments(spoken, count=count)
    }


def no_such_appointment(spoken: Sequence[str], *, count: int) -> str:
    """What there is instead; the first five of it."""
    facts = {"appointments": "; ".join(spoken)}
    if count == 1:
        return _("I do not find that appointment. Do you mean this one: %(appointments)s?") % facts
    return _("I do not find that appointment. Do you mean one of these: %(appointments)s?") % facts


def cancel_another(spoken: Sequence[str], *, count: int) -> str:
    """After one has been cancelled in this call."""
    facts = {"appointments": "; ".join(spoken)}
    if count == 1:
        return (
            _("One appointment is cancelled already. Shall I cancel this one too: %(appointments)s?") % facts
        )
    return _("One appointment is cancelled already. Which one shall I cancel too: %(appointments)s?") % facts


def no_appointments() -> str:
    return _("I do not find a coming appointment of yours. Would you like to make one?")
