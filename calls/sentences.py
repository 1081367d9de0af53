"""Every sentence a caller hears, finished (incidents A19, J12). Source English, spoken German.

Honest about why: "has just been taken" is said only where this very call had been told that the
time was free; otherwise it is taken, and that is all (``product.md``, incident 1).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from appointments.availability import Reason
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
