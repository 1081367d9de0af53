"""Two at once, on purpose: threads with connections of their own, and guards that can be switched off.

Whether two threads meet by chance is no test. So one is stopped at the very point where the other can
do harm; the other then runs until it is done or until it has to wait for a lock of the first.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from importlib import import_module
from threading import Barrier, Lock
from typing import Any
from unittest.mock import patch

from django.db import connection, models

from appointments.models import Allocation, Appointment, Reservation, Staff
from appointments.models.appointment import BLOCKING

# Seconds given to the second thread, which is done long before unless it waits for the first.
PATIENCE = 0.15
# Seconds after which a test that hangs is a failed test.
TOO_LONG = 20

Outcome = Any


def outcome_of(action: Callable[[], Any]) -> Outcome:
    """What ``action`` gives or raises, in a thread that leaves no connection behind."""
    try:
        return action()
    except Exception as error:  # noqa: BLE001 - the test looks at what it was
        return error
    finally:
        connection.close()


def race(actions: Sequence[Callable[[], Any]]) -> list[Outcome]:
    """All ``actions`` at once, each in a thread of its own; what they gave or raised, in their order."""
    start = Barrier(len(actions), timeout=TOO_LONG)

    def run(action: Callable[[], Any]) -> Outcome:
        connection.ensure_connection()  # connecting takes longer than the race
        start.wait()
        return outcome_of(action)

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions, timeout=TOO_LONG))


def meanwhile(point: str, first: Callable[[], Any], second: Callable[[], Any]) -> list[Outcome]:
    """``first`` until it has called ``point`` (a dotted name), then ``second``, then both to their end."""
    module_name, _dot, name = point.rpartition(".")
    module = import_module(module_name)
    original = getattr(module, name)
    futures: list[Future[Outcome]] = []
    entrance = Lock()

    with ThreadPoolExecutor(1) as threads:

        def stop(*args: Any, **kwargs: Any) -> Any:
            result = original(*args, **kwargs)
            if entrance.acquire(blocking=False):  # only the first to come here is stopped
                futures.append(threads.submit(outcome_of, second))
                wait(futures, timeout=PATIENCE)
            return result

        with patch.object(module, name, stop):
            outcome = _outcome_here(first)
            return [outcome, *(future.result(TOO_LONG) for future in futures)]


def _outcome_here(action: Callable[[], Any]) -> Outcome:
    try:
        return action()
    except Exception as error:  # noqa: BLE001 - the test looks at what it was
        return error


@contextmanager
def without(*guards: str) -> Iterator[None]:
    """For the negative controls: ``locks`` are not taken, ``exclusion`` and ``ledger`` not enforced.

    The schema is put back afterwards; what had been stored against it is deleted before.
    """
    with ExitStack() as stack:
        if "locks" in guards:
            for queryset in (Staff.objects.all(), Reservation.objects.all(), Appointment.objects.all()):
                stack.enter_context(patch.object(type(queryset), "lock", _read_only))
        for guard in {"exclusion", "ledger"}.intersection(guards):
            stack.enter_context(_disabled(guard))
        yield


def _read_only(queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
    return queryset.order_by("pk")


@contextmanager
def _disabled(guard: str) -> Iterator[None]:
    off, on = {
        "exclusion": (_drop_exclusion, _add_exclusion),
        "ledger": (_triggers("DISABLE"), _triggers("ENABLE")),
    }[guard]
    off()
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE appointments_appointment CASCADE")  # holds and the ledger go along
        on()


def _exclusion() -> models.BaseConstraint:
    name = "allocation_one_place_at_a_time"
    (constraint,) = [one for one in Allocation._meta.constraints if one.name == name]
    return constraint


def _drop_exclusion() -> None:
    with connection.schema_editor() as editor:
        editor.remove_constraint(Allocation, _exclusion())


def _add_exclusion() -> None:
    with connection.schema_editor() as editor:
        editor.add_constraint(Allocation, _exclusion())


def _triggers(verb: str) -> Callable[[], None]:
    def alter() -> None:
        with connection.cursor() as cursor:
            for table, trigger in (
                ("appointments_appointment", "appointment_ledger"),
                ("appointments_allocation", "allocation_ledger"),
            ):
                cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER {trigger}")

    return alter


def overlaps() -> int:
    """Pairs of allocations of one stylist that overlap. Independent of the constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM appointments_allocation one JOIN appointments_allocation other "
            "ON one.id < other.id AND one.staff_id = other.staff_id AND one.during && other.during"
        )
        return cursor.fetchone()[0]


def promises_without_time() -> int:
    """Appointments that block, and own nothing in the ledger."""
    return Appointment.objects.filter(status__in=BLOCKING, allocations__isnull=True).count()
