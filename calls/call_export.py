"""What the phone adds to the export: the calls about an appointment."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from calls.models import CallAppointment


def calls_about(appointment_ids: Sequence[int]) -> Mapping[int, Any]:
    """``{appointment id: [{"call_id", "relationship"}, …]}``, in the order in which they called."""
    calls: dict[int, list[dict[str, str]]] = defaultdict(list)
    links = CallAppointment.objects.filter(appointment__in=appointment_ids).order_by("created_at", "pk")
    for appointment_id, call_id, relationship in links.values_list(
        "appointment", "call__call_id", "relationship"
    ):
        calls[appointment_id].append({"call_id": call_id, "relationship": relationship})
    return calls
