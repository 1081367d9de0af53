"""Somebody of the salon calls back."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from calls import speech


def not_identified() -> str:
    return _(
        "About appointments I may speak only with whoever calls from the number that we know. "
        "Shall somebody call you back?"
    )


def not_identified_calls_back(*, moment: datetime, today: date) -> str:
    return _(
        "Appointments I may change only for whoever calls from the number that we know. "
        "Somebody of the salon will call you back by %(when)s."
    ) % {"when": speech.until(moment, today)}


def not_identified_needs_number() -> str:
    return _(
        "Appointments I may change only for whoever calls from the number that we know, but somebody of "
        "the salon will call you back. At what number can we reach you?"
    )


def callback_queued(*, moment: datetime, today: date) -> str:
    return _("I have noted it. Somebody of the salon will call you back by %(when)s.") % {
        "when": speech.until(moment, today)
    }
