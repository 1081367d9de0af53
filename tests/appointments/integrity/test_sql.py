"""What the checks say in SQL is what the rules say in Python: pieces of appointments against ``Plan``, hours
against the oracle of the solver, over random services, hours, absences, zones and both nights of the clock.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from appointments import integrity
from appointments.availability import Request
from appointments.integrity import sql
from appointments.models import Appointment, Staff
from appointments.models.appointment import Source
from appointments.rules.phases import Plan, Run, Stretch
from tests.appointments.integrity.planting import lay_phases, past_the_triggers
from tests.appointments.oracle import MINUTE, Case, minutes_of, shown, to_minute, to_moment, weekly_minutes
from tests.appointments.test_solver_properties import at_once, cases, stored

pytestmark = pytest.mark.django_db
PLACES = st.lists(st.integers(0, 10_000), min_size=6, max_size=6)


def placed(request: Request, case: Case, picks: Iterable[int]) -> list[Appointment]:
    """Whether somebody works then or not, and whoever is there already."""
    people = list(Staff.objects.order_by("pk"))
    with past_the_triggers():
        made = []
        for pick in picks:
            staff = people[pick % len(people)]
            starts = _starts(case, staff.plan_for(request.service).minutes)
            row = _row(request, staff, to_moment(starts[pick % len(starts)]), case)
            made.append(Appointment.objects.create(**row))
            lay_phases(made[-1])
    return made


def _starts(case: Case, minutes: int) -> list[int]:
    """Every ten minutes of the day, and as often where it begins with the hours or ends with them."""
    hours = [case.opening, *(person.shifts for person in case.people if person.shifts is not None)]
    edges: list[int] = []
    for at_work in (weekly_minutes(case, each) for each in hours):
        edges += [minute for minute in at_work if minute - 1 not in at_work]
        edges += [minute + 1 - minutes for minute in at_work if minute + 1 not in at_work]
    clock = [minute for minute, _label in shown(case.day, case.zone)][::10]
    return clock + sorted(edges) * max(1, len(clock) // max(1, len(edges)))


def _row(request: Request, staff: Staff, start: datetime, case: Case) -> dict[str, Any]:
    return {
        "company": staff.company,
        "branch": request.branch,
        "staff": staff,
        "service": request.service,
        "starts_at": start,
        "ends_at": start + staff.plan_for(request.service).duration,
        "status": "booked",
        "source": Source.IMPORT,
        "currency": "EUR",
        "created_at": case.now,
        "updated_at": case.now,
        "buffer_before_minutes": case.buffer_before,
        "buffer_after_minutes": case.buffer_after,
        "blocks_span": case.blocks_span,
    }


def asked(piece: Callable[..., str], columns: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        statement = f"SELECT {columns} FROM ({piece(sql.BLOCKS)}) piece ORDER BY 1, 2"  # noqa: S608 - ours
        cursor.execute(statement, {"company": None})
        return list(cursor.fetchall())


def planned(
    made: Iterable[Appointment], pieces: Callable[[Plan], Iterable[Stretch | Run]]
) -> list[tuple[Any, ...]]:
    return sorted(
        (each.pk, piece.position, *piece.at(each.starts_at))
        for each in made
        for piece in pieces(each.staff.plan_for(each.service))
    )


@at_once(max_examples=12)
@given(cases(), PLACES)
def test_the_pieces_of_an_appointment_are_those_of_its_plan(case: Case, picks: list[int]) -> None:
    with transaction.atomic():
        made = placed(stored(case), case, picks)
        columns = "appointment_id, position, starts_at, ends_at"
        assert asked(sql.stretches, columns) == planned(made, Plan.stretches)
        assert asked(sql.runs, columns) == planned(made, Plan.runs)
        work = [(pk, start, end) for pk, _position, start, end in planned(made, Plan.busy_stretches)]
        assert asked(sql.working_stretches, "appointment_id, starts_at, ends_at") == work
        transaction.set_rollback(True)


def outside(case: Case, appointment: Appointment, index: int) -> str | None:
    """Minute by minute, from the rules."""
    person, salon = case.people[index], weekly_minutes(case, case.opening)
    works = salon if person.shifts is None else weekly_minutes(case, person.shifts)
    works -= minutes_of(person.absences)
    start, plan = to_minute(appointment.starts_at), appointment.staff.plan_for(appointment.service)
    busy = [each.at(appointment.starts_at) for each in plan.busy_stretches()]
    if not all(start + minute in salon for minute in range(plan.minutes)):
        return "closed"
    spans = [(to_minute(period.start), to_minute(period.end)) for period in busy]
    return None if minutes_of(spans) <= works else "absent"


@at_once(max_examples=20)
@given(cases(), PLACES)
def test_outside_hours_is_what_the_rules_say_minute_by_minute(case: Case, picks: list[int]) -> None:
    with transaction.atomic():
        made = placed(stored(case), case, picks)
        order = list(Staff.objects.order_by("pk").values_list("pk", flat=True))
        expected = {each.pk: outside(case, each, order.index(each.staff_id)) for each in made}
        now = min(each.starts_at for each in made) - timedelta(days=1) + MINUTE
        findings = integrity.run(now=now, checks=["appointments.outside_hours"]).findings
        said = {each.subjects[0]["id"]: each.code for each in findings}
        assert said == {pk: reason for pk, reason in expected.items() if reason}
        transaction.set_rollback(True)
