"""What is missing or wrong between the salon and its calendar, as data with a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from appointments.models import Service, Staff
from appointments.rules.phases import Run
from integrations.mapping.parts import Part


class Severity(TextChoices):
    ERROR = "error", _("error")
    WARNING = "warning", _("warning")


class Code(TextChoices):
    """Stable; for callers. The labels head the list in the admin."""

    NO_HOST = "no_host", _("stylist without calendar")
    NO_EVENT_TYPE = "no_event_type", _("no event type")
    RUN_GONE = "run_gone", _("part no longer exists")
    NO_KEY = "no_key", _("no key for Cal.com")
    UNREACHABLE = "unreachable", _("Cal.com not asked")
    UNKNOWN = "unknown", _("unknown to Cal.com")
    MANAGED_PARENT = "managed_parent", _("managed event type")
    OTHER_HOST = "other_host", _("somebody else's event type")
    LENGTH = "length", _("other length")
    NOTICE = "notice", _("notice too long")
    GRID = "grid", _("other grid")
    CONFIRMATION = "confirmation", _("needs confirmation")
    BUFFERS = "buffers", _("buffers at Cal.com")
    SEATS = "seats", _("with seats")
    RECURRING = "recurring", _("recurring")


# Translated when they are read.
SENTENCES: dict[Code, str] = {
    Code.NO_HOST: gettext_noop("%(staff)s has no calendar at Cal.com: nothing of theirs can stand there."),
    Code.NO_EVENT_TYPE: gettext_noop("%(part)s (%(minutes)s minutes) has no event type at Cal.com."),
    Code.RUN_GONE: gettext_noop(
        "Event type %(id)s belongs to phase %(position)s of %(service)s, with which no part begins any more."
    ),
    Code.NO_KEY: gettext_noop("There is no key with which Cal.com could be asked."),
    Code.UNREACHABLE: gettext_noop("Cal.com could not be asked: %(reason)s"),
    Code.UNKNOWN: gettext_noop(
        "Cal.com does not know the event type %(id)s, or does not show it to this key."
    ),
    Code.MANAGED_PARENT: gettext_noop(
        "Event type %(id)s is a managed one, which cannot be booked. Take the one that Cal.com made from it "
        "for %(staff)s."
    ),
    Code.OTHER_HOST: gettext_noop(
        "A booking of event type %(id)s would not stand in the calendar of %(staff)s alone."
    ),
    Code.LENGTH: gettext_noop("Event type %(id)s takes %(theirs)s minutes, %(part)s takes %(minutes)s."),
    Code.NOTICE: gettext_noop(
        "Event type %(id)s wants %(theirs)s minutes of notice, the salon %(ours)s: Cal.com will refuse "
        "what is promised at short notice."
    ),
    Code.GRID: gettext_noop(
        "Event type %(id)s shows a time every %(theirs)s minutes, the salon's starts need every %(ours)s: "
        "set its slot interval to %(ours)s."
    ),
    Code.CONFIRMATION: gettext_noop(
        "Bookings of event type %(id)s have to be confirmed at Cal.com; switch that off."
    ),
    Code.BUFFERS: gettext_noop(
        "Event type %(id)s has buffers of %(theirs_before)s and %(theirs_after)s minutes, %(part)s of "
        "%(ours_before)s and %(ours_after)s: Cal.com will refuse times that are free."
    ),
    Code.SEATS: gettext_noop(
        "Event type %(id)s sells seats: Cal.com would book several customers at one time."
    ),
    Code.RECURRING: gettext_noop("Event type %(id)s repeats: one booking there would become several."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Without ``staff`` it concerns the whole company, without ``service`` all of the stylist's."""

    code: Code
    severity: Severity
    staff: Staff | None = None
    service: Service | None = None
    run: Run | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the language in which it is read."""
        return gettext(SENTENCES[self.code]) % {"staff": self.staff, "service": self.service, **self.facts}


def of_part(code: Code, part: Part, severity: Severity = Severity.ERROR, **facts: Any) -> Finding:
    known = {"part": str(part), "minutes": part.minutes, **facts}
    return Finding(code, severity, part.staff, part.service, part.run, known)
