"""Moving and cancelling, with what it costs."""

from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import booking
from appointments.models.change import ChangeKind
from calls import speech


def move_to_when() -> str:
    return _("To which day and what time would you like to move the appointment?")


def same_day(day: date, today: date) -> str:
    return _("Shall it be on the same day, %(day)s?") % {"day": speech.on_day(day, today)}


def shall_i_move(
    *, service: str, staff: str, start: datetime, today: date, fee: Decimal, currency: str
) -> str:
    sentence = _("%(service)s %(when)s with %(staff)s is free. Shall I move your appointment there?") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }
    return _with_fee(sentence, fee, currency, _("Moving it would cost %(fee)s."))


def moved(*, service: str, staff: str, start: datetime, today: date, fee: Decimal, currency: str) -> str:
    sentence = _("I have moved your appointment: %(service)s %(when)s with %(staff)s.") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }
    return _with_fee(sentence, fee, currency, _("Moving it costs %(fee)s."))


def stands_there_already(*, service: str, staff: str, start: datetime, today: date) -> str:
    return _("Your appointment is at that time already: %(service)s %(when)s with %(staff)s.") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }


def shall_i_cancel(
    *, service: str, staff: str, start: datetime, today: date, fee: Decimal, currency: str
) -> str:
    sentence = _("Shall I cancel your appointment %(when)s: %(service)s with %(staff)s?") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }
    return _with_fee(sentence, fee, currency, _("Cancelling it would cost %(fee)s."))


def cancelled(*, service: str, staff: str, start: datetime, today: date, fee: Decimal, currency: str) -> str:
    sentence = _("Your appointment is cancelled: %(service)s %(when)s with %(staff)s.") % {
        "service": service,
        "staff": staff,
        "when": speech.on_day_at(start, today),
    }
    return _with_fee(sentence, fee, currency, _("Cancelling it costs %(fee)s."))


def _with_fee(sentence: str, fee: Decimal, currency: str, costs: str) -> str:
    """What costs nothing is not spoken of."""
    if not fee:
        return sentence
    price = costs % {"fee": speech.money(fee, currency)}
    return f"{price} {sentence}" if sentence.endswith("?") else f"{sentence} {price}"


def denied(
    reason: booking.Denial,
    kind: ChangeKind,
    *,
    limit: int,
    service: str,
    staff: str,
    start: datetime,
    today: date,
) -> str:
    """``limit``: hours before the start, or how many moves there may be."""
    facts = {"when": speech.on_day_at(start, today), "limit": limit}
    if reason is booking.Denial.MAX_RESCHEDULES_REACHED:
        sentence = ngettext(
            "Your appointment %(when)s can no longer be moved: it can be moved once only.",
            "Your appointment %(when)s can no longer be moved: it can be moved %(limit)s times at most.",
            limit,
        )
        if limit == 0:
            sentence = _("Your appointment %(when)s cannot be moved by phone.")
    elif kind == ChangeKind.MOVE:
        sentence = ngettext(
            "Your appointment %(when)s can no longer be moved: that can be done up to an hour before.",
            "Your appointment %(when)s can no longer be moved: "
            "that can be done up to %(limit)s hours before.",
            limit,
        )
    else:
        sentence = ngettext(
            "Your appointment %(when)s can no longer be cancelled: that can be done up to an hour before.",
            "Your appointment %(when)s can no longer be cancelled: "
            "that can be done up to %(limit)s hours before.",
            limit,
        )
    return f"{sentence % facts} {_('Shall somebody of the salon call you back?')}"


def just_being_changed() -> str:
    return _("This appointment is just being changed. Please try again in a moment.")
