"""What has changed while somebody looked at a proposal, in sentences: what, and by whom."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.availability import Slot
from appointments.booking.errors import BookingError
from appointments.conflicts import Conflict
from appointments.models import Allocation, Appointment, Branch
from appointments.phones import display_phone


class Overtaken(BookingError):
    """Somebody was faster: nothing was done. ``sentences`` say what has changed."""

    code = "overtaken"

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__(" ".join(self.sentences))


def changes_since(seen: Mapping[int, int], affected: Sequence[Appointment], *, branch: Branch) -> list[str]:
    """``seen``: the revisions that the page showed, by appointment. Of another branch's appointments, whose
    numbers a page does not send, nothing is told.
    """
    there = {one.pk: one for one in affected}
    missing = seen.keys() - there.keys()
    gone = list(
        Appointment.objects.filter(pk__in=missing, branch=branch)
        .select_related("service", "customer", "branch__company")
        .order_by("pk")
    )
    changed = [one for one in affected if seen.get(one.pk, one.revision) != one.revision]
    new = [one for one in affected if one.pk not in seen]
    return [
        *(_said(_("%(who)s is no longer affected: changed by %(by)s."), one) for one in gone),
        *([_("An appointment is no longer affected.")] if len(gone) < len(missing) else []),
        *(_said(_("%(who)s has been changed in the meantime by %(by)s."), one) for one in changed),
        *(_said(_("%(who)s has come in addition, entered by %(by)s."), one) for one in new),
    ]


def taken(appointment: Appointment, slot: Slot, *, leaving: Collection[int], now: datetime) -> str:
    """Why this place can no longer be had, and who has it."""
    periods = slot.plan.taken_at(slot.start)
    others = Allocation.objects.conflicting_with(slot.staff.pk, periods).in_force(now)
    other = others.exclude(appointment__in=leaving).select_related(*Conflict.RELATED).first()
    facts = {
        "who": described(appointment),
        "place": _place(slot, appointment),
        "reason": Conflict.of(other).sentence if other else _("The stylist is not free then any more."),
    }
    if other is None or other.appointment is None:
        return _("%(who)s cannot go to %(place)s any more. %(reason)s") % facts
    facts["by"] = _by(other.appointment)
    return _("%(who)s cannot go to %(place)s any more. %(reason)s Entered by %(by)s.") % facts


def described(appointment: Appointment) -> str:
    name = appointment.attendee or display_phone(appointment.contact_phone) or _("Without a name")
    local = appointment.starts_at.astimezone(appointment.branch.zone)
    return _("%(name)s (%(service)s, %(when)s)") % {
        "name": name,
        "service": appointment.service.name,
        "when": _when(local),
    }


def _place(slot: Slot, appointment: Appointment) -> str:
    local = slot.start.astimezone(appointment.branch.zone)
    return _("%(when)s with %(staff)s") % {"when": _when(local), "staff": slot.staff.name}


def _when(local: datetime) -> str:
    return date_format(local, "D, j. N, H:i")


def _said(sentence: str, appointment: Appointment) -> str:
    return sentence % {"who": described(appointment), "by": _by(appointment)}


def _by(appointment: Appointment) -> str:
    """Who wrote last: a colleague by name, else the channel."""
    history: Any = appointment.history
    last = history.order_by("-history_id").select_related("history_user").first()
    if last is None:
        return _("somebody")
    user = last.history_user
    if user is not None:
        return str(user.get_full_name() or user.get_username())
    return str(last.get_channel_display())
