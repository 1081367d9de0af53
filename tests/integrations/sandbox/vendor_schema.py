"""What the vendor's answers look like, reduced to what an integrator reads. Written from its manual
and from recordings; every key that is not named here is a deviation.
"""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
FLAG: Schema = {"type": "boolean"}
TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
ANY_OBJECT: Schema = {"type": "object"}
MILLIS: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
SECONDS: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}
WITH_OFFSET: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$"}
UID: Schema = {"type": "string", "pattern": "^[1-9A-Za-z]{22}$"}
UUID: Schema = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}
EMAIL: Schema = {"type": "string", "pattern": "@"}


def exactly(required: Schema, optional: Schema | None = None) -> Schema:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def each(item: Schema) -> Schema:
    return {"type": "array", "items": item}


def one_of(*values: Any) -> Schema:
    return {"enum": list(values)}


def success(data: Schema, **more: Schema) -> Schema:
    return exactly({"status": one_of("success"), "data": data, **more})


def by_day(slot: Schema) -> Schema:
    return {
        "type": "object",
        "patternProperties": {r"^\d{4}-\d\d-\d\d$": each(slot)},
        "additionalProperties": False,
    }


METADATA: Schema = {"type": "object", "maxProperties": 50, "additionalProperties": TEXT}
HOST = exactly(
    {
        "id": NUMBER,
        "name": TEXT,
        "email": EMAIL,
        "displayEmail": EMAIL,
        "username": TEXT,
        "timeZone": TEXT,
    }
)
ATTENDEE = exactly(
    {
        "name": TEXT,
        "email": EMAIL,
        "displayEmail": EMAIL,
        "timeZone": TEXT,
        "language": TEXT,
        "absent": FLAG,
    },
    {"phoneNumber": TEXT},
)
_BOOKING: Schema = {
    "id": NUMBER,
    "uid": UID,
    "title": TEXT,
    "description": TEXT,
    "hosts": {**each(HOST), "minItems": 1, "maxItems": 1},
    "status": one_of("accepted", "pending", "cancelled", "rejected"),
    "cancellationReason": TEXT,
    "cancelledByEmail": TEXT,
    "rescheduledByEmail": TEXT_OR_NULL,
    "start": MILLIS,
    "end": MILLIS,
    "duration": NUMBER,
    "eventTypeId": NUMBER,
    "eventType": exactly({"id": NUMBER, "slug": TEXT}),
    "meetingUrl": TEXT,
    "location": TEXT,
    "absentHost": FLAG,
    "createdAt": MILLIS,
    "updatedAt": MILLIS,
    "metadata": METADATA,
    "rating": {"type": ["number", "null"]},
    "icsUid": TEXT,
    "attendees": {**each(ATTENDEE), "minItems": 1},
    "bookingFieldsResponses": exactly(
        {"email": EMAIL, "name": TEXT, "displayEmail": EMAIL},
        {"attendeePhoneNumber": TEXT, "rescheduledReason": TEXT},
    ),
}
_OF_A_MOVE: Schema = {"reschedulingReason": TEXT, "rescheduledFromUid": UID, "rescheduledToUid": UID}
BOOKING = exactly(_BOOKING, _OF_A_MOVE)
BOOKING_MADE = exactly({**_BOOKING, "isPlatformManagedUserBooking": FLAG}, _OF_A_MOVE)
PAGINATION = exactly(
    {
        "returnedItems": NUMBER,
        "totalItems": NUMBER,
        "itemsPerPage": NUMBER,
        "remainingItems": NUMBER,
        "currentPage": NUMBER,
        "totalPages": NUMBER,
        "hasNextPage": FLAG,
        "hasPreviousPage": FLAG,
    }
)
_RESERVATION: Schema = {
    "reservationUid": UUID,
    "eventTypeId": NUMBER,
    "slotStart": MILLIS,
    "slotEnd": MILLIS,
    "slotDuration": NUMBER,
    "reservationUntil": MILLIS,
}
IN_ZONE: Schema = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:00\.000(Z|[+-]\d\d:\d\d)$"}
BOOKING_FIELD = exactly(
    {"isDefault": FLAG, "type": TEXT, "slug": TEXT, "required": FLAG},
    {"label": TEXT, "disableOnPrefill": FLAG, "hidden": FLAG},
)
# Of an event type there are some fifty keys; these are what one can rely on.
EVENT_TYPE: Schema = {
    "type": "object",
    "required": [
        "id",
        "lengthInMinutes",
        "title",
        "slug",
        "bookingFields",
        "slotInterval",
        "minimumBookingNotice",
        "beforeEventBuffer",
        "afterEventBuffer",
        "confirmationPolicy",
        "bookingWindow",
        "seats",
        "metadata",
        "hidden",
        "scheduleId",
    ],
    "properties": {
        "id": NUMBER,
        "ownerId": {"type": ["integer", "null"]},
        "lengthInMinutes": NUMBER,
        "lengthInMinutesOptions": each(NUMBER),
        "title": TEXT,
        "slug": TEXT,
        "bookingFields": each(BOOKING_FIELD),
        "slotInterval": {"type": ["integer", "null"]},
        "minimumBookingNotice": NUMBER,
        "beforeEventBuffer": NUMBER,
        "afterEventBuffer": NUMBER,
        "confirmationPolicy": ANY_OBJECT,
        "bookingWindow": ANY_OBJECT,
        "seats": ANY_OBJECT,
        "metadata": ANY_OBJECT,
        "hidden": FLAG,
        "users": each(ANY_OBJECT),
        "hosts": each({"type": "object", "required": ["userId", "name", "username"]}),
        "schedulingType": one_of(None, "roundRobin", "collective", "managed"),
        "parentEventTypeId": {"type": ["integer", "null"]},
        "teamId": {"type": ["integer", "null"]},
    },
}
MEMBERSHIP = exactly(
    {
        "id": NUMBER,
        "userId": NUMBER,
        "teamId": NUMBER,
        "accepted": FLAG,
        "role": one_of("MEMBER", "OWNER", "ADMIN"),
        "disableImpersonation": FLAG,
        "user": exactly(
            {
                "email": EMAIL,
                "name": TEXT,
                "username": TEXT,
                "avatarUrl": TEXT_OR_NULL,
                "bio": TEXT_OR_NULL,
                "metadata": ANY_OBJECT,
            }
        ),
    }
)
ME = exactly(
    {
        "id": NUMBER,
        "email": EMAIL,
        "name": TEXT,
        "avatarUrl": TEXT_OR_NULL,
        "bio": TEXT_OR_NULL,
        "timeFormat": NUMBER,
        "defaultScheduleId": NUMBER,
        "weekStart": TEXT,
        "timeZone": TEXT,
        "username": TEXT,
        "organizationId": {"type": ["integer", "null"]},
    }
)
WEBHOOK = exactly(
    {
        "id": UUID,
        "subscriberUrl": TEXT,
        "triggers": each(TEXT),
        "active": FLAG,
        "payloadTemplate": TEXT_OR_NULL,
        "secret": TEXT_OR_NULL,
        "version": TEXT,
    },
    {"userId": NUMBER, "eventTypeId": NUMBER},
)

