"""Which appointments are exported, and reading them in chunks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db.models import Q

from appointments.models import Appointment, Company
from appointments.rules.hours import midnight

CHUNK = 1000


class UnknownCompanyError(Exception):
    """There is no company with this slug."""


@dataclass(frozen=True, slots=True)
class Selection:
    """``first`` and ``last`` are local days of each appointment's branch, both included; an
    appointment belongs to the day on which it starts. ``company`` is a slug; empty means all.
    """

    company: str = ""
    first: date | None = None
    last: date | None = None


def select(selection: Selection) -> Iterator[list[Appointment]]:
    """Chunks of appointments by start, with everything that the formats need.

    Raises ``UnknownCompanyError``, before anything is read.
    """
    companies = Company.objects.all()
    if selection.company:
        companies = companies.filter(slug=selection.company)
        if not companies.exists():
            raise UnknownCompanyError(selection.company)
    chosen = Q(company__in=companies) if selection.company else Q()
    if selection.first or selection.last:
        chosen &= _days(selection, companies.order_by().values_list("timezone", flat=True).distinct())
    return _chunks(chosen)


def _days(selection: Selection, zones: Iterable[str]) -> Q:
    """The days begin at another instant in each zone."""
    days = Q(pk__in=[])
    for name in zones:
        zone = ZoneInfo(name)
        of_zone = Q(company__timezone=name)
        if selection.first:
            of_zone &= Q(starts_at__gte=midnight(selection.first, zone))
        if selection.last:
            of_zone &= Q(starts_at__lt=midnight(selection.last + timedelta(days=1), zone))
        days |= of_zone
    return days


def _chunks(chosen: Q) -> Iterator[list[Appointment]]:
    rows = (
        Appointment.objects.filter(chosen)
        .select_related("company", "branch__company", "service", "staff", "customer")
        .prefetch_related("phases")
        .order_by("starts_at", "pk")
        .iterator(chunk_size=CHUNK)  # a cursor on the server: neither side holds all rows
    )
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
