"""The alarms about the phone."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.alarms import Compared, Rule, Unit, register
from appointments.models.integrity import Severity
from calls import alarm_figures

DAY = timedelta(days=1)
HALF_A_WORKDAY = timedelta(hours=4)


def register_rules() -> None:
    register(*_bookings(), *_numbers())


def _bookings() -> Iterator[Rule]:
    yield Rule(
        id="calls.all_refused",
        severity=Severity.CRITICAL,
        title=_("Every caller is turned away"),
        sentence=gettext_noop("Callers who wanted a time today: %(count)s. Not one of them got any."),
        advice=_(
            "Look at the planner: is what looks taken really taken? Then run the checks, under Integrity."
        ),
        unit=Unit.PERCENT,
        compared=Compared.AT_LEAST,
        threshold=100,
        minimum=3,
        measure=alarm_figures.all_refused,
    )
    yield Rule(
        id="calls.booking_failures",
        severity=Severity.CRITICAL,
        title=_("Too many bookings by phone fail"),
        sentence=gettext_noop(
            "Attempts to book by phone in the last %(span)s: %(count)s, of which %(value)s %% failed."
        ),
        advice=_("The dashboard says why. Call back whoever left without an appointment."),
        unit=Unit.PERCENT,
        threshold=10,
        minimum=10,
        window=HALF_A_WORKDAY,
        measure=alarm_figures.booking_failures,
    )
    yield Rule(
        id="calls.race_rate",
        severity=Severity.ERROR,
        title=_("Times are lost between “free” and “booked”"),
        sentence=gettext_noop(
            "Attempts to book by phone in the last %(span)s: %(count)s. In %(value)s %% the time that had "
            "just been called free was gone."
        ),
        advice=_("Somebody books past the phone, or callers need longer than times are held for them."),
        unit=Unit.PERCENT,
        threshold=10,
        minimum=10,
        window=HALF_A_WORKDAY,
        measure=alarm_figures.race_rate,
    )
    yield Rule(
        id="calls.slow_compound_booking",
        severity=Severity.ERROR,
        title=_("Bookings of services with gaps take too long"),
        sentence=gettext_noop("The slowest such booking of the last %(span)s took %(value)s seconds."),
        advice=_("Callers wait in silence. See the connection to Cal.com."),
        unit=Unit.SECONDS,
        threshold=15,
        window=timedelta(hours=1),
        measure=alarm_figures.slow_compound,
    )
    yield Rule(
        id="calls.wrong_time",
        severity=Severity.CRITICAL,
        title=_("Bookings are not what was said"),
        sentence=gettext_noop(
            "Bookings in the last %(span)s at another time than was said, or said and not made: %(value)s."
        ),
        advice=_("See the calendar cases and the calls that promised what did not happen."),
        unit=Unit.COUNT,
        threshold=1,
        window=timedelta(hours=1),
        measure=alarm_figures.wrong_times,
    )
    yield Rule(
        id="calls.duplicates",
        severity=Severity.WARNING,
        title=_("Callers book what they have already"),
        sentence=gettext_noop(
            "Attempts of the last %(span)s to book an appointment that the caller had already: %(value)s."
        ),
        advice=_("Nothing was booked twice. Perhaps confirmations do not reach the customers."),
        unit=Unit.COUNT,
        threshold=10,
        window=DAY,
        reminder=DAY,
        measure=alarm_figures.duplicates,
    )


def _numbers() -> Iterator[Rule]:
    yield Rule(
        id="calls.number_silent",
        severity=Severity.CRITICAL,
        title=_("The voice platform tells nothing of the calls"),
        sentence=gettext_noop(
            "%(branch)s: calls answered in the last %(span)s of which no message has come: %(value)s, of all."
        ),
        advice=_("Whoever runs the system looks at the webhook's address and key at the voice platform."),
        unit=Unit.COUNT,
        compared=Compared.AT_LEAST,
        threshold=3,
        window=DAY,
        measure=alarm_figures.silent_numbers,
    )
    yield Rule(
        id="calls.number_quiet",
        severity=Severity.ERROR,
        title=_("Nobody calls any more"),
        sentence=gettext_noop(
            "%(branch)s: nobody has called for %(value)s hours; usually there are calls every day."
        ),
        advice=_("Call the number yourself. Then look at the voice platform: number and agent."),
        unit=Unit.HOURS,
        threshold=48,
        reminder=DAY,
        measure=alarm_figures.quiet_numbers,
    )
