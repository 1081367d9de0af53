"""The table of schedules follows the code."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.module_loading import import_string
from django_q.models import Schedule

from config import schedules
from config.schedules import Recurring

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SWEEP = Recurring(name="sweep", func="appointments.tasks.sweep_reservations", minutes=1)

pytestmark = pytest.mark.django_db


def ours() -> dict[str, tuple[str, int | None]]:
    rows = Schedule.objects.filter(name__startswith=schedules.PREFIX)
    return {row.name.removeprefix(schedules.PREFIX): (row.func, row.minutes) for row in rows}


def test_the_migration_wrote_them() -> None:
    assert ours() == {item.name: (item.func, item.minutes) for item in schedules.SCHEDULES}


def test_repeating_changes_nothing() -> None:
    schedules.sync_schedules(now=NOW, wanted=(SWEEP,))
    before = list(Schedule.objects.values())

    schedules.sync_schedules(now=NOW + timedelta(hours=1), wanted=(SWEEP,))

    assert list(Schedule.objects.values()) == before


def test_what_belongs_into_the_night_waits_for_it() -> None:
    """At 3:30 in Berlin, when nobody calls; deployed at 2:30 it is tonight."""
    night = Recurring(name="night", func=SWEEP.func, minutes=schedules.DAY, at_night=True)

    schedules.sync_schedules(now=NOW, wanted=(night,))

    assert Schedule.objects.get().next_run == datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
    assert night.first_run(NOW.replace(hour=1, minute=30)) == datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def test_what_a_person_changed_is_corrected() -> None:
    schedules.sync_schedules(now=NOW, wanted=(SWEEP,))
    Schedule.objects.update(minutes=60, repeats=0)

    schedules.sync_schedules(now=NOW, wanted=(SWEEP,))

    assert ours() == {"sweep": (SWEEP.func, 1)}
    assert Schedule.objects.get().repeats == -1


def test_what_is_dropped_goes_and_what_a_person_added_stays() -> None:
    schedules.sync_schedules(now=NOW, wanted=(SWEEP,))
    Schedule.objects.create(name="a person's own", func="print")

    schedules.sync_schedules(now=NOW, wanted=())

    assert [row.name for row in Schedule.objects.all()] == ["a person's own"]


@pytest.mark.parametrize("item", schedules.SCHEDULES, ids=lambda item: item.name)
def test_every_function_exists(item: Recurring) -> None:
    assert callable(import_string(item.func))
