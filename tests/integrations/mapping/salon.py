"""Ids at Cal.com, and a salon mapped as it should be."""

from integrations.models import CalendarEventType, CalendarHost
from tests.salons import Salon

OWNER_ID, EMMA_ID, JONAS_ID, TEAM_ID = 100, 101, 102, 7


def give_host(salon: Salon, user_id: int = EMMA_ID) -> CalendarHost:
    return CalendarHost.objects.create(company=salon.company, staff=salon.emma, calcom_user_id=user_id)


def map_emma(salon: Salon) -> None:
    """Host and all four event types of the only stylist at work."""
    salon.jonas.active = False
    salon.jonas.save()
    give_host(salon)
    for service, position, event_type_id in (
        (salon.cut, 1, 3001),
        (salon.perm, 1, 3002),
        (salon.perm, 3, 3003),
        (salon.perm, 5, 3004),
    ):
        CalendarEventType.objects.create(
            company=salon.company,
            staff=salon.emma,
            service=service,
            phase_position=position,
            event_type_id=event_type_id,
        )
