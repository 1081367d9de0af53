"""What became of the appointments of the period: kept, missed, cancelled; and who missed them where."""

from collections.abc import Sequence

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.insights.by_day import columns, counted, total
from appointments.insights.frame import Frame
from appointments.insights.rows import HELD
from appointments.insights.tiles import Amount, Bar, Figure, Tile, share
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
        bars=_bars(frame),
        bars_label=gettext_lazy("branch: did not come"),
        columns=columns(frame, counts, KINDS, label=gettext_lazy("Appointments by day"), link=link),
    )


def _bars(frame: Frame) -> list[Bar]:
    """How many did not come, by branch, as a share of its appointments; a single one's is said above."""
    rows = frame.on_days(frame.of_branches(Appointment.objects.all()), field="starts_at")
    counted = rows.filter(status__in=[value for _title, values in KINDS for value in values])
    grouped = (
        counted.order_by()
        .values_list("branch")
        .annotate(every=Count("pk"), missed=Count("pk", filter=Q(status=Status.NO_SHOW)))
    )
    found = {pk: (missed, every) for pk, every, missed in grouped}
    most = max((missed / every for missed, every in found.values()), default=0)
    return [
        Bar(
            label=branch.name,
            amount=share(missed, every),
            length=missed / every / most if most else 0.0,
            url=frame.link(
                LIST,
                when="all",
                days=frame.span.parameter,
                status__exact=Status.NO_SHOW.value,
                branch__id__exact=str(branch.pk),
            ),
            detail=_("%(missed)s of %(every)s") % {"missed": missed, "every": every},
        )
        for branch in frame.branches
        if len(frame.branches) > 1 and branch.pk in found
        for missed, every in [found[branch.pk]]
    ]
