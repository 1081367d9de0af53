"""The error handler, with errors that no request of the other tests brings about."""

import psycopg
import pytest
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelError
from django.db import OperationalError
from psycopg.errors import AdminShutdown, CannotConnectNow, LockNotAvailable
from rest_framework.exceptions import NotFound, Throttled, ValidationError

from appointments import booking
from config import errors


@pytest.mark.parametrize(
    ("error", "status", "code", "fields"),
    [
        (Throttled(wait=7), 429, "throttled", {}),
        (PermissionDenied(), 403, "permission_denied", {}),
        (NotFound(), 404, "not_found", {}),
        (RequestDataTooBig(), 413, "too_large", {}),
        (SuspiciousOperation(), 400, "bad_request", {}),
        (booking.HoldLost(), 409, "lost", {}),
        (booking.NotAllowed("Nein."), 409, "not_allowed", {}),
        (booking.SlotTaken(), 409, "slot_taken", {}),
        (ModelError("Nein.", code="no"), 400, "no", {}),
        (ModelError({NON_FIELD_ERRORS: [ModelError("Nein.", code="no")]}), 400, "no", {}),
        (ModelError({"name": ["Nein."]}), 400, "invalid", {"name": ["invalid"]}),
        (ValidationError("Nein.", code="no"), 400, "no", {}),
        (ValidationError({"a": {"b": ["Nein."]}}, code="no"), 400, "invalid", {"a": ["no"]}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_error_has_its_answer(
    error: Exception, status: int, code: str, fields: dict[str, list[str]]
) -> None:
    response = errors.answer(error, {})

    assert response is not None
    assert (response.status_code, response.data["code"]) == (status, code)
    found = {name: [each["code"] for each in problems] for name, problems in response.data["fields"].items()}
    assert found == fields


def test_it_says_when_to_come_again() -> None:
    response = errors.answer(Throttled(wait=7), {})

    assert response is not None
    assert response["Retry-After"] == "7"


def test_it_calls_a_lock_that_was_not_given_busy() -> None:
    error = OperationalError()
    error.__cause__ = LockNotAvailable()

    response = errors.answer(error, {})

    assert response is not None
    assert (response.status_code, response.data["code"]) == (503, "busy")


@pytest.mark.parametrize("cause", [psycopg.OperationalError(), AdminShutdown(), CannotConnectNow()])
def test_without_a_database_it_says_so_in_the_form_of_every_error(cause: Exception) -> None:
    """Found by ``make chaos``: it was a page of HTML with status 500."""
    error = OperationalError()
    error.__cause__ = cause

    response = errors.answer(error, {})

    assert response is not None
    assert (response.status_code, response.data["code"]) == (503, "unavailable")
    assert response["Retry-After"] == "5"


@pytest.mark.parametrize("error", [OperationalError(), RuntimeError()])
def test_it_leaves_to_the_log_what_nobody_foresaw(error: Exception) -> None:
    assert errors.answer(error, {}) is None