ANSWERS: dict[str, Schema] = {
    "slots": success(by_day(exactly({"start": IN_ZONE}))),
    "slots_as_range": success(by_day(exactly({"start": IN_ZONE, "end": IN_ZONE}))),
    "reserved": success(exactly({**_RESERVATION, "reservationDuration": NUMBER})),
    "reservation": success(exactly(_RESERVATION)),
    "released": exactly({"status": one_of("success")}),
    "booking_made": success(BOOKING_MADE),
    "booking": success(BOOKING),
    "bookings": success(each(BOOKING), pagination=PAGINATION),
    "reassigned": success(
        exactly(
            {
                "bookingUid": UID,
                "reassignedTo": exactly({"id": NUMBER, "name": TEXT, "email": EMAIL, "displayEmail": EMAIL}),
            }
        )
    ),
    "event_type": success(EVENT_TYPE),
    "event_types": success(each(EVENT_TYPE)),
    "teams": success(each({"type": "object", "required": ["id", "name", "isOrganization"]})),
    "memberships": success(each(MEMBERSHIP)),
    "me": success(ME),
    "webhook": success(WEBHOOK),
    "webhooks": success(each(WEBHOOK)),
}


def _enveloped(error: Schema) -> Schema:
    return exactly({"status": one_of("error"), "timestamp": MILLIS, "path": TEXT, "error": error})


