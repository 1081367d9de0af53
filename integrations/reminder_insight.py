"""How many did not come, with a reminder and without: a tile of the dashboard."""

from collections import Counter

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.insights import Amount, Bar, Figure, Frame, Tile
from appointments.insights.tiles import share
from appointments.models import Appointment
from appointments.models.appointment import Status
from integrations.reminded import expected, was_reminded

LIST = "appointments_appointment"
WITH, WITHOUT = "with", "without"
# By branch, whether they were reminded, and whether they did not come.
Counts = Counter[tuple[int, bool, bool]]


def reminders(frame: Frame) -> Tile:
    counts = _counted(frame)
    return Tile(
        key="reminders",
        title=gettext_lazy("What reminders do"),
        definition=gettext_lazy(
            "Of the appointments of the period that have begun and were not cancelled: how many customers "
            "did not come, with a reminder that was sent and without. Who agrees to be reminded may well be "
            "more reliable than others, so this is no proof."
        ),
        figures=[figure for reminded in (True, False) for figure in _figures(frame, counts, reminded)],
        bars=_bars(frame, counts),
        bars_label=gettext_lazy("branch: did not come"),
    )


def _counted(frame: Frame) -> Counts:
    """One query."""
    rows = frame.on_days(frame.of_branches(Appointment.objects.all()), field="starts_at")
    missed = ExpressionWrapper(Q(status=Status.NO_SHOW), output_field=BooleanField())
    marked = expected(rows, frame.now).annotate(reminded=was_reminded(), missed=missed)
    grouped = marked.order_by().values_list("branch", "reminded", "missed").annotate(Count("pk"))
    return Counter({(branch, reminded, missed): number for branch, reminded, missed, number in grouped})


def _figures(frame: Frame, counts: Counts, reminded: bool) -> list[Figure]:  # noqa: FBT001 - which half
    missed, every = _sums(counts, reminded)
    labels = (
        (_("did not come, reminded"), _("reminded"))
        if reminded
        else (_("did not come, not reminded"), _("not reminded"))
    )
    return [
        Figure(
            label=labels[0],
            amount=share(missed, every),
            url=_link(frame, reminded, status__exact=Status.NO_SHOW.value),
            detail=_("%(missed)s of %(every)s") % {"missed": missed, "every": every},
        ),
        Figure(label=labels[1], amount=Amount(every), url=_link(frame, reminded)),
    ]


def _bars(frame: Frame, counts: Counts) -> list[Bar]:
    """Two for each branch of several, if anybody was reminded there."""
    halves = [
        (branch, reminded, *_sums(counts, reminded, branch.pk))
        for branch in frame.branches
        for reminded in (True, False)
        if len(frame.branches) > 1 and _sums(counts, True, branch.pk)[1]
    ]
    most = max((missed / every for *_half, missed, every in halves if every), default=0)
    return [
        Bar(
            label=(_("%(branch)s, reminded") if reminded else _("%(branch)s, not reminded"))
            % {"branch": branch.name},
            amount=share(missed, every),
            length=missed / every / most if every and most else 0.0,
            url=_link(frame, reminded, status__exact=Status.NO_SHOW.value, branch__id__exact=str(branch.pk)),
            detail=_("%(missed)s of %(every)s") % {"missed": missed, "every": every},
        )
        for branch, reminded, missed, every in halves
    ]


def _sums(counts: Counts, reminded: bool, branch: int | None = None) -> tuple[int, int]:  # noqa: FBT001 - as above
    """How many did not come, and of how many."""
    half = {
        missed: sum(
            number
            for (where, told, stayed_away), number in counts.items()
            if told == reminded and stayed_away == missed and branch in (None, where)
        )
        for missed in (True, False)
    }
    return half[True], half[True] + half[False]


def _link(frame: Frame, reminded: bool, **filters: str) -> str:  # noqa: FBT001 - as above
    half = WITH if reminded else WITHOUT
    return frame.link(LIST, when="all", days=frame.span.parameter, reminder=half, **filters)
