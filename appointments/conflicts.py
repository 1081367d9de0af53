"""What stands in the way, as data and as a sentence."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from appointments.models.ledger import Allocation


@dataclass(frozen=True, slots=True)
class Conflict:
    """The other booking: an appointment, or a hold of a running call (``appointment_id`` is None).

    ``starts_at`` and ``ends_at`` are the other appointment's whole time, in the branch's zone.
    Contains a customer's name: for staff, never for a caller (invariant I9).
    """

    RELATED: ClassVar[tuple[str, ...]] = (
        "staff",
        "company",
        "appointment__service",
        "appointment__customer",
        "reservation__service",
    )

    staff: str
    service: str
    attendee: str
    starts_at: datetime
    ends_at: datetime
    appointment_id: int | None

    @classmethod
    def of(cls, allocation: "Allocation") -> "Conflict":
        owner = allocation.appointment or allocation.reservation
        if owner is None:  # the check constraint allocation_one_owner forbids it
            raise ValueError(allocation.pk)
        zone = allocation.company.zone
        return cls(
            staff=allocation.staff.name,
            service=owner.service.name,
            attendee=allocation.appointment.attendee if allocation.appointment else "",
            starts_at=owner.starts_at.astimezone(zone),
            ends_at=owner.ends_at.astimezone(zone),
            appointment_id=allocation.appointment_id,
        )

    @property
    def sentence(self) -> str:
        """For staff: with the customer's name."""
        if self.appointment_id is None:
            return (
                _(
                    "%(staff)s is held for a running call on %(day)s from %(start)s to %(end)s "
                    "(%(service)s). Please try again in a moment."
                )
                % self._facts()
            )
        return (
            _("%(staff)s is taken on %(day)s from %(start)s to %(end)s: %(service)s, %(attendee)s.")
            % self._facts()
        )

    @property
    def discreet_sentence(self) -> str:
        """For other systems, a website perhaps: whose appointment it is does not show (invariant I9)."""
        return _("%(staff)s is taken on %(day)s from %(start)s to %(end)s.") % self._facts()

    def _facts(self) -> dict[str, str]:
        return {
            "staff": self.staff,
            "service": self.service,
            "attendee": self.attendee or _("without a name"),
            "day": date_format(self.starts_at, "D, j. N"),
            "start": date_format(self.starts_at, "H:i"),
            "end": date_format(self.ends_at, "H:i"),
        }
