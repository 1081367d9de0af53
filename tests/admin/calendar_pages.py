"""The pages of the calendar, as a browser asks for them."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from appointments.models import Appointment
from integrations import convergence
from integrations.models import CalendarCase, CaseKind
from integrations.resolving import compare_now
from tests.integrations.calendar import CalendarSalon
from tests.salons import MONDAY, at

CASES = reverse("admin:integrations_calendarcase_changelist")
APPOINTMENTS = reverse("admin:appointments_appointment_changelist")


def case_url(case: CalendarCase) -> str:
    return reverse("admin:integrations_calendarcase_change", args=[case.pk])


def solve_url(case: CalendarCase, way: str) -> str:
    return reverse("admin:integrations_calendarcase_solve", args=[case.pk, way])


def move_url(case: CalendarCase) -> str:
    return reverse("admin:integrations_calendarcase_move", args=[case.pk])


def compare_url(appointment: Appointment) -> str:
    return reverse("admin:integrations_calendarsync_compare", args=[appointment.pk])


def solve(desk: Client, case: CalendarCase, way: str, **facts: Any) -> list[str]:
    """Does what the button does, with the revision that the page shows; what the desk is told."""
    revision = case.appointment.revision if case.appointment else ""
    page = desk.post(solve_url(case, way), {"revision": revision, **facts}, follow=True)
    assert page.status_code == 200
    return messages(page)


def messages(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def text_of(page: Any) -> str:
    """What somebody reads, without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def the_case(kind: CaseKind) -> CalendarCase:
    return CalendarCase.objects.select_related("appointment").get(kind=kind, solved_at=None)


def converged(appointment: Appointment) -> Appointment:
    convergence.converge(appointment.pk, seconds=10)
    return appointment


def refused(calendar: CalendarSalon, clock: str = "10:00", *, times: int = 1, **facts: Any) -> CalendarCase:
    """A promised haircut that Cal.com does not take."""
    calendar.sandbox.faults.add("refused", "create", times=times)
    converged(calendar.cut(clock, **facts))
    return the_case(CaseKind.REFUSED)


def moved_there(calendar: CalendarSalon, *, to: str, clock: str = "10:00") -> CalendarCase:
    """Somebody moves a promised haircut at Cal.com, and the button of its page finds out."""
    appointment = converged(calendar.cut(clock))
    row = appointment.calendar_bookings.get()
    calendar.sandbox.reschedule(row.uid, at(MONDAY, to))
    compare_now(appointment)
    return the_case(CaseKind.MOVED)
