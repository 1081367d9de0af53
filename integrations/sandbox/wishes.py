"""The body of POST /v2/bookings, checked as the vendor does."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.sandbox import times
from integrations.sandbox.errors import FilterError, NestError
from integrations.sandbox.parts import EventType
from integrations.sandbox.records import Attendee
from integrations.sandbox.request import Request
from integrations.sandbox.validation import (
    Field,
    Problem,
    integer_field,
    is_email,
    is_object,
    is_phone,
    is_text,
    object_field,
    problems_of,
    refuse_in_words,
    text_field,
    time_field,
)
from integrations.sandbox.world import World

LANGUAGES = frozenset(
    (
        "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "es-419", "et", "eu", "fi", "fr",
        "he", "hr", "hu", "id", "it", "iw", "ja", "km", "ko", "lv", "nl", "no", "pl", "pt", "pt-BR", "ro",
        "ru", "sk", "sr", "sv", "ta", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
    )
)  # fmt: skip
METADATA_KEYS, METADATA_KEY, METADATA_VALUE = 50, 40, 500
METADATA_RULE = (
    f"metadata must have at most {METADATA_KEYS} keys, each key up to {METADATA_KEY} characters, "
    f"and string values up to {METADATA_VALUE} characters."
)
NO_CONTACT = "At least one contact method (email or phone number) must be provided"


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_metadata(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= METADATA_KEYS
        and all(len(key) <= METADATA_KEY for key in value)
        and all(isinstance(text, str) and len(text) <= METADATA_VALUE for text in value.values())
    )


FIELDS = (
    time_field("start", required=True),
    object_field("attendee", required=True),
    integer_field("eventTypeId"),
    text_field("eventTypeSlug"),
    text_field("username"),
    text_field("teamSlug"),
    text_field("organizationSlug"),
    integer_field("lengthInMinutes"),
    Field("guests", _is_list, "isArray", "must be an array"),
    text_field("meetingUrl"),
    Field("location", lambda value: is_object(value) or is_text(value), "isObject", "must be an object"),
    object_field("bookingFieldsResponses"),
    object_field("metadata"),
    object_field("routing"),
    text_field("emailVerificationCode"),
)
ATTENDEE_FIELDS = (
    text_field("name", required=True),
    Field("timeZone", times.is_zone, "isTimeZone", "must be a valid IANA time-zone", required=True),
    Field("email", is_email, "isEmail", "must be an email"),
    Field("phoneNumber", is_phone, "isPhoneNumber", "must be a valid phone number"),
    Field(
        "language",
        lambda value: value in LANGUAGES,
        "isEnum",
        f"must be one of the following values: {', '.join(sorted(LANGUAGES))}",
    ),
)


@dataclass(frozen=True, slots=True)
class Wish:
    event_type: EventType
    start: datetime
    minutes: int
    attendee: Attendee
    metadata: dict[str, str] = field(default_factory=dict)
    responses: dict[str, Any] = field(default_factory=dict)
    location: str = "integrations:daily"
    only_hosts: tuple[int, ...] = ()


def read(world: World, request: Request) -> Wish:
    """Raises the vendor's errors. Nothing about time is looked at yet."""
    body = request.body
    refuse_in_words(_problems(body))
    event_type = _event_type(world, body)
    start = times.parse(body["start"])
    assert start is not None  # noqa: S101 - checked by FIELDS
    return Wish(
        event_type=event_type,
        start=start,
        minutes=_minutes(event_type, body),
        attendee=_attendee(event_type, body["attendee"]),
        metadata=body.get("metadata") or {},
        responses=body.get("bookingFieldsResponses") or {},
        location=_location(body.get("location")),
        only_hosts=_only_hosts(body.get("routing")),
    )


def _problems(body: dict[str, Any]) -> list[Problem]:
    problems = problems_of(body, FIELDS, whole=True)
    attendee = body.get("attendee")
    if isinstance(attendee, dict):
        inside = problems_of(attendee, ATTENDEE_FIELDS, whole=True)
        if not attendee.get("email") and not attendee.get("phoneNumber"):
            inside.append(Problem("email", "requireEmailOrPhone", NO_CONTACT))
        if inside:
            problems.append(Problem("attendee", children=tuple(inside)))
    if isinstance(body.get("metadata"), dict) and not _is_metadata(body["metadata"]):
        problems.append(Problem("metadata", "validateMetadata", METADATA_RULE))
    return problems


def _event_type(world: World, body: dict[str, Any]) -> EventType:
    event_types = world.account.event_types
    if body.get("eventTypeId") is not None:
        found = event_types.get(body["eventTypeId"])
        if found is None:
            raise NestError(404, f"Event type with id {body['eventTypeId']} not found.")
    else:
        found = next((one for one in event_types.values() if _is_meant(world, one, body)), None)
        if found is None:
            raise NestError(404, f"Event type with slug {body.get('eventTypeSlug')} not found.")
    if found.is_managed_parent:
        raise NestError(
            400,
            f"Event type with id={found.id} is the parent managed event type that can't be booked. You "
            "have to provide the child event type id aka id of event type that has been assigned to one of "
            "the users.",
        )
    if not world.account.hosts_of(found):
        raise NestError(422, f"Event type with id={found.id} has no hosts.")
    return found


def _is_meant(world: World, event_type: EventType, body: dict[str, Any]) -> bool:
    names = {host.username for host in world.account.hosts_of(event_type)}
    return event_type.slug == body.get("eventTypeSlug") and body.get("username") in names


def _minutes(event_type: EventType, body: dict[str, Any]) -> int:
    minutes: int | None = body.get("lengthInMinutes")
    if minutes is None:
        return event_type.length
    if not event_type.lengths:
        raise NestError(
            400,
            "Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. "
            "Please, remove the 'lengthInMinutes' field from the request.",
        )
    if minutes not in event_type.lengths:
        lengths = ", ".join(str(length) for length in event_type.lengths)
        raise NestError(
            400,
            f"Provided 'lengthInMinutes' is not one of the possible lengths for the event type. The possible "
            f"lengths are: {lengths}",
        )
    return minutes


def _attendee(event_type: EventType, given: dict[str, Any]) -> Attendee:
    """Raises what the booking form of ``event_type`` says."""
    email, phone = given.get("email"), given.get("phoneNumber")
    if event_type.contact == "phone":
        if not phone:
            raise FilterError("responses - {attendeePhoneNumber}error_required_field, ")
        # The hidden field wins over what was sent.
        email = f"{phone.removeprefix('+')}@sms.cal.com"
    elif not email:
        raise FilterError("responses - {email}error_required_field, ")
    return Attendee(
        name=given["name"],
        email=email,
        time_zone=given["timeZone"],
        language=given.get("language") or "en",
        phone=phone,
    )


def _location(given: Any) -> str:
    if isinstance(given, dict):
        kept = (given.get(key) for key in ("address", "link", "phone", "integration", "type"))
        return next((str(value) for value in kept if value), "integrations:daily")
    return given if isinstance(given, str) else "integrations:daily"


def _only_hosts(routing: Any) -> tuple[int, ...]:
    wanted = routing.get("teamMemberIds") if isinstance(routing, dict) else None
    return tuple(wanted) if isinstance(wanted, list) else ()
