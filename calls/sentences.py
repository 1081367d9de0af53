"""Every sentence a caller hears, finished (incidents A19, J12). Source English, spoken German.

Honest about why: "has just been taken" is said only where this very call had been told that the
time was free; otherwise it is taken, and that is all (``product.md``, incident 1).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import booking
from appointments.availability import Reason
from appointments.models.change import ChangeKind
from calls import speech

SPOKEN_SERVICES = 12


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
        Reason.TAKEN: _("%(staff)s is already taken for %(service)s %(when)s."),
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


def offered(starts: Sequence[datetime], *, today: date, others: Sequence[str] = ()) -> str:
    """Free starts in the order offered (branch's zone). ``others``: with whom, if not whom was wished."""
    facts = {"times": speech.spoken_times(starts, today), "others": speech.either(others)}
    if not starts:
        return _("Unfortunately I do not find another free time in the coming weeks.")
    if others:
        return _("With %(others)s it would be free %(times)s. Does one of these suit you?") % facts
    return _("Free would be %(times)s. Does one of these suit you?") % facts


def found(starts: Sequence[datetime], *, service: str, today: date, others: Sequence[str] = ()) -> str:
    if others:
        return offered(starts, today=today, others=others)
    return _("For %(service)s I can offer you %(times)s. Which one suits you?") % {
        "service": service,
        "times": speech.spoken_times(starts, today),
    }


def nothing_in_window(starts: Sequence[datetime], *, today: date) -> str:
    return _("Nothing is free then. The nearest I can offer you would be %(times)s.") % {
        "times": speech.spoken_times(starts, today)
    }


def nothing_found(service: str) -> str:
    return _("Unfortunately I do not find a free time for %(service)s in the coming weeks.") % {
        "service": service
    }


def spoken_offer(*, staff: str, start: datetime, today: date) -> str:
    return _("%(when)s with %(staff)s") % {"when": speech.on_day_at(start, today), "staff": staff}


def which_service(candidates: Sequence[str]) -> str:
    if candidates:
        return _("Which one would you like: %(candidates)s?") % {"candidates": speech.either(candidates)}
    return _("What would you like to have done?")


def not_offered(services: Sequence[str]) -> str:
    return _("Unfortunately we do not offer that. With us you can have, for example, %(services)s.") % {
        "services": speech.either(services)
    }


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


def contradiction() -> str:
    return _("I have noted two different details. Would you please tell me service, day and time once more?")


def which_offer() -> str:
    return _("Which of the offered times would you like?")


def what_name() -> str:
    return _("In what name may I book the appointment?")


def released() -> str:
    return _("All right, I have released the time again.")


def services(names: Sequence[str]) -> str:
    """Nobody listens to forty names: of a long list some are said."""
    if len(names) > SPOKEN_SERVICES:
        return _("Among others we offer %(services)s.") % {"services": speech.both(names[:SPOKEN_SERVICES])}
    return _("We offer %(services)s.") % {"services": speech.both(names)}


def no_services() -> str:
    return _("At the moment no appointments can be booked by phone.")


def open_on(day: date, periods: Sequence[tuple[int, int]], today: date) -> str:
    """``periods``: minutes of the day."""
    times = speech.both([_period(opens, closes) for opens, closes in periods])
    return _("We are open %(day)s %(times)s.") % {"day": speech.on_day_within(day, today), "times": times}


def closed_on(day: date, holiday: str | None, today: date) -> str:
    facts = {"day": speech.on_day_within(day, today), "holiday": holiday}
    if holiday:
        return _("We are closed %(day)s, because of the public holiday %(holiday)s.") % facts
    return _("We are closed %(day)s.") % facts


def open_in_the_week(week: Mapping[int, Sequence[tuple[int, int]]]) -> str:
    """``week``: periods by weekday (Monday is 0), open days only. Days that are alike are said at once."""
    if not week:
        return _("At the moment we have no regular opening hours.")
    spoken = [
        _("%(days)s %(times)s")
        % {
            "days": _days(first, last),
            "times": speech.both([_period(opens, closes) for opens, closes in week[first]]),
        }
        for first, last in _alike(week)
    ]
    return _("Our opening hours: %(days)s.") % {"days": ", ".join(spoken)}


def _alike(week: Mapping[int, Sequence[tuple[int, int]]]) -> list[tuple[int, int]]:
    """Runs of neighbouring weekdays with the same hours, as first and last weekday."""
    runs: list[tuple[int, int]] = []
    for weekday in sorted(week):
        if runs and runs[-1][1] == weekday - 1 and week[runs[-1][0]] == week[weekday]:
            runs[-1] = (runs[-1][0], weekday)
        else:
            runs.append((weekday, weekday))
    return runs


def _days(first: int, last: int) -> str:
    if first == last:
        return str(WEEKDAYS[first])
    return _("%(first)s to %(last)s") % {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}


def _period(opens: int, closes: int) -> str:
    return _("from %(opens)s to %(closes)s") % {
        "opens": speech.clock(*divmod(opens, 60)),
        "closes": speech.clock(*divmod(closes, 60)),
    }


def unknown_function() -> str:
    return _("I am sorry, I cannot do that. May I help you with an appointment?")


def unknown_number() -> str:
    return _("I am sorry, this number is not in service at the moment. Please call again later.")


def error() -> str:
    return _("I am sorry, something went wrong. Please try again, or call again later.")


def greeting(today: date, *, first_name: str) -> str:
    """The first name is all that is said of whoever calls (incident H15)."""
    facts = {"first_name": first_name, "day": speech.this_day(today)}
    if first_name:
        return _("Hello %(first_name)s, today is %(day)s. What can I do for you?") % facts
    return _("Hello, today is %(day)s. What can I do for you?") % facts


def that_is(day: date, start: tuple[int, int] | None) -> str:
    if start is None:
        return _("That is %(day)s.") % {"day": speech.this_day(day)}
    facts = {"day": speech.this_day(day), "time": speech.clock(*start)}
    return _("That is %(day)s, at %(time)s.") % facts


def is_past() -> str:
    return _("That time has already passed. For which day would you like the appointment?")


def is_too_far() -> str:
    return _("We do not take appointments that far ahead yet. For which other day would you like it?")


def yes_or_no() -> str:
    return _("Shall I do that? Please say yes or no.")


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


def which_number() -> str:
    return _("At what number may we call you back?")


def callback_queued(*, moment: datetime, today: date) -> str:
    return _("I have noted it. Somebody of the salon will call you back by %(when)s.") % {
        "when": speech.until(moment, today)
    }


def just_being_changed() -> str:
    return _("This appointment is just being changed. Please try again in a moment.")


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


def was_not_booked() -> str:
    return _("The last appointment you wished could not be booked. Would you like another time?")


def nothing_booked_yet() -> str:
    return _("I have not booked an appointment yet. What would you like to have done, and when?")


def no_longer_valid(*, service: str, staff: str, start: datetime, today: date) -> str:
    return _(
        "That appointment could not be kept: %(service)s %(when)s with %(staff)s. "
        "Would you like another time?"
    ) % {"service": service, "staff": staff, "when": speech.on_day_at(start, today)}


def the_usual(service: str) -> str:
    return _("Do you mean %(service)s again?") % {"service": service}


def the_usual_stylist(staff: str) -> str:
    return _("Do you mean with %(staff)s again?") % {"staff": staff}
