"""What is asked of whoever plans an outage, and what was chosen for each appointment."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import INPUT_CLASSES, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from appointments.models import Staff
from appointments.models.outage import Choice
from appointments.replanning import Away, Decision, Proposal
from appointments.rules.hours import instant
from appointments.rules.periods import Period

# Longer than a sick note; a season is planned in the working hours.
LONGEST = timedelta(days=31)
END_OF_DAY = 24 * 60
STYLE = " ".join(INPUT_CLASSES)


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": STYLE})


def _clock() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": STYLE})


class StaffField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """With the salon, where the login sees more than one."""

    names_branch = False

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}, {obj.branch}" if self.names_branch else str(obj)


class OutageForm(forms.Form):
    """``now`` decides what has passed. ``away`` is what was asked for."""

    staff = StaffField(Staff.objects.none(), label=_("Who"), widget=UnfoldAdminSelectWidget)
    first_day = forms.DateField(label=_("From"), widget=_day())
    starts = forms.TimeField(label=_("From what time"), required=False, widget=_clock())
    last_day = forms.DateField(label=_("Until"), required=False, widget=_day())
    ends = forms.TimeField(label=_("Until what time"), required=False, widget=_clock())
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, data: Any, *, staff: QuerySet[Staff], now: datetime, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["staff"]
        field.queryset = staff
        field.names_branch = len({one.branch_id for one in staff}) > 1
        self._now = now

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        period = _period(cleaned)
        if period.end <= period.start:
            raise ValidationError(_("The end must be after the start."), code="end_before_start")
        if period.end <= self._now:
            raise ValidationError(_("This time has passed."), code="past")
        if period.end - period.start > LONGEST:
            raise ValidationError(_("Please plan a month at most at once."), code="too_long")
        return cleaned

    @property
    def away(self) -> Away:
        return Away(
            self.cleaned_data["staff"], _period(self.cleaned_data), self.cleaned_data["reason"].strip()
        )


def _period(cleaned: Mapping[str, Any]) -> Period:
    """Without times the whole of the days; by the clock of the salon."""
    zone = cleaned["staff"].branch.zone
    first: date = cleaned["first_day"]
    last: date = cleaned["last_day"] or first
    starts, ends = cleaned["starts"], cleaned["ends"]
    return Period(
        instant(first, _minute(starts) if starts else 0, zone),
        instant(last, _minute(ends) if ends else END_OF_DAY, zone, fold=1),
    )


def _minute(clock: Any) -> int:
    return int(clock.hour) * 60 + int(clock.minute)


class NotChosen(Exception):
    """What was sent is not what the page offers."""


def decisions_of(data: Mapping[str, Any], staff: Iterable[Staff]) -> dict[int, Decision]:
    """What was chosen, by appointment. Raises ``NotChosen``."""
    people = {str(one.pk): one for one in staff}
    found = {}
    for name in data:
        prefix, _dash, pk = name.partition("-")
        if prefix == "choice":
            found[_number(pk)] = _decision(data[name], _number(data.get(f"seen-{pk}", "")), people)
    return found


def _decision(chosen: str, revision: int, people: Mapping[str, Staff]) -> Decision:
    if chosen in {Choice.STAY, Choice.CALL}:
        return Decision(Choice(chosen), revision)
    staff, _slash, start = chosen.partition("/")
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise NotChosen from None
    if staff not in people or moment.tzinfo is None:
        raise NotChosen
    return Decision(Choice.MOVE, revision, people[staff], moment)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise NotChosen
    return int(text)


def select_of(proposal: Proposal, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of the table; what somebody had chosen before stays chosen where it is still offered."""
    rows = []
    for row in proposal.rows:
        values = [f"{slot.staff.pk}/{slot.start.isoformat()}" for slot in row.places]
        best = values[0] if values else Choice.CALL.value
        default = Choice.STAY.value if row.stays else best
        asked = chosen.get(f"choice-{row.appointment.pk}", "")
        known = asked in {*values, Choice.STAY.value, Choice.CALL.value}
        rows.append(
            {
                "appointment": row.appointment,
                "options": list(zip(values, row.places, strict=True)),
                "chosen": asked if known else default,
                "proposed": row.proposed,
            }
        )
    return rows
