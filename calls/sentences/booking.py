"""What has become of a booking. Only from here a caller hears that it is booked (incident J12)."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from calls import speech


def booked(*, service: str, staff: str, start: datetime, today: date) -> str:
    return _("Your appointment is booked: %(service)s %(when)s with %(staff)s.") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }


def provisional(*, service: str, staff: str, start: datetime, today: date) -> str:
    return _(
        "I have noted your appointment: %(service)s %(when)s with %(staff)s. "
        "The salon will confirm it to you."
    ) % {"service": service, "staff": staff, "when": speech.on_day_at(start, today)}


def existing(*, service: str, staff: str, start: datetime, today: date) -> str:
    return _(
        "You already have an appointment %(when)s: %(service)s with %(staff)s. Would you like to change it?"
    ) % {"service": service, "staff": staff, "when": speech.on_day_at(start, today)}


def was_not_booked() -> str:
    return _("The last appointment you wished could not be booked. Would you like another time?")


def nothing_booked_yet() -> str:
    return _("I have not booked an appointment yet. What would you like to have done, and when?")


def no_longer_valid(*, service: str, staff: str, start: datetime, today: date) -> str:
    return _(
        "That appointment could not be kept: %(service)s %(when)s with %(staff)s. "
        "Would you like another time?"
    ) % {"service": service, "staff": staff, "when": speech.on_day_at(start, today)}
