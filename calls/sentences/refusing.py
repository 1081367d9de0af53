"""Why a wish cannot be had.

Honest about why: "has just been taken" is said only where this very call had been told that the
time was free; otherwise it is taken, and that is all (``product.md``, incident 1).
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.availability import Reason
from calls import speech


def refusal(
    reason: Reason, *, service: str, staff: str | None, start: datetime, today: date, was_told_free: bool
) -> str:
    """Why ``start`` (branch's zone) cannot be had."""
    facts = {"service": service, "staff": staff, "when": speech.on_day_at(start, today)}
    # From where we know that it is taken is nothing to the caller.
    reason = Reason.TAKEN if reason is Reason.CALENDAR_TAKEN else reason
    if reason is Reason.TAKEN and was_told_free:
        return _("I am sorry, the time %(when)s has just been taken.") % facts
    by_person = {
        Reason.TAKEN: _("%(staff)s is already taken %(when)s."),
        Reason.STAFF_ABSENT: _("%(staff)s does not work for long enough %(when)s."),
        Reason.STAFF_CANNOT_PROVIDE_SERVICE: _("%(staff)s does not offer %(service)s."),
    }
    if staff and reason in by_person:
        return by_person[reason] % facts
    return {
        Reason.TAKEN: _("%(when)s is already taken for %(service)s."),
        Reason.STAFF_ABSENT: _("Nobody who offers %(service)s works %(when)s."),
        Reason.OUTSIDE_HOURS: _("%(service)s %(when)s does not fit into our opening hours."),
        Reason.HOLIDAY: _("We are closed then, it is a public holiday."),
        Reason.OFF_GRID: _("No appointment can begin %(when)s."),
        Reason.NOTICE_TOO_SHORT: _("That is too soon, I cannot book an appointment at such short notice."),
        Reason.TOO_FAR: _("We do not take appointments that far ahead yet."),
        Reason.PAST: _("That time has already passed."),
        Reason.STAFF_CANNOT_PROVIDE_SERVICE: _("At the moment nobody here offers %(service)s."),
    }[reason] % facts


def staff_unknown(colleagues: Sequence[str]) -> str:
    return _("Nobody of that name works here. We have %(colleagues)s.") % {
        "colleagues": speech.both(colleagues)
    }


def not_offered(services: Sequence[str]) -> str:
    return _("Unfortunately we do not offer that. With us you can have, for example, %(services)s.") % {
        "services": speech.either(services)
    }


def no_more_appointments(limit: int) -> str:
    """``limit``: as many as the caller has already."""
    sentence = ngettext(
        "You already have an appointment to come, and more than one I may not give you by phone. "
        "Would you like to move it?",
        "You already have %(limit)s appointments to come, and more I may not give you by phone. "
        "Would you like to move one of them?",
        limit,
    )
    return sentence % {"limit": limit}


def is_past() -> str:
    return _("That time has already passed. For which day would you like the appointment?")


def is_too_far() -> str:
    return _("We do not take appointments that far ahead yet. For which other day would you like it?")
