"""Event types, teams, memberships and the key's owner."""

from typing import Any

from integrations.sandbox.errors import NestError
from integrations.sandbox.parts import EventType, Host, Team
from integrations.sandbox.request import Answer, Request, success
from integrations.sandbox.world import World

OFF = {"disabled": True}
ALWAYS = {"type": "always", "blockUnconfirmedBookingsInBooker": False}


def _field(kind: str, slug: str, *, required: bool = False, hidden: bool = False) -> dict[str, Any]:
    return {
        "isDefault": True,
        "type": kind,
        "slug": slug,
        "required": required,
        "disableOnPrefill": False,
        "hidden": hidden,
    }


def _booking_fields(event_type: EventType) -> list[dict[str, Any]]:
    by_phone = event_type.contact == "phone"
    name = {"isDefault": True, "type": "name", "slug": "name", "required": True, "label": "your_name"}
    phone = _field("phone", "attendeePhoneNumber", required=True)
    return [
        {**name, "disableOnPrefill": False},
        _field("email", "email", required=not by_phone, hidden=by_phone),
        *([phone] if by_phone else []),
        {"isDefault": True, "type": "radioInput", "slug": "location", "required": False, "hidden": False},
        _field("text", "title", required=True, hidden=True),
        _field("textarea", "notes"),
        _field("multiemail", "guests"),
        _field("textarea", "rescheduleReason"),
    ]


def _common(world: World, event_type: EventType) -> dict[str, Any]:
    lengths = {"multipleDuration": list(event_type.lengths)} if event_type.lengths else {}
    facts: dict[str, Any] = {"id": event_type.id, "lengthInMinutes": event_type.length}
    if event_type.lengths:
        facts["lengthInMinutesOptions"] = list(event_type.lengths)
    return {
        **facts,
        "title": event_type.title,
        "slug": event_type.slug,
        "description": "",
        "locations": [],
        "bookingFields": _booking_fields(event_type),
        "recurrence": None,
        "disableGuests": False,
        "slotInterval": event_type.interval,
        "minimumBookingNotice": event_type.notice,
        "beforeEventBuffer": event_type.buffer_before,
        "afterEventBuffer": event_type.buffer_after,
        "metadata": lengths,
        "price": 0,
        "currency": "usd",
        "lockTimeZoneToggleOnBookingPage": False,
        "forwardParamsSuccessRedirect": True,
        "successRedirectUrl": None,
        "isInstantEvent": False,
        "scheduleId": None,
        "onlyShowFirstAvailableSlot": False,
        "offsetStart": 0,
        "bookingWindow": _window(event_type),
        "confirmationPolicy": ALWAYS if event_type.requires_confirmation else OFF,
        "requiresBookerEmailVerification": False,
        "hideCalendarNotes": False,
        "seats": OFF,
        "useDestinationCalendarEmail": False,
        "hideCalendarEventDetails": False,
        "hideOrganizerEmail": False,
        "hidden": False,
        "bookingRequiresAuthentication": False,
        "bookerActiveBookingsLimit": OFF,
        "bookingUrl": f"{world.url}/{event_type.slug}",
        "disableCancelling": {"disabled": False},
        "disableRescheduling": {"disabled": False},
        "interfaceLanguage": None,
        "allowReschedulingPastBookings": False,
        "allowReschedulingCancelledBookings": False,
        "showOptimizedSlots": False,
    }


def _window(event_type: EventType) -> dict[str, Any]:
    if event_type.window_days is None:
        return OFF
    return {"type": "calendarDays", "value": event_type.window_days, "rolling": True}


def _user(host: Host) -> dict[str, Any]:
    return {
        "id": host.id,
        "name": host.name,
        "username": host.username,
        "avatarUrl": None,
        "brandColor": None,
        "darkBrandColor": None,
        "weekStart": "Sunday",
        "metadata": {},
    }


def _personal(world: World, event_type: EventType) -> dict[str, Any]:
    hosts = world.account.hosts_of(event_type)
    facts = {**_common(world, event_type), "ownerId": hosts[0].id if hosts else 0}
    return {**facts, "users": [_user(host) for host in hosts]}


