"""What the caller wants, resolved: service, stylist, exact start or window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain

from appointments.availability import Reason
from appointments.models import Appointment, Service, Staff
from appointments.rules.hours import instant
from appointments.rules.periods import Period
from calls.functions.chosen import Choice, choice
from calls.functions.conversation import Conversation
from calls.functions.words import ask_when, understand, wished_service, wished_staff
from calls.understanding import When


@dataclass(frozen=True, slots=True)
class Wish:
    """``starts``: exact instants in the order of preference; none where only a ``window`` was named.
    ``approximate``: "gegen drei" is no word for three o'clock sharp.

    ``moving``: the appointment that shall go there, which is not in its own way (incident C16).
    ``refused``: the words already rule it out (a time that has passed, too far ahead). ``near``: the
    instant around which alternatives are looked for.
    """

    service: Service
    staff: Staff | None
    starts: Sequence[datetime]
    near: datetime
    window: Period | None = None
    refused: Reason | None = None
    approximate: bool = False
    moving: Appointment | None = None


def read_wish(conversation: Conversation) -> Wish:
    """The wish in the arguments, or in the offer they point to. Raises ``AskBack``."""
    chosen = choice(conversation)
    if chosen is not None:
        return of_choice(chosen)
    return timed(conversation, *_heard(conversation))


def read_open_wish(conversation: Conversation) -> Wish:
    """As :func:`read_wish`, but a day without a time, or no day at all, is enough to look around."""
    chosen = choice(conversation)
    if chosen is not None:
        return of_choice(chosen)
    service, staff, when = _heard(conversation)
    if when is None:
        # As soon as possible: looked for from the first minute of today on, else at this hour of the day.
        return Wish(service, staff, (), near=instant(conversation.today, 0, conversation.branch.zone))
    if when.status == "ask" and when.date is not None and list(when.missing) == ["uhrzeit"]:
        near = first_opening(conversation, when.date)
        return Wish(service, staff, (), near=near, window=_whole_day(conversation, when.date))
    return timed(conversation, service, staff, when)


def _heard(conversation: Conversation) -> tuple[Service, Staff | None, When | None]:
    """The words one after the other: the first that is not clear is asked back."""
    return wished_service(conversation), wished_staff(conversation), understand(conversation)


def of_choice(chosen: Choice) -> Wish:
    return Wish(chosen.service, chosen.staff, (chosen.start,), near=chosen.start)


def timed(conversation: Conversation, service: Service, staff: Staff | None, when: When | None) -> Wish:
    """The wish that ``when`` makes of these. Raises ``AskBack`` for what does not say when."""
    if when is None or when.status in ("ask", "invalid"):
        ask_when(conversation, when)
    starts = _starts(conversation, when)
    if when.status in ("past", "too_far"):
        reason = Reason.PAST if when.status == "past" else Reason.TOO_FAR
        return Wish(service, staff, starts, near=starts[0] if starts else conversation.now, refused=reason)
    if starts:
        return Wish(service, staff, starts, near=starts[0], approximate=when.approximate)
    window = _window(conversation, when)
    if window is None:
        ask_when(conversation, when)
    return Wish(service, staff, (), near=window.start, window=window)


def _starts(conversation: Conversation, when: When) -> list[datetime]:
    if when.date is None:
        return []
    first = () if when.time is None else (when.time,)
    times = list(dict.fromkeys(chain(first, when.preferences)))
    return [to_instant(conversation, when.date, each) for each in times]


def _window(conversation: Conversation, when: When) -> Period | None:
    if when.date is None or when.window is None:
        return None
    opens, closes = when.window
    zone = conversation.branch.zone
    return Period(instant(when.date, opens, zone), instant(when.date, closes, zone))


def to_instant(conversation: Conversation, day: date, clock: time) -> datetime:
    """A wall-clock time in the branch as an instant in UTC."""
    return datetime.combine(day, clock, tzinfo=conversation.branch.zone).astimezone(UTC)


def first_opening(conversation: Conversation, day: date) -> datetime:
    """When the salon opens that weekday, else noon: where to begin looking."""
    periods = conversation.opening_week.get(day.weekday(), ())
    return instant(day, periods[0][0] if periods else 12 * 60, conversation.branch.zone)


def _whole_day(conversation: Conversation, day: date) -> Period:
    zone = conversation.branch.zone
    return Period(instant(day, 0, zone), instant(day + timedelta(days=1), 0, zone))
