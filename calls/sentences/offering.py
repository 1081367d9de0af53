"""Free times to choose from."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from calls import speech


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
