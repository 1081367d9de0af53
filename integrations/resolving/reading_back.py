"""Reading back what is believed to stand at Cal.com and was never seen there: ids are verified, never assumed
(incidents 3, F8).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.models import Appointment, Company
from appointments.undecided import local
from integrations.consistency import expected
from integrations.models import BookingState, CalendarBooking, SyncState
from integrations.resolving.comparing import Compared, compare_now

CHUNK = 100
SECONDS = 20.0


class ReadBack(NamedTuple):
    """``compared.agrees`` only if every booking was seen: not known there once proves nothing (I6), but it
    is no verification either.
    """

    appointment: Appointment
    compared: Compared


def unverified(company: Company, *, now: datetime) -> QuerySet[Appointment]:
    """To come, and at least one of their bookings was never seen. With ``bookings``, how many stand there.

    Whoever is being synchronised or waits for a decision is looked at anyway.
    """
    standing = Q(calendar_bookings__state=BookingState.EXISTS)
    never_seen = standing & Q(calendar_bookings__verified_at=None)
    rows = expected(Appointment.objects.filter(company=company), now).exclude(
        calendar_sync__state__in=(SyncState.PENDING, SyncState.HALTED)
    )
    counted = rows.annotate(
        bookings=Count("calendar_bookings", filter=standing),
        never_seen=Count("calendar_bookings", filter=never_seen),
    )
    related = ("company", "branch__company", "service", "staff")
    return counted.filter(never_seen__gt=0).select_related(*related).order_by("pk")


def read_back(company: Company, *, now: datetime, after: int = 0) -> Iterator[ReadBack]:
    """One appointment after the other, from the id ``after`` on; who was seen does not come again, so it
    can be broken off and begun again at any time. Never in a transaction.
    """
    last = after
    while chunk := list(unverified(company, now=now).filter(pk__gt=last)[:CHUNK]):
        for appointment in chunk:
            yield ReadBack(appointment, _compare(appointment))
        last = chunk[-1].pk


def _compare(appointment: Appointment) -> Compared:
    compared = compare_now(appointment, seconds=SECONDS)
    rows = CalendarBooking.objects.filter(appointment=appointment, state=BookingState.EXISTS)
    unseen = rows.filter(Q(verified_at=None) | Q(missing_since__isnull=False))
    if compared.agrees and unseen.exists():
        return Compared(False, _("Cal.com did not show all of it; it is looked at again."))
    return compared


def requests_for(appointment: Appointment) -> int:
    """What it costs: each booking by itself, and once the calendar around them."""
    return int(getattr(appointment, "bookings", 1)) + 1


def named(appointment: Appointment) -> str:
    """Without a customer's name: it is written to terminals and logs."""
    facts = {
        "id": appointment.pk,
        "service": appointment.service.name,
        "when": local(appointment.starts_at, appointment.branch),
    }
    return _("Appointment %(id)s (%(service)s, %(when)s)") % facts


def would(appointment: Appointment) -> str:
    bookings = requests_for(appointment) - 1
    text = ngettext(
        "%(appointment)s: %(bookings)s booking would be read back.",
        "%(appointment)s: %(bookings)s bookings would be read back.",
        bookings,
    )
    return text % {"appointment": named(appointment), "bookings": bookings}
