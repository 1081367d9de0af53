"""What Cal.com says of event types is learned without anybody asking for it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django_q.models import OrmQ
from pytest_django import Settings

from integrations.mapping.learning import OLD, learn_all
from integrations.models import CalendarEventType
from integrations.sandbox import Sandbox
from integrations.tasks import learn_event_types
from tests.calls.phone import CUT, Phone
from tests.integrations.mapping.salon import map_emma
from tests.salon_files import CONTRACT, apply
from tests.salons import MONDAY, NOW, Salon, at

FACTS = ("length_minutes", "slot_interval")


def grid() -> set[tuple[int | None, int | None]]:
    return set(CalendarEventType.objects.values_list(*FACTS))


def test_what_is_unknown_is_asked_for_once_a_day(salon: Salon, sandbox: Sandbox) -> None:
    map_emma(salon)

    assert learn_all(now=NOW) == 1
    assert grid() == {(55, 5), (50, 5), (5, 5)}
    sandbox.forget_requests()
    assert learn_all(now=NOW + OLD) == 0
    assert sandbox.operations() == []
    assert learn_all(now=NOW + OLD + timedelta(seconds=1)) == 1


@pytest.mark.parametrize("fault", ["error_before", "unauthorized", "rate_limited", "malformed"])
def test_without_an_answer_it_stays_unknown(salon: Salon, sandbox: Sandbox, fault: str) -> None:
    map_emma(salon)
    sandbox.faults.add(fault, times=None)

    learn_all(now=NOW)

    assert grid() == {(None, None)}


def test_nobody_is_asked_about_a_calendar_that_is_off(salon: Salon, sandbox: Sandbox) -> None:
    map_emma(salon)
    salon.branch.calendar = "off"
    salon.branch.save()

    assert learn_all(now=NOW) == 0
    assert sandbox.operations() == []


def test_without_a_key_nobody_is_asked(salon: Salon, settings: Settings) -> None:
    settings.CALCOM_API_KEY = ""
    map_emma(salon)

    assert learn_all(now=NOW) == 0


def test_a_salon_file_has_it_learned(
    db: None, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        apply(CONTRACT, now=NOW)

    tasks = [row.task["func"] for row in OrmQ.objects.all()]
    assert "integrations.tasks.learn_event_types" in tasks


def test_what_is_taken_there_is_taken_once_the_grid_is_known(
    salon: Salon, sandbox: Sandbox, settings: Settings
) -> None:
    """A salon set up by a file alone told callers "free" of what Cal.com did not offer."""
    settings.CALENDAR_CALL_BUDGET_MS = 5000
    map_emma(salon)
    with time_machine.travel(NOW, tick=True):
        sandbox.book(3001, at(MONDAY, "09:30"))
        phone = Phone(salon.number)
        before = phone.ask("check_availability", **CUT, mitarbeiter="Emma")
        phone.ask("release_reservation")

        learn_event_types()
        after = Phone(salon.number).ask("check_availability", **CUT, mitarbeiter="Emma")

    assert (before["status"], before["calendar"]) == ("available", "unverified")
    assert (after["status"], after["reason"]) == ("unavailable", "calendar_taken")
