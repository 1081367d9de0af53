"""Forms for appointments. They hold no rule: the writer's refusal is handed in and shown."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from appointments.models import Appointment

if TYPE_CHECKING:  # generic for mypy only
    _Form = forms.ModelForm[Appointment]
else:
    _Form = forms.ModelForm


class AppointmentForm(_Form):
    """``refusal`` is the sentence with which the writer has refused these very values, if it has."""

    refusal: ClassVar[str] = ""

    overrides_hours = forms.BooleanField(
        label=_("Book it all the same"),
        required=False,
        help_text=_("Outside opening and working hours, in the past, or at an unusual minute."),
    )
    seen_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Appointment
        fields = (
            "branch",
            "staff",
            "service",
            "starts_at",
            "customer",
            "attendee_name",
            "contact_phone",
            "notes",
            "price",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_revision"].initial = self.instance.revision

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        branch = self.cleaned_data.get("branch")
        if branch is not None:
            self.instance.company = branch.company
        if self.refusal and self.has_changed():
            raise ValidationError(self.refusal, code="refused")
        return cleaned
