"""Cases: opened once for the same thing, closed by a person or by the facts."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from appointments.models import Appointment, Company
from integrations.models import CalendarCase, CaseKind, Solution

logger = logging.getLogger(__name__)


def open_case(
    kind: CaseKind,
    *,
    company: Company,
    now: datetime,
    appointment: Appointment | None = None,
    other: Appointment | None = None,
    uid: str = "",
    facts: Mapping[str, Any] | None = None,
) -> CalendarCase:
    """The open case of this kind about this appointment and booking, a new one if there is none.

    What is found again keeps its age and gets the latest facts. Call it in the transaction that
    stores what it is about.
    """
    case, is_new = CalendarCase.objects.update_or_create(
        company=company,
        appointment=appointment,
        kind=kind,
        uid=uid,
        solved_at=None,
        defaults={"facts": dict(facts or {}), "other": other},
        create_defaults={"facts": dict(facts or {}), "other": other, "opened_at": now},
    )
    if is_new:
        logger.error("Calendar case %s of company %s: %s", case.pk, company.pk, kind)
    return case


def solve(
    case: CalendarCase, solution: Solution, *, now: datetime, user: AbstractBaseUser | None = None
) -> None:
    """Solving twice changes nothing."""
    CalendarCase.objects.filter(pk=case.pk, solved_at=None).update(
        solved_at=now, solution=solution, solved_by=user
    )


def solved_by_itself(appointment: Appointment, kinds: Collection[CaseKind], *, now: datetime) -> None:
    """What the cases of these kinds said is no longer so."""
    CalendarCase.objects.filter(appointment=appointment, kind__in=kinds, solved_at=None).update(
        solved_at=now, solution=Solution.ITSELF
    )
