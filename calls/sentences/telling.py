"""What anybody may hear: the day, the services, and that something went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from calls import speech

SPOKEN_SERVICES = 12


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


def services(names: Sequence[str]) -> str:
    """Nobody listens to forty names: of a long list some are said."""
    if len(names) > SPOKEN_SERVICES:
        return _("Among others we offer %(services)s.") % {"services": speech.both(names[:SPOKEN_SERVICES])}
    return _("We offer %(services)s.") % {"services": speech.both(names)}


@dataclass(frozen=True, slots=True)
class Priced:
    """A service with what it costs; ``price`` None: on request."""

    name: str
    price: Decimal | None
    currency: str
    minutes: int


def prices(services: Sequence[Priced]) -> str:
    """Of one price and duration, of several the prices. Whole minutes."""
    if len(services) > 1:
        return _("We offer %(services)s.") % {
            "services": speech.both([_for_price(each) for each in services])
        }
    (one,) = services
    facts = {"service": one.name, "minutes": one.minutes}
    if one.price is None:
        return _("%(service)s takes %(minutes)s minutes; what it costs the salon tells you.") % facts
    facts["price"] = speech.money(one.price, one.currency)
    return _("%(service)s costs %(price)s and takes %(minutes)s minutes.") % facts


def _for_price(service: Priced) -> str:
    if service.price is None:
        return service.name
    price = speech.money(service.price, service.currency)
    return _("%(service)s for %(price)s") % {"service": service.name, "price": price}


def no_services() -> str:
    return _("At the moment no appointments can be booked by phone.")


def too_many() -> str:
    return _("Too much is being asked at once just now. Please call again in a few minutes.")


def unknown_function() -> str:
    return _("I am sorry, I cannot do that. May I help you with an appointment?")


def unknown_number() -> str:
    return _("I am sorry, this number is not in service at the moment. Please call again later.")


def error() -> str:
    return _("I am sorry, something went wrong. Please try again, or call again later.")
