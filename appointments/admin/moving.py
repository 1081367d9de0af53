"""The page on which several appointments get new times at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSplitDateTimeWidget

from appointments import booking
from appointments.models import Appointment, Staff

if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet["MoveForm"]
else:
    _FormSet = forms.BaseFormSet


class MoveForm(forms.Form):
    starts_at = forms.SplitDateTimeField(label=_("start"), widget=UnfoldAdminSplitDateTimeWidget)
    staff = forms.ModelChoiceField(Staff.objects.none(), label=_("stylist"), widget=UnfoldAdminSelectWidget)
    seen_revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.appointment = appointment
        colleagues = Staff.objects.active().filter(branch=appointment.branch_id).order_by("name")
        self.fields["staff"].queryset = colleagues  # type: ignore[attr-defined]

    def as_move(self) -> tuple[Appointment, booking.Move]:
        to = booking.Move(start=self.cleaned_data["starts_at"], staff=self.cleaned_data["staff"])
        return self.appointment, to


class MoveFormSet(_FormSet):
    """One form for each appointment, in their order."""

    form = MoveForm
    renderer = forms.renderers.get_default_renderer()
    min_num = extra = 0
    max_num = absolute_max = 1000
    can_order = can_delete = can_delete_extra = validate_max = validate_min = False
    edit_only = False

    def __init__(self, data: Any, *, appointments: Sequence[Appointment]) -> None:
        self.appointments = appointments
        initial = [
            {"starts_at": each.starts_at, "staff": each.staff_id, "seen_revision": each.revision}
            for each in appointments
        ]
        super().__init__(data, initial=initial, prefix="move")
        self.refusal = ""

    def total_form_count(self) -> int:
        """As many as were selected, whatever was sent."""
        return len(self.appointments)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {"appointment": self.appointments[index or 0]}

    def apply(self, *, now: datetime) -> bool:
        """Moves all or none; ``refusal`` says why none was moved."""
        if not self.is_valid():
            return False
        try:
            booking.replan(
                [form.as_move() for form in self.forms],
                now=now,
                revisions={form.appointment.pk: form.cleaned_data["seen_revision"] for form in self.forms},
                overrides_hours="overrides_hours" in self.data,
            )
        except booking.BookingError as error:
            self.refusal = str(error)
        return not self.refusal
