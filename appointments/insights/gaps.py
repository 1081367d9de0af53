"""How much time of the stylists lies in the gaps of long services, and how much of it was sold."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.insights.frame import Frame
from appointments.insights.rows import HELD, in_gaps, with_gaps
from appointments.insights.tiles import Amount, Bar, Figure, Tile, hours, share_of_time
from appointments.insights.utilisation import LIST, held_in
from appointments.insights.working import staff_of


class Gaps(NamedTuple):
    """Of one stylist. What of ``offered`` is busy with somebody else is ``sold``."""

    offered: timedelta
    sold: timedelta


# As sets of time, so that no minute counts twice, however appointments lie over each other.
GAPS = """
WITH part AS (
    SELECT appointment.staff_id, phase.busy, appointment.blocks_span,
           tstzrange(phase.starts_at, phase.ends_at) AS during
    FROM appointments_appointment appointment
    JOIN appointments_appointmentphase phase ON phase.appointment_id = appointment.id
    WHERE appointment.branch_id = ANY(%(branches)s)
      AND appointment.starts_at >= %(start)s AND appointment.starts_at < %(end)s
      AND appointment.status = ANY(%(held)s)
), stylist AS (
    SELECT staff_id,
           range_agg(during) FILTER (WHERE NOT busy AND NOT blocks_span) AS gaps,
           range_agg(during) FILTER (WHERE busy OR blocks_span) AS taken
    FROM part GROUP BY staff_id
)
SELECT staff_id,
       (SELECT sum(upper(gap) - lower(gap)) FROM unnest(gaps) gap),
       (SELECT sum(upper(gap) - lower(gap)) FROM unnest(gaps * taken) gap)
FROM stylist WHERE gaps IS NOT NULL
"""


def gap_time(frame: Frame) -> dict[int, Gaps]:
    """By stylist with any gap in an appointment that begins in the period and stands or took place."""
    facts: dict[str, Any] = {
        "branches": frame.branch_ids,
        "start": frame.span.period.start,
        "end": frame.span.period.end,
        "held": list(HELD),
    }
    with connection.cursor() as cursor:
        cursor.execute(GAPS, facts)
        rows = cursor.fetchall()
    return {pk: Gaps(offered, sold or timedelta()) for pk, offered, sold in rows}


def gaps(frame: Frame) -> Tile:
    found = gap_time(frame)
    offered = sum((each.offered for each in found.values()), timedelta())
    sold = sum((each.sold for each in found.values()), timedelta())
    filters = {"when": "all", "days": frame.span.parameter}
    with_them = frame.link(LIST, **filters, gap="with")
    in_them = frame.link(LIST, **filters, gap="in")
    rows = held_in(frame)
    return Tile(
        key="gaps",
        title=gettext_lazy("Time in gaps"),
        definition=gettext_lazy(
            "While a colour or a perm takes effect the stylist is free. Offered is that time in all "
            "appointments of the period, sold what of it the same stylist served somebody else in."
        ),
        figures=[
            Figure(label=_("offered"), amount=hours(offered), url=with_them),
            Figure(label=_("sold"), amount=hours(sold), url=in_them),
            Figure(label=_("share sold"), amount=share_of_time(sold, offered), url=in_them),
            Figure(label=_("appointments with gaps"), amount=Amount(with_gaps(rows).count()), url=with_them),
            Figure(label=_("appointments in gaps"), amount=Amount(in_gaps(rows).count()), url=in_them),
        ],
        bars=_bars(frame, found),
        bars_label=gettext_lazy("stylist"),
    )


def _bars(frame: Frame, found: dict[int, Gaps]) -> list[Bar]:
    most = max((each.offered for each in found.values()), default=timedelta())
    if not most:
        return []
    return [
        Bar(
            label=person.name,
            amount=share_of_time(each.sold, each.offered),
            length=each.offered / most,
            inner=each.sold / most,
            url=frame.link(
                LIST, when="all", days=frame.span.parameter, gap="with", staff__id__exact=str(person.pk)
            ),
            detail=_("%(sold)s sold of %(offered)s")
            % {"sold": hours(each.sold), "offered": hours(each.offered)},
        )
        for person in staff_of(frame).filter(pk__in=found)
        for each in [found[person.pk]]
    ]
