"""Questions back: what is missing, ambiguous or contradictory is never guessed (invariant I10)."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from calls import speech


def which_service(candidates: Sequence[str]) -> str:
    if candidates:
        return _("Which one would you like: %(candidates)s?") % {"candidates": speech.either(candidates)}
    return _("What would you like to have done?")


def which_staff(candidates: Sequence[str]) -> str:
    return _("With whom would you like it: %(candidates)s?") % {"candidates": speech.either(candidates)}


def which_day(candidates: Sequence[date]) -> str:
    if candidates:
        days = speech.either([speech.named_day(day) for day in candidates])
        return _("Do you mean %(days)s?") % {"days": days}
    return _("For which day would you like the appointment?")


def which_time(day: date | None, today: date) -> str:
    if day is None:
        return _("At what time would you like the appointment?")
    return _("At what time would you like to come %(day)s?") % {"day": speech.on_day_within(day, today)}


def which_clock(hours_and_minutes: Sequence[tuple[int, int]]) -> str:
    times = speech.either([speech.clock(hour, minute) for hour, minute in hours_and_minutes])
    return _("Do you mean %(times)s?") % {"times": times}


def which_day_and_time() -> str:
    return _("For which day and what time would you like the appointment?")


def no_such_time() -> str:
    return _("That day or that time does not exist.")


def not_understood() -> str:
    return _("I did not quite understand that. Would you please tell me the day and the time once more?")


def say_again() -> str:
    return _("I did not understand that. Would you please say it once more?")


def contradiction() -> str:
    return _("I have noted two different details. Would you please tell me service, day and time once more?")


def which_offer() -> str:
    return _("Which of the offered times would you like?")


def what_name() -> str:
    return _("In what name may I book the appointment?")


def which_number() -> str:
    return _("At what number may we call you back?")


def yes_or_no() -> str:
    return _("Shall I do that? Please say yes or no.")


def the_usual(service: str) -> str:
    return _("Do you mean %(service)s again?") % {"service": service}


def the_usual_stylist(staff: str) -> str:
    return _("Do you mean with %(staff)s again?") % {"staff": staff}
