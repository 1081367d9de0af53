"""What checks say of an appointment."""

from typing import Any

from appointments.integrity.registry import Subject, subject
from appointments.models import Appointment


def appointment_subject(pk: int) -> Subject:
    return subject(Appointment, pk)


def facts_of(row: Any) -> dict[str, Any]:
    """Of a row that selects ``sql.FACTS``."""
    return {
        "staff": row.staff or "–",
        "service": row.service or "–",
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "zone": row.zone,
    }
