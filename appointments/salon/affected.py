"""Which promised appointments no longer fit hours, absences and skills. None is moved.

Asks the solver for hours: there is no second opinion on when somebody works (invariant I2).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.availability import Reason, Request
from appointments.availability.snapshot import Snapshot, load
from appointments.models import Appointment, Branch, Company, Service
from appointments.rules.periods import Period, subtract


@dataclass(frozen=True, slots=True)
class Affected:
    """An appointment that stands although today nobody would be given that time."""

    appointment: Appointment
    reason: Reason

    @property
    def key(self) -> tuple[int, Reason]:
        return self.appointment.pk, self.reason

    def __str__(self) -> str:
        local = self.appointment.starts_at.astimezone(self.appointment.branch.zone)
        facts = {
            "id": self.appointment.pk,
            "day": date_format(local, "D, j. N Y"),
            "start": date_format(local, "H:i"),
            "service": self.appointment.service.name,
            "staff": self.appointment.staff.name,
            "reason": _sentence(self.reason),
        }
        return _("Appointment %(id)s, %(day)s, %(start)s, %(service)s with %(staff)s: %(reason)s") % facts


def _sentence(reason: Reason) -> str:
    return {
        Reason.HOLIDAY: _("This day is a public holiday."),
        Reason.OUTSIDE_HOURS: _("The salon is closed at that time."),
        Reason.STAFF_ABSENT: _("The stylist does not work at that time."),
        Reason.STAFF_CANNOT_PROVIDE_SERVICE: _("The stylist does not offer this here."),
    }[reason]


def affected_appointments(company: Company, *, now: datetime) -> list[Affected]:
    """Future blocking appointments, by start. Six queries for each service of each branch.

    Call it with the staff locked, or what it says may be old before it is read.
    """
    appointments = (
        Appointment.objects.blocking()
        .filter(company=company, ends_at__gt=now)
        .select_related("company", "branch__company", "service", "staff", "customer")
        .prefetch_related("phases")
        .order_by("starts_at", "pk")
    )
    alike: dict[tuple[Branch, Service], list[Appointment]] = defaultdict(list)
    for appointment in appointments:
        alike[appointment.branch, appointment.service].append(appointment)
    found = [
        one for (branch, service), group in alike.items() for one in _affected(branch, service, group, now)
    ]
    return sorted(found, key=lambda one: (one.appointment.starts_at, one.appointment.pk))


def _affected(
    branch: Branch, service: Service, appointments: list[Appointment], now: datetime
) -> Iterable[Affected]:
    request = Request(branch=branch, service=service, now=now)
    days = [request.local_date(appointment.starts_at) for appointment in appointments]
    snapshot = load(request, min(days), max(days))
    for appointment in appointments:
        reason = _reason(appointment, snapshot)
        if reason is not None:
            yield Affected(appointment, reason)


def _reason(appointment: Appointment, snapshot: Snapshot) -> Reason | None:
    """Of the phases as promised, not as the service has them today."""
    if snapshot.request.local_date(appointment.starts_at) in snapshot.holidays:
        return Reason.HOLIDAY
    span = Period(appointment.starts_at, appointment.ends_at)
    if not appointment.branch.active or subtract([span], snapshot.opening):
        return Reason.OUTSIDE_HOURS
    working = {time.staff.pk: time.working for time in snapshot.staff}
    if appointment.staff_id not in working:
        return Reason.STAFF_CANNOT_PROVIDE_SERVICE
    busy = [stretch.at(appointment.starts_at) for stretch in appointment.plan.busy_stretches()]
    return Reason.STAFF_ABSENT if subtract(busy, working[appointment.staff_id]) else None
