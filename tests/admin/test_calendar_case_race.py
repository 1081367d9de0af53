"""Two people decide the same case at once: one does, the other is told."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from integrations import resolving
from integrations.models import CalendarCase, Solution
from integrations.resolving import AlreadySolved, deciding
from tests.admin.calendar_pages import refused
from tests.appointments.racing import meanwhile
from tests.integrations.calendar import CalendarSalon, calendar_salon
from tests.salons import MONDAY, NOW, at

# Here the second comes: the first has found the case open and is about to decide.
POINTS = ("integrations.resolving.settling.insist_on", "integrations.resolving.moving.insist_on")


@pytest.fixture
def committed(transactional_db: None, settings: Any) -> Iterator[CalendarSalon]:
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


@pytest.fixture
def case(committed: CalendarSalon) -> CalendarCase:
    return refused(committed)


def decision(way: str, case: CalendarCase, name: str, **facts: Any) -> Callable[[], Any]:
    user = User.objects.create_user(name)
    fresh = CalendarCase.objects.select_related("appointment").get(pk=case.pk)
    return lambda: getattr(resolving, way)(fresh, user=user, now=timezone.now(), **facts)


def test_both_keep_and_one_is_told(case: CalendarCase) -> None:
    first, second = decision("keep", case, "anna"), decision("keep", case, "bert")
    ours, theirs = meanwhile(POINTS[0], first, second)
    assert isinstance(ours, AlreadySolved)
    assert theirs.agrees
    case.refresh_from_db()
    assert (case.solution, case.solved_by.username) == (Solution.KEEP, "bert")


def test_one_cancels_while_the_other_moves(committed: CalendarSalon, case: CalendarCase) -> None:
    """Whoever comes second finds neither the case open nor the appointment as it was: it is said as the
    one thing that helps, that the case is solved.
    """
    revision = case.appointment.revision
    place = {"start": at(MONDAY, "12:00"), "staff": committed.salon.jonas, "revision": revision}
    first = decision("move", case, "anna", **place)
    second = decision("cancel", case, "bert", revision=revision)
    ours, _theirs = meanwhile(POINTS[1], first, second)
    assert isinstance(ours, AlreadySolved)
    case.refresh_from_db()
    case.appointment.refresh_from_db()
    assert (case.solution, case.appointment.status) == (Solution.CANCEL, "cancelled")
    assert case.appointment.starts_at == at(MONDAY, "10:00")


def test_without_the_compare_and_set_both_would_decide(case: CalendarCase) -> None:
    """The negative control: the race is real."""

    def close(case: CalendarCase, solution: Solution, user: User, now: Any) -> None:
        CalendarCase.objects.filter(Q(), pk=case.pk).update(solved_at=now, solution=solution, solved_by=user)

    first, second = decision("keep", case, "anna"), decision("keep", case, "bert")
    with patch.object(deciding, "_close", close):
        ours, theirs = meanwhile(POINTS[0], first, second)
    assert (ours.agrees, theirs.agrees) == (True, True)
    case.refresh_from_db()
    assert case.solved_by.username == "anna"
