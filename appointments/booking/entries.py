"""A row of a foreign file on its way into the diary, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from appointments.booking.customers import Contact
from appointments.booking.overlaps import Claim, Who, who
from appointments.models import Appointment, Customer, Service, Staff
from appointments.models.appointment import BLOCKING, Status
from appointments.models.imports import QuarantineKind
from appointments.rules.periods import Period
from appointments.rules.phases import Plan

NO_NAME = who(None, "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that makes sense. ``start`` in UTC; ``status`` as the file has it; ``contact``: who comes.

    ``key`` and ``digest``: see ``ImportedRow``. ``staff`` and ``service`` may be unsaved in a trial run.
    """

    row: int
    key: str
    digest: str
    external_id: str
    staff: Staff
    service: Service
    start: datetime
    plan: Plan
    status: Status
    contact: Contact
    price: Decimal | None = None
    notes: str = ""

    @property
    def end(self) -> datetime:
        return self.start + self.plan.duration


@dataclass(slots=True)
class Placement:
    """What becomes of an entry. ``claim``: who is in its way, if that makes it a conflict.
    ``appointment``: once it is stored.
    """

    entry: Entry
    status: Status
    customer: Customer | None
    attendee_name: str
    claim: Claim | None = None
    appointment: Appointment | None = None

    @property
    def who(self) -> Who:
        """Of two unsaved customers each is somebody else."""
        customer = self.customer
        key = (customer.pk or id(customer)) if customer is not None else None
        return who(key, self.attendee_name)

    @property
    def kind(self) -> QuarantineKind | None:
        if self.claim is None:
            return None
        if self.claim.reservation_id is not None:
            return QuarantineKind.MOVE
        is_same = self.claim.who == self.who != NO_NAME
        return QuarantineKind.DUPLICATE if is_same else QuarantineKind.OVERLAP

    @property
    def periods(self) -> list[Period]:
        return self.entry.plan.taken_at(self.entry.start)

    @property
    def status_label(self) -> str:
        return str(Status(self.status).label)

    @property
    def local_start(self) -> datetime:
        return self.entry.start.astimezone(self.entry.staff.branch.zone)

    @property
    def takes_time(self) -> bool:
        return self.status in BLOCKING

    @property
    def took_time(self) -> bool:
        return self.status == Status.COMPLETED
