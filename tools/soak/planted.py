"""Bugs, planted on purpose, to see whether the machine would notice. Each a context manager; the database
is put back afterwards.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.db import connection
from django.utils import timezone

from appointments import booking
from appointments.api.views import appointments as api_views
from appointments.availability import Request, Slot
from appointments.booking import changes, holds, saving, slots, statuses
from appointments.models import Appointment, Reservation, Staff
from calls import dispatch
from calls.functions import chosen, conversation, offers, wishes, words
from calls.functions.conversation import Conversation
from calls.models import FunctionCall
from integrations import tasks
from integrations.calcom.errors import CalendarError, NotFound
from integrations.convergence import attempts, converging, due, noting, promising, work
from integrations.incoming import observing, reconciling
from integrations.messaging import sending, telling
from integrations.models import BookingState, CalendarSync

Planted = Callable[[], AbstractContextManager[Any]]
EXCLUSION = "allocation_one_place_at_a_time"
GUARDS = (
    f"ALTER TABLE appointments_allocation DROP CONSTRAINT {EXCLUSION}",
    "ALTER TABLE appointments_allocation DISABLE TRIGGER allocation_ledger",
    "ALTER TABLE appointments_appointment DISABLE TRIGGER appointment_ledger",
)


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@contextmanager
def _without_guards() -> Iterator[None]:
    """Without constraint and triggers; put back over an empty ledger."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [EXCLUSION])
        (definition,) = cursor.fetchone()
    _run(*GUARDS)
    try:
        yield
    finally:
        _run(
            "TRUNCATE appointments_company CASCADE",
            "ALTER TABLE appointments_allocation ENABLE TRIGGER allocation_ledger",
            "ALTER TABLE appointments_appointment ENABLE TRIGGER appointment_ledger",
            f"ALTER TABLE appointments_allocation ADD CONSTRAINT {EXCLUSION} {definition}",
        )


@contextmanager
def nothing_is_asked_again() -> Iterator[None]:
    """Confirmed without revalidation, in a database without the constraint: incident 1."""

    def believed(request: Request, staff: Staff, start: datetime) -> Slot:
        return Slot(staff, start, staff.plan_for(request.service))

    with (
        _without_guards(),
        mock.patch.object(slots, "still_free", believed),
        mock.patch.object(changes, "still_free", believed),
        mock.patch.object(saving, "validate", _stamped),
    ):
        yield


def _stamped(appointment: Appointment, *, now: datetime) -> None:
    appointment.updated_at = now


@contextmanager
def locks_and_constraint_are_gone() -> Iterator[None]:
    """Everything is asked, but nobody waits for anybody: only those who come at the same moment suffer."""

    def one_asks_slowly(request: Request, staff: Staff, start: datetime) -> Slot:
        slot = still_free(request, staff, start)
        _run("SELECT pg_sleep(0.05)")
        return slot

    still_free = slots.still_free
    with (
        _without_guards(),
        mock.patch.object(slots, "lock_staff"),
        mock.patch.object(slots, "still_free", one_asks_slowly),
        mock.patch.object(saving, "validate", _stamped),
    ):
        yield


def _patched(target: Any, name: str, new: Any) -> Planted:
    return lambda: mock.patch.object(target, name, new)


@contextmanager
def a_wish_is_forgotten() -> Iterator[None]:
    with (
        mock.patch.object(wishes, "wished_staff", return_value=None),
        mock.patch.object(chosen, "wished_staff", return_value=None),
    ):
        yield


def _believed_gone(_work: Any, rows: Sequence[Any]) -> None:
    for row in rows:
        if row.state in {BookingState.IN_FLIGHT, BookingState.UNKNOWN}:
            attempts.gone(row, now=timezone.now())


@contextmanager
def unknown_means_gone() -> Iterator[None]:
    with (
        mock.patch.object(converging, "resolve", _believed_gone),
        mock.patch.object(observing, "is_ours", return_value=False),
    ):
        yield


def _replay_by_id_alone(envelope: Any, call: Any, _digest: str) -> dict[str, Any] | None:
    if not envelope.tool_call_id:
        return None
    rows = FunctionCall.objects.filter(call=call, tool_call_id=envelope.tool_call_id).exclude(reply=None)
    return rows.values_list("reply", flat=True).first()


def _extended_unseen(reservation: Reservation, *, now: datetime) -> Reservation:
    return reservation


def _moved_without_a_way_back(*args: Any, **facts: Any) -> Appointment:
    return changes.reschedule(*args, **{**facts, "keeps_old_until": None})


def _anybodys(_conversation: Conversation) -> Any:
    related = ("service", "staff", "customer", "branch__company")
    return Reservation.objects.select_related(*related).order_by("-created_at", "-pk")


