"""The vendor's three shapes of an error."""

from abc import ABC, abstractmethod
from datetime import datetime
from http import HTTPStatus
from typing import Any

from integrations.sandbox import times

NAMES = {
    400: "BadRequestException",
    401: "UnauthorizedException",
    403: "ForbiddenException",
    404: "NotFoundException",
    409: "ConflictException",
    422: "UnprocessableEntityException",
}
BUSY = "User either already has booking at this time or is not available"
TEAM_BUSY = "One of the hosts either already has booking at this time or is not available"
OUT_OF_BOUNDS = (
    "The event type can't be booked at the \"start\" time provided. This could be because it's too soon "
    "(violating the minimum booking notice) or too far in the future (outside the event's scheduling "
    "window). Try fetching available slots first using the GET /v2/slots endpoint and then make a booking "
    'with a "start" time equal to one of the available slots.'
)


class VendorError(Exception, ABC):
    """An answer that is not a success."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    @abstractmethod
    def body(self, *, path: str, now: datetime) -> dict[str, Any]:
        """The answer, in the envelope that this error comes in."""


def _enveloped(error: dict[str, Any], *, path: str, now: datetime) -> dict[str, Any]:
    return {"status": "error", "timestamp": times.with_millis(now), "path": path, "error": error}


class NestError(VendorError):
    """Envelope A: an exception of the framework."""

    def body(self, *, path: str, now: datetime) -> dict[str, Any]:
        reason = HTTPStatus(self.status).phrase
        if self.status == HTTPStatus.UNPROCESSABLE_ENTITY:
            reason = "Unprocessable Entity"
        details = {"message": self.message, "error": reason, "statusCode": self.status}
        error = {"code": NAMES[self.status], "message": self.message, "details": details}
        return _enveloped(error, path=path, now=now)


class ValidationError(VendorError):
    """Envelope A when the framework's own validation found something."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(400, "Bad Request Exception")
        self.errors = errors

    def body(self, *, path: str, now: datetime) -> dict[str, Any]:
        error = {"code": NAMES[400], "message": self.message, "details": {"errors": self.errors}}
        return _enveloped(error, path=path, now=now)


class ThrottledError(VendorError):
    """Envelope A, but its details are a text."""

    def __init__(self) -> None:
        super().__init__(429, "CustomThrottlerGuard - Too many requests. Please try again later.")

    def body(self, *, path: str, now: datetime) -> dict[str, Any]:
        error = {"code": "ThrottlerException", "message": self.message, "details": self.message}
        return _enveloped(error, path=path, now=now)


class FilterError(VendorError):
    """Envelope B: what the booking form found wrong. No details."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)

    def body(self, *, path: str, now: datetime) -> dict[str, Any]:
        return _enveloped({"code": "BAD_REQUEST", "message": self.message}, path=path, now=now)


class CoreError(VendorError):
    """Envelope C: thrown inside the booking core."""

    def body(self, *, path: str, now: datetime) -> dict[str, Any]:
        return {"statusCode": self.status, "message": self.message}


def crash() -> CoreError:
    return CoreError(500, "Internal server error")
