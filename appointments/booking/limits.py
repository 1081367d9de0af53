"""How many appointments to come a customer may have at once. Staff are not bound."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from appointments.availability import Request
from appointments.booking.ledger import lock_customer
from appointments.booking.policy import Denial, Denied
from appointments.models import Appointment, Branch, Customer, Policy, Service, Staff

Open = Sequence[tuple[int, int, int]]


def limits_reached(
    customer: Customer, *, branch: Branch, service: Service, staff: Iterable[Staff], now: datetime
) -> Mapping[int, int]:
    """With which of ``staff`` (by id) they may not book ``service`` any more, each with the limit.

    The nearest rule counts, as everywhere: stylist, service, branch, company; and each counts what it
    is for. One query where there are no such rules, else two.
    """
    policies = _policies(branch, service, staff)
    if not policies:
        return {}
    opened = _open(customer, now)
    reached = {}
    for person in staff:
        policy = _nearest(policies, person)
        if policy is not None and _counted(policy, opened) >= (policy.max_open_appointments or 0):
            reached[person.pk] = policy.max_open_appointments or 0
    return reached


def insist_on_limit(request: Request, customer: Customer | None, staff: Staff) -> None:
    """Raises ``Denied`` if ``customer`` may not book this with ``staff``; inside a transaction.

    Where there is a limit the customer's row is locked, after staff and reservations, so that two
    calls at once are not both the last that is allowed. A customer made just now has nothing to count.
    """
    if customer is None:
        return
    if not _policies(request.branch, request.service, [staff]):
        return
    lock_customer(customer)
    reached = limits_reached(
        customer, branch=request.branch, service=request.service, staff=[staff], now=request.now
    )
    if reached:
        raise Denied(Denial.MAX_APPOINTMENTS_REACHED, reached[staff.pk])


def _policies(branch: Branch, service: Service, staff: Iterable[Staff]) -> list[Policy]:
    applying = Policy.objects.filter(company=branch.company_id, max_open_appointments__isnull=False).filter(
        Q(branch=None, service=None, staff=None)
        | Q(branch=branch)
        | Q(service=service)
        | Q(staff__in=[person.pk for person in staff])
    )
    return list(applying)


def _nearest(policies: Iterable[Policy], person: Staff) -> Policy | None:
    mine = [each for each in policies if each.staff_id in {None, person.pk}]
    return min(mine, key=lambda each: each.distance, default=None)


def _open(customer: Customer, now: datetime) -> Open:
    """Branch, service and stylist of what is still to come."""
    mine = Appointment.objects.blocking().filter(customer=customer, ends_at__gt=now)
    return list(mine.values_list("branch_id", "service_id", "staff_id"))


def _counted(policy: Policy, opened: Open) -> int:
    wanted = (policy.branch_id, policy.service_id, policy.staff_id)
    return sum(
        all(mine is None or mine == theirs for mine, theirs in zip(wanted, each, strict=True))
        for each in opened
    )
