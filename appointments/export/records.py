"""An appointment as the contract writes it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appointments.export.contributions import contributed
from appointments.models import Appointment, Customer

Record = dict[str, Any]


def records(chunks: Iterable[list[Appointment]]) -> Iterator[Record]:
    """Times are ISO 8601 with the offset that the branch's zone has then."""
    for chunk in chunks:
        extra = contributed([appointment.pk for appointment in chunk])
        for appointment in chunk:
            own = {field: values[appointment.pk] for field, values in extra.items()}
            yield {**record(appointment), **own}


def record(appointment: Appointment) -> Record:
    zone = appointment.branch.zone
    return {
        "id": appointment.pk,
        "company": appointment.company.slug,
        "branch": appointment.branch.name,
        "customer": _customer(appointment.customer),
        "service": appointment.service.name,
        "staff": appointment.staff.name,
        "starts_at": _local(appointment.starts_at, zone),
        "ends_at": _local(appointment.ends_at, zone),
        "status": appointment.status,
        "source": appointment.source,
        "phases": [
            {
                "position": phase.position,
                "name": phase.name,
                "staff": appointment.staff.name,
                "starts_at": _local(phase.starts_at, zone),
                "ends_at": _local(phase.ends_at, zone),
                "busy": phase.busy,
            }
            for phase in sorted(appointment.phases.all(), key=lambda phase: phase.position)
        ],
    }


def _customer(customer: Customer | None) -> Record | None:
    if customer is None:
        return None
    phone = str(customer.phone) if customer.phone else None
    return {"name": customer.name, "phone": phone, "email": customer.email}


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()
