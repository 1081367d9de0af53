"""Who changed an appointment last, in words: what somebody is told who came too late."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from appointments.audit import Channel
from appointments.models import Appointment


def who_was_faster(appointment_id: int) -> str:
    """One sentence by the newest row of its history; empty if there is none. Staff read it."""
    row = (
        Appointment.history.filter(id=appointment_id)
        .select_related("history_user")
        .order_by("-history_date", "-history_id")
        .first()
    )
    if row is None:
        return ""
    zone = Appointment.objects.select_related("company").get(pk=appointment_id).company.zone
    facts = {
        "time": date_format(row.history_date.astimezone(zone), "H:i"),
        "name": row.history_user.get_full_name() or row.history_user.get_username()
        if row.history_user
        else "",
    }
    sentences = {
        Channel.PHONE: _("By phone, at %(time)s."),
        Channel.STAFF: _("%(name)s, at %(time)s.") if facts["name"] else _("A colleague, at %(time)s."),
        Channel.API: _("Through another system, at %(time)s."),
        Channel.CALENDAR: _("In the calendar, at %(time)s."),
        Channel.ONLINE: _("The customer online, at %(time)s."),
    }
    return sentences.get(row.channel, _("Changed at %(time)s.")) % facts
