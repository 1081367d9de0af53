"""What became of the appointments of the period: kept, missed, cancelled."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.insights.by_day import columns, counted, total
from appointments.insights.frame import Frame
from appointments.insights.rows import HELD
from appointments.insights.tiles import Amount, Figure, Tile, share
from appointments.insights.utilisation import LIST
from appointments.models import Appointment
from appointments.models.appointment import Status

KINDS: Sequence[tuple[object, Sequence[str]]] = (
    (gettext_lazy("took place or stand"), HELD),
    (gettext_lazy("did not come"), (Status.NO_SHOW.value,)),
    (gettext_lazy("cancelled"), (Status.CANCELLED.value,)),
)


def kept(frame: Frame) -> Tile:
    """By the day on which they begin. Shares are of all three together; what the calendar refused and what
    waits in conflict is none of them.
    """
    rows = frame.on_days(frame.of_branches(Appointment.objects.all()), field="starts_at")
    counts = counted(frame, rows, by="status", field="starts_at")

    def link(statuses: Sequence[str], days: str) -> str:
        only = {"status__exact": statuses[0]} if len(statuses) == 1 else {"counts": "held"}
        return frame.link(LIST, when="all", days=days, **only)

    every = sum(total(counts, *values) for _title, values in KINDS)
    return Tile(
        key="kept",
        title=gettext_lazy("No-shows and cancellations"),
        definition=gettext_lazy(
            "Of the appointments that begin in the period: how many customers did not come, and how many "
            "cancelled. Shares are of all of them together."
        ),
        figures=[
            Figure(
                label=title,
                amount=Amount(total(counts, *values)),
                url=link(values, frame.span.parameter),
                detail=_("share: %(share)s") % {"share": share(total(counts, *values), every)},
            )
            for title, values in KINDS
        ],
        columns=columns(frame, counts, KINDS, label=gettext_lazy("Appointments by day"), link=link),
    )
