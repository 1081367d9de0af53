"""What is asked of the solver."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self

from appointments.models import Branch, Service, Staff
from appointments.rules.hours import midnight


@dataclass(frozen=True, slots=True)
class Request:
    """``service`` in ``branch`` with ``staff``, or with anybody who can do it.

    ``now`` is an aware instant: it decides notice, horizon and which holds have expired.
    ``holder``: this conversation's own holds do not stand in its way (incident D10).
    ``appointment_id``: an appointment that is about to move does not stand in its own way (C16).
    ``leaving``: ids of others that give up their time together with it.
    ``excluded_staff``: ids of stylists who are taken elsewhere, as far as the asker knows, and are left
    out of *anybody*; one who is wished by name is asked for all the same.
    ``overrides_hours``: a person has confirmed that hours, notice, horizon and grid do not matter
    this time; other bookings always do.
    """

    branch: Branch
    service: Service
    now: datetime
    staff: Staff | None = None
    holder: str = ""
    appointment_id: int | None = None
    overrides_hours: bool = False
    excluded_staff: frozenset[int] = frozenset()
    leaving: frozenset[int] = frozenset()

    def with_staff(self, staff: Staff | None) -> Self:
        return replace(self, staff=staff)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.branch.zone).date()

    @property
    def earliest(self) -> datetime:
        """The first instant that respects the branch's minimum notice (incident C6)."""
        return self.now + timedelta(minutes=self.branch.minimum_notice_minutes)

    @property
    def last_day(self) -> date:
        return self.today + timedelta(days=self.branch.horizon_days)

    @property
    def too_late(self) -> datetime:
        """Starts lie before this instant: the end of the last bookable day."""
        return midnight(self.last_day + timedelta(days=1), self.branch.zone)

    def local_date(self, start: datetime) -> date:
        return start.astimezone(self.branch.zone).date()
