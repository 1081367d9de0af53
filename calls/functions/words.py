"""From words to services, staff and times, or back to the caller with a question (invariant I10)."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, NoReturn

from appointments.models import Service, Staff
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.usual import agreed_to, usual_service, usual_staff
from calls.reply import Reply
from calls.understanding import (
    ServiceName,
    StaffMatch,
    StaffName,
    When,
    match_service,
    match_staff,
    understand_when,
)

SPOKEN_AT_MOST = 5


class AskBack(Exception):
    """The conversation cannot go on without an answer of the caller."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Refused(AskBack):
    """No other time would help. ``reply`` is for functions that only ask."""

    def __init__(self, reason: str, reply: Reply) -> None:
        super().__init__(reply)
        self.reason = reason

    def refused_as(self, status: str) -> Reply:
        """The refusal in the function's own word for *no*."""
        fields: dict[str, Any] = {"reason": self.reason, "alternatives": []}
        if status == "unavailable":
            fields = {"available": False, **fields}
        return Reply(status, self.reply.message, fields)


class NobodyOfThatName(Refused):
    """The wished stylist does not work here (incident B13)."""

    def __init__(self, people: Sequence[Staff]) -> None:
        names = [each.name for each in people]
        message = sentences.staff_unknown([each.first_name for each in people])
        fields = {"missing": [], "candidates": names}
        super().__init__("staff_unknown", Reply("needs_clarification", message, fields))


def ask(message: str, *, missing: list[str] | None = None, candidates: list[str] | None = None) -> NoReturn:
    raise AskBack(
        Reply("needs_clarification", message, {"missing": missing or [], "candidates": candidates or []})
    )


def wished_service(conversation: Conversation) -> Service:
    """The one service the words mean. Several, none or no words: raises ``AskBack`` (B3-B5, B10)."""
    services = conversation.services
    agreed = agreed_to(conversation, "dienstleistung")
    if agreed is not None:
        return next(service for service in services if service.name == agreed)
    match = match_service(conversation.args.get("dienstleistung"), services=service_names(conversation))
    if match.status == "resolved":
        return next(service for service in services if service.pk == match.id)
    if match.status == "not_offered":
        offered = [service.name for service in services]
        message = sentences.not_offered(offered[:SPOKEN_AT_MOST])
        raise AskBack(Reply("not_offered", message, {"services": offered}))
    candidates = list(match.candidates)
    usual = None if candidates else usual_service(conversation)
    if usual is not None:
        ask(sentences.the_usual(usual.name), missing=["dienstleistung"], candidates=[usual.name])
    ask(
        sentences.which_service(candidates[:SPOKEN_AT_MOST]),
        missing=[] if candidates else ["dienstleistung"],
        candidates=candidates,
    )


def service_names(conversation: Conversation) -> list[ServiceName]:
    return [
        ServiceName(
            id=service.pk,
            name=service.name,
            synonyms=tuple(service.synonyms),
            minutes=service.plan(conversation.branch).minutes,
        )
        for service in conversation.services
    ]


def staff_names(conversation: Conversation) -> list[StaffName]:
    return [
        StaffName(id=each.pk, name=each.name, nicknames=tuple(each.nicknames))
        for each in conversation.colleagues
    ]


def wished_staff(conversation: Conversation) -> Staff | None:
    """The wished stylist, None for anybody. Unknown or ambiguous names raise ``AskBack`` (B13)."""
    wish = conversation.args.get("mitarbeiter")
    if wish is None:
        return None
    people = conversation.colleagues
    agreed = agreed_to(conversation, "mitarbeiter")
    if agreed is not None:
        return next(each for each in people if each.name == agreed)
    match = match_staff(wish, staff=staff_names(conversation))
    if match.status == "resolved":
        return next(each for each in people if each.pk == match.id)
    if match.status in ("unknown", "ask"):
        _ask_whom(conversation, match)
    return None


def _ask_whom(conversation: Conversation, match: StaffMatch) -> NoReturn:
    people = conversation.colleagues
    if match.status == "unknown":
        raise NobodyOfThatName(people)
    usual = None if match.candidates else usual_staff(conversation)
    if usual is not None:
        ask(sentences.the_usual_stylist(usual.name), missing=["mitarbeiter"], candidates=[usual.name])
    candidates = list(match.candidates) or [each.name for each in people]
    ask(sentences.which_staff(candidates[:SPOKEN_AT_MOST]), candidates=candidates)


def understand(conversation: Conversation) -> When | None:
    """What the arguments say about the time; None if they say nothing.

    ``datetime`` beside ``datum`` or ``uhrzeit`` must say the same; else raises ``AskBack``.
    """
    args = conversation.args
    both, day, clock = args.get("datetime"), args.get("datum"), args.get("uhrzeit")
    if not (both or day or clock):
        return None
    if both is None:
        return understand_time(conversation, day, clock)
    when = understand_time(conversation, both, None)
    if day or clock:
        again = understand_time(conversation, day, clock)
        if _differs(again.date, when.date) or _differs(again.time, when.time):
            ask(sentences.contradiction(), missing=["datum", "uhrzeit"])
    return when


def understand_time(conversation: Conversation, day: str | None, clock: str | None) -> When:
    """What ``day`` and ``clock`` mean in this branch at this moment."""
    branch = conversation.branch
    week = conversation.opening_week
    return understand_when(
        datum=day,
        uhrzeit=clock,
        now=conversation.local(conversation.now),
        hours=lambda local_day: week.get(local_day.weekday(), ()),
        notice_minutes=branch.minimum_notice_minutes,
        horizon_days=branch.horizon_days,
    )


def _differs(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def ask_when(conversation: Conversation, when: When | None) -> NoReturn:
    """The question that leads on from what was understood (incidents A4, A18, A30)."""
    today = conversation.today
    if when is None:
        ask(sentences.which_day_and_time(), missing=["datum", "uhrzeit"])
    days = [each for each in when.candidates if isinstance(each, date) and not isinstance(each, datetime)]
    times = [each for each in when.candidates if isinstance(each, time)]
    spoken = [day.isoformat() for day in days] + [f"{each:%H:%M}" for each in times]
    if days:
        message = sentences.which_day(days)
    elif times:
        message = sentences.which_clock([(each.hour, each.minute) for each in times])
    elif list(when.missing) == ["uhrzeit"]:
        message = sentences.which_time(when.date, today)
    elif list(when.missing) == ["datum"]:
        message = sentences.which_day(())
    elif when.missing:
        message = sentences.which_day_and_time()
    else:
        message = sentences.not_understood()
    if when.status == "invalid":
        message = f"{sentences.no_such_time()} {message}"
    ask(message, missing=list(when.missing), candidates=spoken)
