"""The form of an event type, which asks Cal.com whose it is (incidents E6, F14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from appointments.models import Staff
from integrations.calcom.errors import CalendarError
from integrations.calcom.line import Line
from integrations.calcom.types import EventType
from integrations.mapping import parts
from integrations.mapping.catalogue import Catalogue
from integrations.mapping.findings import Code, Finding, Severity
from integrations.mapping.judging import cannot_be, judge
from integrations.models import CalendarEventType, CalendarHost

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[CalendarEventType]
else:
    _ModelForm = forms.ModelForm

LARGEST_ID = 2**63 - 1
WHAT_IT_IS = ("staff", "service", "phase_position", "event_type_id")


@dataclass(frozen=True, slots=True)
class Answer:
    """What Cal.com said of an event type. ``trouble`` is a sentence if it could not be asked."""

    event_type_id: int
    user_id: int | None
    event_type: EventType | None = None
    trouble: str = ""


def ask_for(typed: Mapping[str, Any], *, staff_rows: QuerySet[Staff]) -> Answer | None:
    """None if what was typed cannot be asked about; the form itself will say so. Over HTTP.

    ``staff_rows``: whom the login may name, because the key of their company is used.
    """
    staff_id, event_type_id = _number(typed.get("staff")), _number(typed.get("event_type_id"))
    if staff_id is None or event_type_id is None:
        return None
    staff = staff_rows.select_related("company").filter(pk=staff_id).first()
    if staff is None:
        return None
    user_id = CalendarHost.objects.filter(staff=staff).values_list("calcom_user_id", flat=True).first()
    line = Line.of(staff.company)
    if line is None:
        return Answer(event_type_id, user_id, trouble=Finding(Code.NO_KEY, Severity.WARNING).sentence)
    try:
        found = Catalogue(line).find(event_type_id, user_id=user_id)
    except CalendarError as error:
        facts = {"reason": error}
        trouble = Finding(Code.UNREACHABLE, Severity.WARNING, facts=facts).sentence
        return Answer(event_type_id, user_id, trouble=trouble)
    return Answer(event_type_id, user_id, found)


def _number(text: Any) -> int | None:
    value = int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 20 else 0
    return value if 0 < value <= LARGEST_ID else None


class CalendarEventTypeForm(_ModelForm):
    """Refuses what cannot be booked for the stylist; anything else that is wrong is a warning."""

    answer: ClassVar[Answer | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.warnings: list[str] = []

    def clean(self) -> dict[str, Any] | None:
        """Fields with an error of their own are missing here, and nothing more is said then."""
        cleaned = super().clean() or {}
        if all(cleaned.get(name) for name in WHAT_IT_IS):
            self._clean_part(cleaned)
        return cleaned

    def _clean_part(self, cleaned: dict[str, Any]) -> None:
        staff, service = cleaned["staff"], cleaned["service"]
        offered = parts.of(staff, service)
        part = next((each for each in offered if each.run.position == cleaned["phase_position"]), None)
        if part is None:
            positions = ", ".join(str(each.run.position) for each in offered)
            facts = {"service": service, "positions": positions or "–"}
            text = _("The parts of %(service)s begin with these phases: %(positions)s.") % facts
            self.add_error("phase_position", text)
        elif self.answer is not None:
            self._judge(self.answer, part)

    def _judge(self, answer: Answer, part: parts.Part) -> None:
        if answer.trouble:
            self.warnings = [answer.trouble]
            return
        found = judge(answer.event_type, part, event_type_id=answer.event_type_id, user_id=answer.user_id)
        if cannot_be(found):
            self.add_error("event_type_id", found[0].sentence)
            return
        self.warnings = [finding.sentence for finding in found]
        if answer.user_id is None:
            self.warnings.append(Finding(Code.NO_HOST, Severity.WARNING, part.staff).sentence)

    def take_facts(self, *, now: datetime) -> None:
        """Onto the instance; what is not known of the event type is empty."""
        found = self.answer.event_type if self.answer else None
        unchanged = "event_type_id" not in self.changed_data
        if found is None and unchanged:
            return
        self.instance.length_minutes = found.length_minutes if found else None
        self.instance.slot_interval = found.slot_interval if found else None
        self.instance.checked_at = now if found else None
