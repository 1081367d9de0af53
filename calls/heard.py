"""What a caller said, as one JSON object, understood as the voice functions understand it."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from appointments.models import Branch
from calls.functions.arguments import Arguments
from calls.functions.conversation import Conversation
from calls.functions.words import service_names, staff_names, understand_time
from calls.understanding import (
    Period,
    email_as_json,
    match_service,
    match_staff,
    name_as_json,
    service_as_json,
    staff_as_json,
    understand_email,
    understand_name,
    understand_when,
    when_as_json,
)

# Where no salon is named: an ordinary one, Monday to Saturday, nine to six.
ZONE = ZoneInfo("Europe/Berlin")
ORDINARY_HOURS = ((9 * 60, 18 * 60),)
SUNDAY = 6
WORDS = ("datum", "uhrzeit", "dienstleistung", "mitarbeiter", "name", "email")


class NotUnderstandable(Exception):
    """The object is not one that can be answered; the text says why."""


def understand_heard(heard: dict[str, Any], *, branch: Branch | None, now: datetime) -> dict[str, Any]:
    """The answer, with a key for each kind of words given (``contract.md`` §5).

    ``now`` is aware; ``heard["now"]`` (ISO, the salon's zone unless it has an offset) wins. Services
    and staff are a salon's: without ``branch`` they raise ``NotUnderstandable``.
    """
    words = {name: _text(name, heard[name]) for name in WORDS if name in heard}
    if branch is None and words.keys() & {"dienstleistung", "mitarbeiter"}:
        raise NotUnderstandable("services and staff need --company")
    zone = branch.zone if branch else ZONE
    moment = _moment(heard["now"], zone) if heard.get("now") else now.astimezone(zone)
    salon = Conversation(branch, None, None, Arguments({}, (), ()), moment) if branch else None
    answer: dict[str, Any] = {}
    if words.keys() & {"datum", "uhrzeit"}:
        answer["when"] = _when(words, salon, moment)
    if salon and "dienstleistung" in words:
        found = match_service(words["dienstleistung"], services=service_names(salon))
        answer["service"] = service_as_json(found)
    if salon and "mitarbeiter" in words:
        answer["staff"] = staff_as_json(match_staff(words["mitarbeiter"], staff=staff_names(salon)))
    if "name" in words:
        staff = staff_names(salon) if salon else ()
        answer["name"] = name_as_json(understand_name(words["name"], staff=staff))
    if "email" in words:
        answer["email"] = email_as_json(understand_email(words["email"]))
    return answer


def _when(words: dict[str, str | None], salon: Conversation | None, now: datetime) -> dict[str, Any]:
    day, clock = words.get("datum"), words.get("uhrzeit")
    if salon:
        return when_as_json(understand_time(salon, day, clock))
    return when_as_json(understand_when(datum=day, uhrzeit=clock, now=now, hours=_ordinary_hours))


def _ordinary_hours(day: date) -> tuple[Period, ...]:
    return () if day.weekday() == SUNDAY else ORDINARY_HOURS


def _text(name: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise NotUnderstandable(f"{name} must be text")


def _moment(text: Any, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise NotUnderstandable(f"now must be an ISO date and time, not {text!r}") from error
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
