"""What was booked in the period, and through which channel."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.insights.by_day import columns, counted, total
from appointments.insights.frame import Frame
from appointments.insights.rows import made
from appointments.insights.tiles import Amount, Figure, Tile
from appointments.insights.utilisation import LIST
from appointments.models import Appointment
from appointments.models.appointment import Source


def bookings(frame: Frame) -> Tile:
    """By the day on which they were made, whenever they begin and whatever became of them."""
    rows = made(frame.on_days(frame.of_branches(Appointment.objects.all()), field="created_at"))
    counts = counted(frame, rows, by="source", field="created_at")

    def link(sources: Sequence[str], days: str) -> str:
        only = {"source__exact": sources[0]} if len(sources) == 1 else {}
        return frame.link(LIST, when="all", made=days, counts="made", **only)

    every, days = Source.values, frame.span.parameter
    return Tile(
        key="bookings",
        title=gettext_lazy("Bookings by channel"),
        definition=gettext_lazy(
            "Appointments that were booked in the period, whenever they take place and whatever became of "
            "them. One that the calendar refused was never booked."
        ),
        figures=[
            Figure(label=_("all channels"), amount=Amount(total(counts, *every)), url=link(every, days)),
            *(
                Figure(label=one.label, amount=Amount(total(counts, one)), url=link([one], days))
                for one in Source
            ),
        ],
        columns=columns(
            frame,
            counts,
            [(one.label, [one.value]) for one in Source],
            label=gettext_lazy("Bookings by day"),
            link=link,
        ),
    )
