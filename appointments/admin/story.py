"""The history of an appointment as sentences: who changed what, when, from where. Staff read it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.audit import Channel
from appointments.models import Appointment, Customer, Service, Staff
from appointments.models.appointment import Status

# So many of the newest are told; the rest is on the page of the history.
TOLD = 30


@dataclass(frozen=True, slots=True)
class Chapter:
    """``when`` by the branch's clock; ``what``: one sentence each."""

    when: str
    who: str
    what: Sequence[str]


def story_of(appointment: Appointment) -> list[Chapter]:
    """The newest first. Four queries, whatever the length."""
    rows = list(
        appointment.history.select_related("history_user").order_by("-history_date", "-history_id")[
            : TOLD + 1
        ]
    )
    names = _Names(rows)
    zone = appointment.branch.zone
    chapters = []
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        if before is None and len(rows) > TOLD:
            break
        what = [_("Entered.")] if before is None else list(_changes(before, row, names, zone))
        if what:
            when = date_format(row.history_date.astimezone(zone), "D, j. N Y, H:i")
            chapters.append(Chapter(when, _who(row), what))
    return chapters


class _Names:
    """Of whatever the rows speak of: one query for each kind."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self.staff = self._of(Staff, {row.staff_id for row in rows})
        self.services = self._of(Service, {row.service_id for row in rows})
        self.customers = self._of(Customer, {row.customer_id for row in rows} - {None})

    def _of(self, model: Any, ids: set[int]) -> dict[int, str]:
        return dict(model.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _who(row: Any) -> str:
    """The channel, and the colleague's name where it was one."""
    user = row.history_user
    if row.channel == Channel.STAFF and user is not None:
        return str(user.get_full_name() or user.get_username())
    return str(Channel(row.channel).label) if row.channel in Channel.values else ""


def _changes(before: Any, row: Any, names: _Names, zone: Any) -> Iterator[str]:
    if row.starts_at != before.starts_at:
        facts = {"old": _moment(before.starts_at, zone), "new": _moment(row.starts_at, zone)}
        yield _("Moved from %(old)s to %(new)s.") % facts
    if row.staff_id != before.staff_id:
        facts = {"old": names.staff.get(before.staff_id, "?"), "new": names.staff.get(row.staff_id, "?")}
        yield _("From %(old)s to %(new)s.") % facts
    if row.service_id != before.service_id:
        facts = {
            "old": names.services.get(before.service_id, "?"),
            "new": names.services.get(row.service_id, "?"),
        }
        yield _("%(new)s instead of %(old)s.") % facts
    if row.status != before.status:
        yield _("Now “%(status)s”.") % {"status": Status(row.status).label}
    if row.customer_id != before.customer_id:
        yield _("Customer: %(name)s.") % {"name": names.customers.get(row.customer_id, _("nobody"))}
    if row.attendee_name != before.attendee_name:
        yield _("Comes instead: %(name)s.") % {"name": row.attendee_name or _("nobody")}
    if row.notes != before.notes:
        yield _("Notes changed.")
    if row.price != before.price:
        yield _("Price changed.")


def _moment(instant: datetime, zone: Any) -> str:
    return date_format(instant.astimezone(zone), "D, j. N, H:i")