_CODE: Schema = {"type": "string", "pattern": "Exception$"}
ENVELOPES: dict[str, Schema] = {
    "A": _enveloped(
        exactly(
            {
                "code": _CODE,
                "message": TEXT,
                "details": exactly({"message": TEXT, "error": TEXT, "statusCode": NUMBER}),
            }
        )
    ),
    "A, invalid": _enveloped(
        exactly(
            {
                "code": one_of("BadRequestException"),
                "message": one_of("Bad Request Exception"),
                "details": exactly(
                    {
                        "errors": each(
                            exactly(
                                {
                                    "target": ANY_OBJECT,
                                    "property": TEXT,
                                    "children": {"type": "array"},
                                    "constraints": ANY_OBJECT,
                                },
                                {"value": {}},
                            )
                        )
                    }
                ),
            }
        )
    ),
    "A, throttled": _enveloped(
        exactly({"code": one_of("ThrottlerException"), "message": TEXT, "details": TEXT})
    ),
    "B": _enveloped(exactly({"code": one_of("BAD_REQUEST"), "message": TEXT})),
    "C": exactly({"statusCode": NUMBER, "message": TEXT}),
}

LANGUAGE = exactly({"locale": TEXT})
ORGANIZER = exactly(
    {
        "id": NUMBER,
        "name": TEXT,
        "email": EMAIL,
        "username": TEXT,
        "timeZone": TEXT,
        "language": LANGUAGE,
        "timeFormat": TEXT,
        "utcOffset": NUMBER,
    }
)
_COMMON: Schema = {
    "bookerUrl": TEXT,
    "title": TEXT,
    "type": TEXT,
    "organizer": ORGANIZER,
    "uid": UID,
    "bookingId": NUMBER,
    "eventTypeId": NUMBER,
    "length": NUMBER,
    "location": TEXT,
    "responses": ANY_OBJECT,
    "userFieldsResponses": ANY_OBJECT,
    "eventTitle": TEXT,
    "attendees": each({"type": "object", "required": ["email", "name", "timeZone", "language", "utcOffset"]}),
    "schedulingType": one_of(None, "ROUND_ROBIN", "ROUNDROBIN", "COLLECTIVE"),
}


def _event(trigger: str, facts: Schema, absent: tuple[str, ...] = ()) -> Schema:
    properties = {**_COMMON, **facts}
    payload: Schema = {"type": "object", "properties": properties, "required": list(properties)}
    if absent:
        payload["not"] = {"anyOf": [{"required": [name]} for name in absent]}
    return exactly({"triggerEvent": one_of(trigger), "createdAt": MILLIS, "payload": payload})


_MADE: Schema = {
    "startTime": SECONDS,
    "endTime": SECONDS,
    "status": one_of("ACCEPTED"),
    "metadata": METADATA,
    "iCalSequence": NUMBER,
    "requiresConfirmation": FLAG,
}
EVENTS: dict[str, Schema] = {
    "BOOKING_CREATED": _event("BOOKING_CREATED", {**_MADE, "iCalUID": TEXT}),
    "BOOKING_RESCHEDULED": _event(
        "BOOKING_RESCHEDULED",
        {
            **_MADE,
            "rescheduleUid": UID,
            "rescheduleId": NUMBER,
            "rescheduleStartTime": SECONDS,
            "rescheduleEndTime": SECONDS,
        },
        absent=("iCalUID",),
    ),
    "BOOKING_CANCELLED": _event(
        "BOOKING_CANCELLED",
        {
            "startTime": WITH_OFFSET,
            "endTime": WITH_OFFSET,
            "status": one_of("CANCELLED"),
            "cancellationReason": TEXT,
            "requestReschedule": FLAG,
            "iCalUID": TEXT,
        },
        absent=("metadata",),
    ),
    "BOOKING_REQUESTED": _event(
        "BOOKING_REQUESTED",
        {"startTime": MILLIS, "endTime": MILLIS, "status": one_of("PENDING"), "metadata": METADATA},
    ),
    "BOOKING_REJECTED": _event(
        "BOOKING_REJECTED",
        {"startTime": MILLIS, "endTime": MILLIS, "status": one_of("REJECTED"), "rejectionReason": TEXT},
        absent=("metadata",),
    ),
}
