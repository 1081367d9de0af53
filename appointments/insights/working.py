"""How long each stylist works in a period: the denominator of utilisation."""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import QuerySet

from appointments.availability.working import absences_of, holidays_of, openings_of, shifts_of
from appointments.insights.frame import Frame
from appointments.models import Staff
from appointments.rules.periods import Period, subtract


def staff_of(frame: Frame) -> QuerySet[Staff]:
    """Everybody of the branches, also who has left: their appointments count."""
    return frame.of_branches(Staff.objects.all()).order_by("name", "pk")


def working_time(frame: Frame, staff: Sequence[Staff]) -> dict[int, timedelta]:
    """By stylist. Three queries, however many branches there are.

    The hours are those in force today, of the days that are no public holidays, without absences;
    added up in UTC, so a night on which clocks are changed is as long as it is. Who has left works no
    more: that an hour was theirs once is not kept.
    """
    holidays = holidays_of(frame.company, frame.span.days)
    days = [day for day in frame.span.days if day not in holidays]
    opening = openings_of(frame.branches, days)
    people = [person for person in staff if person.active]
    own = [person.pk for person in people if not person.follows_branch_hours]
    # All branches of a company are in one zone.
    shifts = shifts_of(frame.branches[0], own, days) if frame.branches else {}
    away = absences_of([person.pk for person in people], frame.span.period)
    return {
        person.pk: _length(
            subtract(
                opening[person.branch_id] if person.follows_branch_hours else shifts[person.pk],
                away[person.pk],
            )
        )
        for person in people
    }


def _length(periods: Sequence[Period]) -> timedelta:
    return sum((period.end - period.start for period in periods), timedelta())
