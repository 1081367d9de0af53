"""What a call was about: its appointments, how they stand at Cal.com, and who else called about them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from appointments.models import Appointment
from calls.models import Call, CallAppointment
from integrations.models import CalendarSync


@dataclass(frozen=True, slots=True)
class Matter:
    """``relationships``: what this call did; ``calendar``: in words; ``others``: the other calls."""

    appointment: Appointment
    relationships: Sequence[str]
    calendar: str
    others: Sequence[tuple[Call, str]]


def matters_of(call: Call) -> list[Matter]:
    """Three queries, however many appointments and calls."""
    own = CallAppointment.objects.filter(call=call).order_by("pk")
    links = list(own.select_related("appointment__service", "appointment__staff", "appointment__customer"))
    ids = {link.appointment_id for link in links}
    syncs = CalendarSync.objects.filter(appointment__in=ids)
    states = {row.appointment_id: row.get_state_display() for row in syncs}
    others: dict[int, list[tuple[Call, str]]] = defaultdict(list)
    about = CallAppointment.objects.filter(appointment__in=ids).exclude(call=call).select_related("call")
    for link in about.order_by("call__started_at", "pk"):
        others[link.appointment_id].append((link.call, link.get_relationship_display()))
    grouped: dict[int, list[CallAppointment]] = defaultdict(list)
    for link in links:
        grouped[link.appointment_id].append(link)
    return [
        Matter(
            appointment=each[0].appointment,
            relationships=[link.get_relationship_display() for link in each],
            calendar=str(states.get(pk, "")),
            others=others[pk],
        )
        for pk, each in grouped.items()
    ]
