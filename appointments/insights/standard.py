"""The tiles of the domain itself, in the order of the page."""

from appointments.insights.bookings import bookings
from appointments.insights.gaps import gaps
from appointments.insights.kept import kept
from appointments.insights.registry import Insight, register
from appointments.insights.utilisation import utilisation


def register_standard() -> None:
    permission = "appointments.view_appointment"
    register(
        Insight(key="utilisation", permission=permission, build=utilisation),
        Insight(key="gaps", permission=permission, build=gaps),
        Insight(key="bookings", permission=permission, build=bookings),
        Insight(key="kept", permission=permission, build=kept),
    )
