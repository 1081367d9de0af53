"""``list_services`` and ``get_opening_hours``: what anybody may know."""

from datetime import date
from typing import Any

from appointments.fields import format_minute
from appointments.models import Service
from appointments.rules.holidays import holiday_name
from calls import sentences
from calls.functions.conversation import Conversation
from calls.functions.registry import voice_function
from calls.functions.words import ask_when, service_names, understand
from calls.reply import Reply
from calls.understanding import When, match_service

SPOKEN_PRICES = 3


@voice_function(aliases=("get_available_services",), needs_call=False)
def list_services(conversation: Conversation) -> Reply:
    """All services with price (decimal string, None on request) and duration; or those that are asked
    about, which are then spoken of with both.
    """
    services = conversation.services
    asked = _asked_about(conversation)
    if asked:
        message = sentences.prices([_spoken_of(conversation, each) for each in asked])
    else:
        message = (
            sentences.services([each.name for each in services]) if services else sentences.no_services()
        )
    return Reply("found", message, {"services": [_service(conversation, each) for each in asked or services]})


def _asked_about(conversation: Conversation) -> list[Service]:
    """Three at most: "was kostet ein Haarschnitt" may be several. Nothing that is offered: empty."""
    match = match_service(conversation.args.get("dienstleistung"), services=service_names(conversation))
    names = [match.name] if match.status == "resolved" else list(match.candidates)
    return [each for each in conversation.services if each.name in names][:SPOKEN_PRICES]


def _spoken_of(conversation: Conversation, service: Service) -> sentences.Priced:
    minutes = service.plan(conversation.branch).minutes
    return sentences.Priced(service.name, service.price, conversation.company.currency, minutes)


def _service(conversation: Conversation, service: Service) -> dict[str, Any]:
    return {
        "name": service.name,
        "price": None if service.price is None else str(service.price),
        "currency": conversation.company.currency,
        "duration_minutes": service.plan(conversation.branch).minutes,
    }


@voice_function(needs_call=False)
def get_opening_hours(conversation: Conversation) -> Reply:
    """The hours of a day, or of the week if no day is named. Times as ``HH:MM``, 24:00 included."""
    when = understand(conversation)
    if when is None:
        return _week(conversation)
    day = when.date or _any_such_day(when)
    if day is None:
        ask_when(conversation, when)
    return _day(conversation, day)


def _any_such_day(when: When) -> date | None:
    """The first of several that are the same weekday: "samstags" is every Saturday. An hour names no day."""
    if when.time is not None or when.window is not None:
        return None
    days = [each for each in when.candidates if isinstance(each, date)]
    same = len({day.weekday() for day in days}) == 1 and len(days) == len(when.candidates)
    return days[0] if same else None


def _week(conversation: Conversation) -> Reply:
    week = conversation.opening_week
    fields = [{"weekday": weekday, "hours": hours_as_text(week[weekday])} for weekday in sorted(week)]
    return Reply("found", sentences.open_in_the_week(week), {"opening_hours": fields})


def _day(conversation: Conversation, day: date) -> Reply:
    holiday = holiday_name(day, conversation.company.holidays)
    periods = () if holiday else conversation.opening_week.get(day.weekday(), ())
    if periods:
        message = sentences.open_on(day, periods, conversation.today)
    else:
        message = sentences.closed_on(day, holiday, conversation.today)
    fields = {
        "date": day.isoformat(),
        "weekday": day.weekday(),
        "holiday": holiday,
        "hours": hours_as_text(periods),
    }
    return Reply("found", message, {"opening_hours": [fields]})


def hours_as_text(periods: tuple[tuple[int, int], ...]) -> list[list[str]]:
    return [[format_minute(opens), format_minute(closes)] for opens, closes in periods]