def _everybodys(one: Conversation) -> list[Appointment]:
    rows = Appointment.objects.blocking().filter(company=one.company, starts_at__gt=one.now)
    return list(rows.select_related("service", "staff__branch", "customer", "branch__company"))


def _ten_unless_said(one: Conversation, day: str | None, clock: str | None) -> Any:
    return UNDERSTAND_TIME(one, day or one.today.isoformat(), clock or "10:00")


UNDERSTAND_TIME = words.understand_time


@contextmanager
def _mine(*_args: Any, **_facts: Any) -> Iterator[Any]:
    """A claim, or a lease, that everybody gets."""
    yield CalendarSync.objects.get(appointment=_args[0]) if len(_args) == 1 else True


@contextmanager
def claims_are_everybodys() -> Iterator[None]:
    with mock.patch.object(converging, "claimed", _mine), mock.patch.object(converging, "leased", _mine):
        yield


def _without_time(appointment: Appointment) -> str:
    return f"{appointment.is_blocking}/{appointment.staff_id}"


@contextmanager
def a_move_is_no_change() -> Iterator[None]:
    with mock.patch.object(noting, "schedule_key", _without_time):
        yield


@contextmanager
def old_letters_leave() -> Iterator[None]:
    with (
        mock.patch.object(sending, "_is_true", return_value=True),
        mock.patch.object(telling, "_in_hand", return_value=[]),
    ):
        yield


def _any_error_means_gone(one: Any, uid: str) -> Any:
    try:
        return one.line.call(lambda client: client.get(uid), priority=reconciling.Priority.LOOKUP)
    except CalendarError as error:
        return error if isinstance(error, NotFound) else NotFound(404, "")


def _offers_what_was_asked(request: Request, *, near: datetime, **_facts: Any) -> list[Slot]:
    staff = request.staff or request.branch.staff.active().first()
    return [Slot(staff, near, staff.plan_for(request.service))]


def _past_the_history(appointment: Appointment, *, now: datetime, fields: tuple[str, ...]) -> None:
    saving.validate(appointment, now=now)
    appointment.revision += 1
    facts = {name: getattr(appointment, name) for name in (*fields, "updated_at", "revision")}
    Appointment.objects.filter(pk=appointment.pk).update(**facts)


def _in_utc(_conversation: Conversation, moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _as_if_told(_appointment: Appointment) -> promising.Settled:
    """What is asked of the calendar decides nothing."""
    return promising.Settled(True, "synced")


def _nothing(*_args: Any, **_facts: Any) -> int:
    return 0


PLANTED: Mapping[str, Planted] = {
    "booked without asking again, no constraint": nothing_is_asked_again,
    "no locks, no constraint": locks_and_constraint_are_gone,
    "Cal.com's answer is not compared": _patched(work, "is_as_promised", lambda _booking, _segment: True),
    "a promise follows the calendar": _patched(observing, "follows_calendar", lambda _appointment: True),
    "an unknown outcome means nothing happened": unknown_means_gone,
    "a refusal is said, but not undone": _patched(promising, "_take_back", _nothing),
    "no answer is ever replayed": _patched(dispatch, "_replay", lambda *_facts: None),
    "replayed by the tool call's id alone": _patched(dispatch, "_replay", _replay_by_id_alone),
    "the Idempotency-Key is ignored": _patched(
        api_views, "once", lambda _request, _company, create, **_now: create()
    ),
    "a lost hold is called valid": _patched(booking, "extend", _extended_unseen),
    "a refused move has no way back": _patched(booking, "reschedule", _moved_without_a_way_back),
    "holds of other calls are taken": _patched(chosen, "reservations_of", _anybodys),
    "appointments of others are changed": _patched(
        conversation.Conversation, "changeable_appointments", property(_everybodys)
    ),
    "a time that was not said is ten": _patched(words, "understand_time", _ten_unless_said),
    "a wish for a stylist is forgotten": a_wish_is_forgotten,
    "two workers may claim the same": claims_are_everybodys,
    "a move is not told to the calendar": a_move_is_no_change,
    "letters leave although overtaken": old_letters_leave,
    "any error means that it is gone": _patched(reconciling._Pass, "_get", _any_error_means_gone),
    "taken times are offered": _patched(
        offers,
        "availability",
        SimpleNamespace(**{**vars(offers.availability), "alternatives": _offers_what_was_asked}),
    ),
    "a status is stored past the history": _patched(statuses, "update", _past_the_history),
    "times are told in UTC": _patched(conversation.Conversation, "local", _in_utc),
    "expired holds stay": _patched(holds, "_end_held", _nothing),
    "nobody answers for dead calls": _patched(due, "promise_for_the_dead", _nothing),
    "what is pending too long is not said": _patched(tasks, "alarm_about_pending", _nothing),
}
