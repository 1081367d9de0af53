"""Instants and periods as staff read them, in the branch's zone (invariant I11)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def moment(instant: datetime | None, zone: ZoneInfo) -> str:
    if instant is None:
        return "–"
    local = instant.astimezone(zone)
    facts = {"day": date_format(local, "D, j. N Y"), "time": date_format(local, "H:i")}
    return _("%(day)s, %(time)s") % facts


def period(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    facts = {
        "day": date_format(begins, "D, j. N Y"),
        "start": date_format(begins, "H:i"),
        "end": date_format(ends, "H:i"),
    }
    return _("%(day)s, %(start)s to %(end)s") % facts
