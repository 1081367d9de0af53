"""What a customer may still do with an appointment, and what it costs.

The one place that knows: phone and API ask here, the writer insists on it. Staff are not bound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from appointments.booking.errors import BookingError
from appointments.models import Appointment, CustomerChange, Policy, Reservation
from appointments.models.change import ChangeKind
from appointments.models.policy import Fee, fee_steps

NOTHING = Decimal("0.00")
DEADLINES = {ChangeKind.MOVE: "reschedule_hours_before", ChangeKind.CANCELLATION: "cancel_hours_before"}


class Denial(StrEnum):
    """The contract's words."""

    DEADLINE_MISSED = "deadline_missed"
    MAX_RESCHEDULES_REACHED = "max_reschedules_reached"
    MAX_APPOINTMENTS_REACHED = "max_appointments_reached"


class Denied(BookingError):
    """The salon's rules do not let the customer do this any more. ``limit``: the hours before the
    start up to which it could have been done, or how many moves or appointments there may be.
    """

    code = "denied"

    def __init__(self, reason: Denial, limit: int) -> None:
        sentences = {
            Denial.DEADLINE_MISSED: _("It is too late for this change."),
            Denial.MAX_RESCHEDULES_REACHED: _("This appointment has been moved as often as it may be."),
            Denial.MAX_APPOINTMENTS_REACHED: _("This customer has as many appointments to come as they may."),
        }
        super().__init__(sentences[reason])
        self.reason = reason
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for one appointment. None is no limit; ``fees`` from the longest notice on."""

    cancel_hours_before: int | None
    reschedule_hours_before: int | None
    max_reschedules: int | None
    fees: Sequence[Fee]


def rules_for(appointment: Appointment) -> Rules:
    """Field by field the nearest that says something: stylist, service, branch, company. One query."""
    policies = _policies(appointment)

    def nearest(name: str) -> Any:
        return next((value for each in policies if (value := getattr(each, name)) not in (None, [])), None)

    return Rules(
        cancel_hours_before=nearest("cancel_hours_before"),
        reschedule_hours_before=nearest("reschedule_hours_before"),
        max_reschedules=nearest("max_reschedules"),
        fees=fee_steps(nearest("fees") or []),
    )


def _policies(appointment: Appointment) -> list[Policy]:
    """The nearest first."""
    applying = Policy.objects.filter(company=appointment.company_id).filter(
        Q(branch=None, service=None, staff=None)
        | Q(branch=appointment.branch_id)
        | Q(service=appointment.service_id)
        | Q(staff=appointment.staff_id)
    )
    return sorted(applying, key=lambda policy: policy.distance)


def fee_for(appointment: Appointment, kind: ChangeKind, *, now: datetime) -> Decimal:
    """What the customer pays for doing this now, in the company's currency.

    Raises ``Denied``. Notice is counted in hours of real time, to the second: who calls exactly
    24 hours before is in time.
    """
    rules = rules_for(appointment)
    hours = getattr(rules, DEADLINES[kind])
    if hours is not None and appointment.starts_at - now < timedelta(hours=hours):
        raise Denied(Denial.DEADLINE_MISSED, hours)
    most = rules.max_reschedules
    if kind == ChangeKind.MOVE and most is not None and _moves(appointment) >= most:
        raise Denied(Denial.MAX_RESCHEDULES_REACHED, most)
    return _fee(rules.fees, appointment.starts_at - now)


def _moves(appointment: Appointment) -> int:
    return CustomerChange.objects.filter(appointment=appointment, kind=ChangeKind.MOVE).count()


def _fee(steps: Sequence[Fee], notice: timedelta) -> Decimal:
    """At shorter notice than all steps it costs what the last one costs: never less than before it."""
    if not steps:
        return NOTHING
    step = next((step for step in steps if notice >= timedelta(hours=step.hours)), steps[-1])
    return step.amount.quantize(NOTHING)


def note_change(
    appointment: Appointment,
    kind: ChangeKind,
    *,
    old_start: datetime,
    fee: Decimal,
    now: datetime,
    move: Reservation | None = None,
) -> None:
    """Counts the change and says what it costs. ``move``: by which it can still be taken back."""
    CustomerChange.objects.create(
        company_id=appointment.company_id,
        appointment=appointment,
        kind=kind,
        old_starts_at=old_start,
        fee=fee,
        made_at=now,
        move=move,
    )


def take_back_change(move: Reservation) -> None:
    """A move that was undone was none: it does not count and costs nothing."""
    CustomerChange.objects.filter(move=move).delete()