def _of_team(world: World, event_type: EventType) -> dict[str, Any]:
    hosts = world.account.hosts_of(event_type)
    team = world.account.teams.get(event_type.team_id or 0)
    return {
        **_common(world, event_type),
        "ownerId": None if event_type.parent_id is None else hosts[0].id if hosts else None,
        "teamId": event_type.team_id,
        "parentEventTypeId": event_type.parent_id,
        "schedulingType": event_type.scheduling,
        "assignAllTeamMembers": False,
        "hosts": [
            {
                "userId": host.id,
                "name": host.name,
                "username": host.username,
                "avatarUrl": None,
                "mandatory": False,
                "priority": "medium",
            }
            for host in hosts
        ],
        "team": {"id": team.id, "name": team.name, "slug": team.slug} if team else None,
    }


def event_types(world: World, request: Request) -> Answer:
    """Without ``username`` the key owner's; without a key and a name nobody's."""
    owner = world.account.owner if request.is_authenticated else None
    username = request.query.get("username") or (owner.username if owner else None)
    found = [
        _personal(world, event_type)
        for event_type in world.account.event_types.values()
        if event_type.team_id is None or event_type.parent_id is not None
        if not event_type.is_team and not event_type.is_managed_parent
        if username in {host.username for host in world.account.hosts_of(event_type)}
        if request.query.get("eventSlug") in (None, event_type.slug)
    ]
    # The list leaves hidden fields of the form out, the single event type shows them.
    return success([{**one, "bookingFields": _shown(one["bookingFields"])} for one in found])


def _shown(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in fields if one["slug"] == "email" or not one.get("hidden")]


def _find(world: World, number: str) -> EventType:
    event_type = world.account.event_types.get(int(number))
    if event_type is None:
        raise NestError(404, f"Event type with id {number} not found")
    return event_type


def event_type(world: World, request: Request) -> Answer:
    return success(_personal(world, _find(world, request.params["id"])))


def _team(world: World, request: Request) -> Team:
    team = world.account.teams.get(int(request.params["team"]))
    if team is None:
        raise NestError(404, f"Team with id {request.params['team']} not found")
    return team


def team_event_types(world: World, request: Request) -> Answer:
    team = _team(world, request)
    return success(
        [
            _of_team(world, one)
            for one in world.account.event_types.values()
            if one.team_id == team.id and request.query.get("eventSlug") in (None, one.slug)
        ]
    )


def team_event_type(world: World, request: Request) -> Answer:
    team, found = _team(world, request), _find(world, request.params["id"])
    if found.team_id != team.id:
        raise NestError(404, f"Event type with id {found.id} not found")
    return success(_of_team(world, found))


def teams(world: World, request: Request) -> Answer:
    return success([_show_team(team) for team in world.account.teams.values()])


def team(world: World, request: Request) -> Answer:
    return success(_show_team(_team(world, request)))


def _show_team(shown: Team) -> dict[str, Any]:
    return {
        "id": shown.id,
        "name": shown.name,
        "slug": shown.slug,
        "isOrganization": False,
        "timeZone": "Europe/Berlin",
        "weekStart": "Sunday",
        "metadata": {},
    }


def memberships(world: World, request: Request) -> Answer:
    """Paged with ``take`` and ``skip``; ``emails`` separated by commas."""
    asked = _team(world, request)
    emails = {email.strip().lower() for email in request.query.get("emails", "").split(",") if email.strip()}
    people = [world.account.hosts[number] for number in asked.members if number in world.account.hosts]
    found: list[dict[str, Any]] = [
        {
            "id": asked.id * 1000 + number,
            "userId": host.id,
            "teamId": asked.id,
            "accepted": True,
            "role": "OWNER" if number == 1 else "MEMBER",
            "disableImpersonation": False,
            "user": {
                "avatarUrl": None,
                "username": host.username,
                "name": host.name,
                "email": host.email,
                "bio": None,
                "metadata": {},
            },
        }
        for number, host in enumerate(people, start=1)
        if not emails or host.email.lower() in emails
    ]
    take, skip = int(request.query.get("take", "250")), int(request.query.get("skip", "0"))
    return success(found[skip : skip + take])


def me(world: World, request: Request) -> Answer:
    owner = world.account.owner
    if owner is None:
        raise NestError(404, "User not found")
    return success(
        {
            "id": owner.id,
            "email": owner.email,
            "name": owner.name,
            "avatarUrl": None,
            "bio": None,
            "timeFormat": 12,
            "defaultScheduleId": 1,
            "weekStart": "Sunday",
            "timeZone": owner.time_zone,
            "username": owner.username,
            "organizationId": None,
        }
    )
