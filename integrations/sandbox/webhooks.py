"""/v2/webhooks and /v2/event-types/{id}/webhooks."""

from typing import Any

from integrations.sandbox.errors import NestError
from integrations.sandbox.records import Webhook, new_id
from integrations.sandbox.request import Answer, Request, success
from integrations.sandbox.validation import Field, is_text, problems_of, refuse_in_details, text_field
from integrations.sandbox.world import World

TRIGGERS = (
    "BOOKING_CREATED", "BOOKING_PAYMENT_INITIATED", "BOOKING_PAID", "BOOKING_RESCHEDULED",
    "BOOKING_REQUESTED", "BOOKING_CANCELLED", "BOOKING_REJECTED", "BOOKING_NO_SHOW_UPDATED",
    "FORM_SUBMITTED", "MEETING_ENDED", "MEETING_STARTED", "RECORDING_READY", "INSTANT_MEETING",
    "RECORDING_TRANSCRIPTION_GENERATED", "OOO_CREATED", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW", "FORM_SUBMITTED_NO_EVENT", "ROUTING_FORM_FALLBACK_HIT",
    "DELEGATION_CREDENTIAL_ERROR", "WRONG_ASSIGNMENT_REPORT",
)  # fmt: skip
VERSION = "2021-10-20"


def _are_triggers(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and set(value) <= set(TRIGGERS)


def _fields(*, required: bool) -> tuple[Field, ...]:
    triggers = f"must be one of the following values: {', '.join(TRIGGERS)}"
    return (
        Field(
            "active", lambda value: isinstance(value, bool), "isBoolean", "must be a boolean value", required
        ),
        Field("subscriberUrl", is_text, "isString", "must be a string", required),
        Field("triggers", _are_triggers, "isEnum", triggers, required),
        text_field("secret"),
        text_field("payloadTemplate"),
        Field("version", lambda value: value == VERSION, "isEnum", f"must be {VERSION}"),
    )


def _scope(request: Request) -> int | None:
    """The event type in the path; ``None``: the whole account."""
    return int(request.params["id"]) if "id" in request.params else None


def _show(world: World, webhook: Webhook) -> dict[str, Any]:
    owner = world.account.owner
    of: dict[str, Any] = {"userId": owner.id if owner else None}
    if webhook.event_type_id is not None:
        of = {"eventTypeId": webhook.event_type_id}
    return {
        "id": webhook.id,
        **of,
        "subscriberUrl": webhook.url,
        "triggers": list(webhook.triggers),
        "active": webhook.active,
        "payloadTemplate": webhook.payload_template,
        "secret": webhook.secret,
        "version": VERSION,
    }


def list_(world: World, request: Request) -> Answer:
    with world.lock:
        rows = [row for row in world.store.webhooks.values() if row.event_type_id == _scope(request)]
    return success([_show(world, row) for row in rows])


def create(world: World, request: Request) -> Answer:
    refuse_in_details(problems_of(request.body, _fields(required=True)))
    body, scope = request.body, _scope(request)
    if scope is not None and scope not in world.account.event_types:
        raise NestError(404, f"Event type with id {scope} not found")
    with world.lock:
        if any(row.url == body["subscriberUrl"] and row.event_type_id == scope for row in _all(world)):
            raise NestError(409, "Webhook with this subscriber URL already exists for this user")
        webhook = Webhook(
            id=new_id(),
            url=body["subscriberUrl"],
            triggers=tuple(body["triggers"]),
            active=body["active"],
            secret=body.get("secret"),
            event_type_id=scope,
            payload_template=body.get("payloadTemplate"),
        )
        world.store.put(webhook)
    return success(_show(world, webhook), 201)


def _all(world: World) -> list[Webhook]:
    return list(world.store.webhooks.values())


def _find(world: World, request: Request) -> Webhook:
    webhook = world.store.webhooks.get(request.params["webhook"])
    if webhook is None or webhook.event_type_id != _scope(request):
        raise NestError(404, f"Webhook ({request.params['webhook']}) not found")
    return webhook


def show(world: World, request: Request) -> Answer:
    with world.lock:
        return success(_show(world, _find(world, request)))


def change(world: World, request: Request) -> Answer:
    refuse_in_details(problems_of(request.body, _fields(required=False)))
    body = request.body
    with world.lock:
        old = _find(world, request)
        changed = Webhook(
            id=old.id,
            url=body.get("subscriberUrl", old.url),
            triggers=tuple(body.get("triggers", old.triggers)),
            active=body.get("active", old.active),
            secret=body.get("secret", old.secret),
            event_type_id=old.event_type_id,
            payload_template=body.get("payloadTemplate", old.payload_template),
        )
        world.store.put(changed)
    return success(_show(world, changed))


def remove(world: World, request: Request) -> Answer:
    with world.lock:
        webhook = _find(world, request)
        world.store.remove(webhook)
    return success(_show(world, webhook))


BOOKING_TRIGGERS = (
    "BOOKING_CREATED",
    "BOOKING_RESCHEDULED",
    "BOOKING_CANCELLED",
    "BOOKING_REQUESTED",
    "BOOKING_REJECTED",
)


def subscribe(
    world: World, url: str, secret: str | None, *, event_type: int | None = None, number: str | None = None
) -> Webhook:
    """A webhook for all that happens to bookings. An older one to the same address, or with the same
    ``number``, is replaced.
    """
    with world.lock:
        for old in _all(world):
            if old.url == url and old.event_type_id == event_type:
                world.store.remove(old)
        webhook = Webhook(number or new_id(), url, BOOKING_TRIGGERS, secret=secret, event_type_id=event_type)
        world.store.put(webhook)
    return webhook
