"""Answers in Cal.com's shapes, written by hand."""

from typing import Any


def booking(**changes: Any) -> dict[str, Any]:
    return {
        "id": 71,
        "uid": "uid71",
        "title": "Haarschnitt zwischen Emma und Lena Vogt",
        "hosts": [{"id": 101, "name": "Emma", "email": "emma@salon.example", "username": "emma"}],
        "status": "accepted",
        "cancellationReason": "",
        "rescheduledByEmail": None,
        "start": "2026-12-10T09:00:00.000Z",
        "end": "2026-12-10T09:55:00.000Z",
        "duration": 55,
        "eventTypeId": 3001,
        "eventType": {"id": 3001, "slug": "haarschnitt"},
        "location": "somewhere",
        "createdAt": "2026-11-20T10:00:00.402Z",
        "updatedAt": "2026-11-20T10:00:01.457Z",
        "metadata": {"terminfest_id": "5:1:1"},
        "attendees": [
            {"name": "Lena Vogt", "email": "lena@kundin.example", "phoneNumber": "+493012345099"},
        ],
        "aFieldOfNextYear": {"unknown": [1, 2]},
        **changes,
    }


def page(*bookings: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return {
        "status": "success",
        "data": list(bookings),
        "pagination": {"returnedItems": len(bookings), "hasNextPage": more, "hasPreviousPage": False},
    }


def reservation(**changes: Any) -> dict[str, Any]:
    return {
        "eventTypeId": 3001,
        "slotStart": "2026-12-10T09:00:00.000Z",
        "slotEnd": "2026-12-10T09:55:00.000Z",
        "slotDuration": 55,
        "reservationUid": "7d0c2c4e-0000-4000-8000-000000000001",
        "reservationDuration": 5,
        "reservationUntil": "2026-11-20T10:05:00.124Z",
        **changes,
    }


def event_type(**changes: Any) -> dict[str, Any]:
    return {
        "id": 3001,
        "ownerId": 101,
        "lengthInMinutes": 55,
        "title": "Haarschnitt",
        "slug": "haarschnitt",
        "slotInterval": None,
        "minimumBookingNotice": 120,
        "beforeEventBuffer": 0,
        "afterEventBuffer": 5,
        "users": [{"id": 101, "name": "Emma", "username": "emma"}],
        "confirmationPolicy": {"disabled": True},
        "hidden": False,
        **changes,
    }


def framework(message: str, code: str = "BadRequestException", status: int = 400) -> dict[str, Any]:
    """Envelope A."""
    return {
        "status": "error",
        "timestamp": "2026-11-20T10:00:00.000Z",
        "path": "/v2/bookings",
        "error": {
            "code": code,
            "message": message,
            "details": {"message": message, "error": "Bad Request", "statusCode": status},
        },
    }


def filtered(message: str) -> dict[str, Any]:
    """Envelope B."""
    return {
        "status": "error",
        "timestamp": "2026-11-20T10:00:00.000Z",
        "path": "/v2/bookings",
        "error": {"code": "BAD_REQUEST", "message": message},
    }


def core(message: str, status: int = 400) -> dict[str, Any]:
    """Envelope C."""
    return {"statusCode": status, "message": message}
