"""How often customers did not come. For staff: the telephone never says it."""

from collections.abc import Iterable, Mapping

from django.db.models import Count, OuterRef, QuerySet, Subquery

from appointments.models import Appointment, Customer
from appointments.models.appointment import Status


def missed() -> QuerySet[Appointment]:
    return Appointment.objects.filter(status=Status.NO_SHOW)


def times_missed(customers: Iterable[int | None]) -> Mapping[int, int]:
    """By customer, without those who always came. One query, through the index of each one's appointments."""
    some = {pk for pk in customers if pk is not None}
    if not some:
        return {}
    counted = missed().filter(customer__in=some).order_by().values_list("customer")
    return dict(counted.annotate(Count("pk")))


def missed_by_branch(customer: Customer) -> list[tuple[str, int]]:
    """The names of the branches, most often missed first."""
    counted = missed().filter(customer=customer).values_list("branch__name").annotate(number=Count("pk"))
    return list(counted.order_by("-number", "branch__name"))


def times_missed_of(customer: str) -> Subquery:
    """The same as a column of a list whose rows name their ``customer``; None for none."""
    counted = missed().filter(customer=OuterRef(customer)).order_by().values("customer")
    return Subquery(counted.annotate(number=Count("pk")).values("number"))
