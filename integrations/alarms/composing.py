"""What people read: one message of everything that waits for a channel."""

from collections.abc import Sequence

from apprise import NotifyType
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from appointments import alarms
from appointments.models import Alarm
from appointments.models.alarms import Notice
from appointments.models.integrity import Severity
from integrations.alarms.sending import Message
from integrations.models import AlarmNotice

# Beyond this nobody reads.
MOST = 20
ORDER = [Notice.RAISED, Notice.REMINDER, Notice.RESOLVED]


def compose(notices: Sequence[AlarmNotice]) -> Message:
    """The newest notice of each alarm, in the language of the installation. No name, no number of anybody."""
    latest = {notice.alarm_id: notice for notice in sorted(notices, key=lambda one: (one.created_at, one.pk))}
    told = sorted(latest.values(), key=lambda one: (ORDER.index(Notice(one.kind)), one.pk))
    with translation.override(settings.LANGUAGE_CODE):
        lines = [_line(notice) for notice in told[:MOST]]
        if len(told) > MOST:
            more = len(told) - MOST
            lines.append(ngettext("And %(count)s more.", "And %(count)s more.", more) % {"count": more})
        lines.append(_("Take note of them here: %(url)s") % {"url": _url()})
        return Message(_title(told), "\n\n".join(lines), _type(told))


def _url() -> str:
    """The list of what nobody has taken note of; whoever follows it has to log in."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('admin:appointments_alarm_changelist')}?state=open"


def trial(name: str) -> Message:
    with translation.override(settings.LANGUAGE_CODE):
        text = _("Alarms for the channel “%(name)s” arrive here. Nothing is wrong.") % {"name": name}
        return Message(_("Terminfest: test message"), text, NotifyType.INFO)


def _title(told: Sequence[AlarmNotice]) -> str:
    if len(told) > 1:
        return ngettext("Terminfest: %(count)s message", "Terminfest: %(count)s messages", len(told)) % {
            "count": len(told)
        }
    (notice,) = told
    facts = {"kind": notice.get_kind_display(), "title": str(_alarm(notice))}
    return _("Terminfest, %(kind)s: %(title)s") % facts


def _line(notice: AlarmNotice) -> str:
    alarm = _alarm(notice)
    facts = {
        "kind": notice.get_kind_display(),
        "whose": alarm.company.name if alarm.company else pgettext("alarm", "the installation"),
        "title": str(alarm),
        "sentence": alarms.sentence_of(alarm),
        "advice": alarms.advice_of(alarm),
    }
    if notice.kind == Notice.RESOLVED:
        return _("%(whose)s, over: %(title)s.") % facts
    return _("%(whose)s, %(kind)s: %(sentence)s %(advice)s") % facts


def _type(told: Sequence[AlarmNotice]) -> NotifyType:
    if all(notice.kind == Notice.RESOLVED for notice in told):
        return NotifyType.SUCCESS
    critical = any(_alarm(notice).severity == Severity.CRITICAL for notice in told)
    return NotifyType.FAILURE if critical else NotifyType.WARNING


def _alarm(notice: AlarmNotice) -> Alarm:
    """Only a message to try the channel has none, and nobody composes that of notices."""
    if notice.alarm is None:
        raise ValueError("this notice is about no alarm")
    return notice.alarm
