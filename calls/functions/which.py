"""Which of the caller's appointments is meant. Of several none is guessed (incidents H12, H17)."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

from appointments.models import Appointment
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.memory import earlier
from calls.functions.words import AskBack, service_names, staff_names, understand_time
from calls.reply import Reply
from calls.understanding import When, match_service, match_staff, same_name, understand_name

# "Gegen drei" is about three.
ABOUT = timedelta(minutes=60)
# Of a proven number the name need only sound alike (incident H5).
SOUNDS_ALIKE = 0.65
SPOKEN_AT_MOST = 5

Fits = Callable[[Appointment], bool]


@dataclass(frozen=True, slots=True)
class Hints:
    """What was said about the appointment; None for what was not."""

    appointment_id: str | None = None
    position: str | None = None
    day: str | None = None
    clock: str | None = None
    service: str | None = None
    staff: str | None = None
    name: str | None = None

    @property
    def are_none(self) -> bool:
        values = (self.appointment_id, self.position, self.day, self.clock)
        return not any((*values, self.service, self.staff, self.name))


def fitting(
    conversation: Conversation,
    hints: Hints,
    appointments: Sequence[Appointment],
    *,
    starts_before: dict[int, Collection[datetime]] | None = None,
) -> list[Appointment]:
    """Those of ``appointments`` to which every hint fits."""
    tests = _tests(conversation, hints, starts_before or {})
    return [each for each in appointments if all(fits(each) for fits in tests)]


def _tests(
    conversation: Conversation, hints: Hints, starts_before: dict[int, Collection[datetime]]
) -> list[Fits]:
    tests: list[Fits] = []
    if hints.appointment_id:
        tests.append(lambda each: str(each.pk) == hints.appointment_id)
    if hints.position:
        wanted = _listed(conversation, hints.position)
        tests.append(lambda each: each.pk == wanted)
    if hints.day or hints.clock:
        when = understand_time(conversation, hints.day, hints.clock)
        tests.append(
            lambda each: any(
                _is_then(conversation.local(start), when)
                for start in (each.starts_at, *starts_before.get(each.pk, ()))
            )
        )
    if hints.service:
        tests.append(_service_test(conversation, hints.service))
    if hints.staff:
        tests.append(_staff_test(conversation, hints.staff))
    if hints.name:
        tests += _name_tests(conversation, hints.name)
    return tests


def _listed(conversation: Conversation, position: str) -> int | None:
    """The id at this place of the list that this call heard last; 1 is the first."""
    for attempt in earlier(conversation):
        listed = (attempt.reply or {}).get("appointments")
        if listed:
            n = int(position) if position.isdecimal() and len(position) < 4 else 0
            return int(listed[n - 1]["appointment_id"]) if 1 <= n <= len(listed) else None
    return None


def _is_then(start: datetime, when: When) -> bool:
    """``start`` in the branch's zone. Words that say nothing about time fit nothing."""
    days = {when.date} if when.date else {each for each in when.candidates if _is_day(each)}
    times = {when.time, *when.preferences} - {None} if when.time or when.preferences else set()
    times |= {each for each in when.candidates if isinstance(each, time)}
    if days and start.date() not in days:
        return False
    if times:
        return start.time() in times or (when.approximate and any(_is_about(start, each) for each in times))
    if when.window:
        opens, closes = when.window
        return opens <= start.hour * 60 + start.minute < closes
    return bool(days)


def _is_day(value: date | time) -> bool:
    return isinstance(value, date)


def _is_about(start: datetime, clock: time | None) -> bool:
    if clock is None:
        return False
    return abs(start - start.replace(hour=clock.hour, minute=clock.minute)) <= ABOUT


def _service_test(conversation: Conversation, words: str) -> Fits:
    match = match_service(words, services=service_names(conversation))
    if match.status == "resolved":
        return lambda each: each.service_id == match.id
    if match.candidates:
        return lambda each: each.service.name in match.candidates
    # "Mein Termin" names no work, so it says nothing; work that is not offered any more may be booked.
    if match.status == "ask":
        return lambda _each: True
    return lambda each: same_name(words, each.service.name) >= SOUNDS_ALIKE


def _staff_test(conversation: Conversation, words: str) -> Fits:
    match = match_staff(words, staff=staff_names(conversation))
    if match.status == "resolved":
        return lambda each: each.staff_id == match.id
    if match.status == "unknown":
        return lambda _each: False
    return lambda each: not match.candidates or each.staff.name in match.candidates


def _name_tests(conversation: Conversation, words: str) -> list[Fits]:
    """Somebody else's name opens nothing, and does not let one's own appointment be taken for theirs."""
    heard = understand_name(words, staff=staff_names(conversation))
    if heard.status != "ok" or heard.name is None:
        return []
    name, customer = heard.name, conversation.customer
    if customer is not None and same_name(name, customer.name) >= SOUNDS_ALIKE:
        # The caller introduces themselves; whoever comes to the appointment, it is theirs.
        return []
    return [lambda each: same_name(name, each.attendee) >= SOUNDS_ALIKE]


def listed(conversation: Conversation, appointments: Sequence[Appointment]) -> list[dict[str, Any]]:
    """All of them (incident H13), in the order in which a position counts."""
    return [
        {
            "appointment_id": each.pk,
            "service": each.service.name,
            "staff": each.staff.name,
            "starts_at": conversation.local(each.starts_at).isoformat(),
        }
        for each in appointments
    ]


def spoken(conversation: Conversation, appointments: Sequence[Appointment]) -> list[str]:
    """Five at most, each a part of a sentence."""
    return [
        sentences.one_appointment(
            service=each.service.name,
            staff=each.staff.first_name,
            start=conversation.local(each.starts_at),
            today=conversation.today,
        )
        for each in appointments[:SPOKEN_AT_MOST]
    ]


def ask_which(conversation: Conversation, appointments: Sequence[Appointment]) -> NoReturn:
    """More than one fits."""
    message = sentences.several(spoken(conversation, appointments), count=len(appointments))
    raise AskBack(Reply("several", message, {"appointments": listed(conversation, appointments)}))


def ask_whether_one_of(
    conversation: Conversation,
    appointments: Sequence[Appointment],
    sentence: Callable[..., str] = sentences.no_such_appointment,
) -> NoReturn:
    """None fits what was said, but there are some."""
    message = sentence(spoken(conversation, appointments), count=len(appointments))
    fields = {"missing": [], "candidates": [], "appointments": listed(conversation, appointments)}
    raise AskBack(Reply("needs_clarification", message, fields))
