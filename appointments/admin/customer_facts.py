"""What a salon knows of a customer, for their page and for whoever compares two."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from appointments.missed import missed_by_branch
from appointments.models import Appointment, Customer, CustomerNumber
from appointments.models.appointment import BLOCKING, Status
from appointments.phones import display_phone

SHOWN = 10
# What somebody usually has done shows in their last visits, not in those of years ago.
LOOKED_AT = 12


@dataclass(frozen=True, slots=True)
class Facts:
    """``coming``: the nearest first, ``past``: the latest first, both bounded; ``no_shows`` counts all,
    ``missed_at`` by branch.
    """

    customer: Customer
    numbers: Sequence[str]
    coming: Sequence[Appointment]
    past: Sequence[Appointment]
    visits: int
    missed_at: Sequence[tuple[str, int]]
    usual_service: str
    usual_staff: str

    @property
    def no_shows(self) -> int:
        return sum(times for _branch, times in self.missed_at)


def facts_of(customer: Customer, *, now: datetime) -> Facts:
    """Five queries, whatever they have booked."""
    own = customer.appointments.select_related("service", "staff", "branch__company")
    coming = own.filter(starts_at__gt=now, status__in=(*BLOCKING, Status.CONFLICT)).order_by("starts_at")
    past = list(own.filter(starts_at__lte=now).order_by("-starts_at")[: max(SHOWN, LOOKED_AT)])
    numbers = CustomerNumber.objects.filter(customer=customer).order_by("pk").values_list("number", flat=True)
    kept = [each for each in past if each.status not in (Status.CANCELLED, Status.REJECTED, Status.NO_SHOW)]
    return Facts(
        customer=customer,
        numbers=[display_phone(number) for number in (customer.phone, *numbers) if number],
        coming=list(coming[:SHOWN]),
        past=past[:SHOWN],
        visits=customer.appointments.filter(status=Status.COMPLETED).count(),
        missed_at=missed_by_branch(customer),
        usual_service=_usual(each.service.name for each in kept[:LOOKED_AT]),
        usual_staff=_usual(each.staff.name for each in kept[:LOOKED_AT]),
    )


def _usual(names: Iterable[str]) -> str:
    """What was there most often, and more than once."""
    counted = Counter(names)
    name, times = counted.most_common(1)[0] if counted else ("", 0)
    return name if times > 1 else ""
