"""What is free, and held for the caller."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from calls import speech


def available(*, service: str, staff: str, start: datetime, today: date) -> str:
    return _("%(service)s %(when)s with %(staff)s is free. Shall I book it for you?") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }


def still_valid(*, service: str, staff: str, start: datetime, today: date) -> str:
    return _("%(service)s %(when)s with %(staff)s is still held for you.") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }


def hold_lost(*, service: str, staff: str, start: datetime, today: date) -> str:
    """For the agent of a running call, before it speaks next; a caller may hear it as it is."""
    return _(
        "The time held for you has just been taken by somebody else: %(service)s %(when)s with %(staff)s. "
        "Would you like another time?"
    ) % {"service": service, "staff": staff, "when": speech.on_day_at(start, today)}


def released() -> str:
    return _("All right, I have released the time again.")
