"""Every error of the API in one form: ``{"code", "message", "fields"}``.

The one exception handler. Code is for programs and stays; the message is a sentence for people, in
the language that was asked for. What is not foreseen here reaches the error log untouched.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import singledispatch
from typing import Any

import psycopg
from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from psycopg.errors import (
    AdminShutdown,
    CannotConnectNow,
    CrashShutdown,
    DeadlockDetected,
    LockNotAvailable,
    QueryCanceled,
)
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from appointments import booking
from appointments.availability import Reason

# Where a refused time is to be corrected, unless it is the time itself.
FIELD_OF_REASON = {Reason.STAFF_CANNOT_PROVIDE_SERVICE: "staff"}
# Without a class of its own: no connection could be made, or it broke.
SHUTDOWN = (AdminShutdown, CannotConnectNow, CrashShutdown)
GENERAL = (NON_FIELD_ERRORS, api_settings.NON_FIELD_ERRORS_KEY)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An answer with status ``status``; ``extra`` are more keys of it."""

    status: int
    code: str
    message: str
    fields: Mapping[str, Iterable[FieldProblem]] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        fields = {
            name: [{"code": problem.code, "message": problem.message} for problem in problems]
            for name, problems in self.fields.items()
        }
        body = {"code": self.code, "message": self.message, "fields": fields, **self.extra}
        return Response(body, status=self.status, headers=self.headers)


def answer(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's ``EXCEPTION_HANDLER``. None: nobody has foreseen this, so it is an error of ours."""
    problem = problem_of(error)
    if problem is None:
        return None
    set_rollback()
    return problem.response()


@singledispatch
def problem_of(error: Exception) -> Problem | None:
    return None


@problem_of.register
def of_refusal(error: booking.BookingError) -> Problem:
    """``stale``, ``not_allowed``, ``lost``: as things stand by now."""
    return Problem(status=409, code=error.code, message=str(error))


@problem_of.register
def of_time(error: booking.Unavailable) -> Problem:
    """A time that nobody may have: another one must be sent."""
    code, message = error.reason.value, str(error)
    name = FIELD_OF_REASON.get(error.reason, "starts_at")
    return Problem(status=400, code=code, message=message, fields={name: [FieldProblem(code, message)]})


@problem_of.register
def of_conflict(error: booking.SlotTaken) -> Problem:
    """Names the appointment in the way by its time and stylist, and nobody: a website may show this."""
    times = [
        {"starts_at": conflict.starts_at.isoformat(), "ends_at": conflict.ends_at.isoformat()}
        for conflict in error.conflicts
    ]
    message = error.conflict.discreet_sentence if error.conflict else str(error)
    return Problem(status=409, code=error.code, message=message, extra={"conflicts": times})


@problem_of.register
def of_model(error: ValidationError) -> Problem:
    """What ``clean()`` and the constraints say."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    return _invalid(
        {
            name: [FieldProblem(single.code or "invalid", single.messages[0]) for single in errors]
            for name, errors in by_field.items()
        }
    )


@problem_of.register
def of_input(error: exceptions.ValidationError) -> Problem:
    """What the serializers say."""
    details: Any = error.get_full_details()
    by_field = details if isinstance(details, dict) else {api_settings.NON_FIELD_ERRORS_KEY: details}
    return _invalid({name: list(_flat(found)) for name, found in by_field.items()})


def _flat(details: Any) -> Iterable[FieldProblem]:
    """The problems of a field, however deep its value nests."""
    if isinstance(details, list):
        nested: Iterable[Any] = details
    elif isinstance(details.get("message"), str):
        yield FieldProblem(details["code"], details["message"])
        return
    else:
        nested = details.values()
    for each in nested:
        yield from _flat(each)


def _invalid(problems: Mapping[str, list[FieldProblem]]) -> Problem:
    general = [problem for name in GENERAL for problem in problems.get(name, ())]
    fields = {name: found for name, found in problems.items() if name not in GENERAL}
    if general and not fields:
        return Problem(status=400, code=general[0].code, message=general[0].message)
    return Problem(status=400, code="invalid", message=_("Please check the fields named."), fields=fields)


@problem_of.register
def of_request(error: exceptions.APIException) -> Problem:
    """401, 403, 404, 405, 406, 415, 422, 429."""
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    return Problem(
        status=error.status_code, code=error.default_code, message=str(error.detail), headers=headers
    )


@problem_of.register
def of_unreadable(error: exceptions.ParseError) -> Problem:
    return Problem(status=400, code=error.default_code, message=_("This is no JSON that can be read."))


@problem_of.register
def of_nowhere(error: Http404) -> Problem:
    return of_request(exceptions.NotFound())


@problem_of.register
def of_rights(error: PermissionDenied) -> Problem:
    return of_request(exceptions.PermissionDenied())


@problem_of.register
def of_suspicion(error: SuspiciousOperation) -> Problem:
    """Django's own limits."""
    if isinstance(error, RequestDataTooBig):
        return Problem(status=413, code="too_large", message=_("This is too large."))
    return Problem(status=400, code="bad_request", message=_("This request cannot be read."))


@problem_of.register
def of_database(error: OperationalError) -> Problem | None:
    """Others hold the locks longer than ``DATABASE_LOCK_TIMEOUT_MS``: nothing was done. Or the line to the
    database broke: nobody knows, which is what ``Idempotency-Key`` is for.
    """
    if isinstance(error.__cause__, (LockNotAvailable, DeadlockDetected, QueryCanceled)):
        message = _("Somebody else is changing the same at this moment. Please try again.")
        return Problem(status=503, code="busy", message=message, headers={"Retry-After": "1"})
    if isinstance(error.__cause__, SHUTDOWN) or type(error.__cause__) is psycopg.OperationalError:
        message = _("This cannot be answered at the moment. Please try again.")
        return Problem(status=503, code="unavailable", message=message, headers={"Retry-After": "5"})
    return None
