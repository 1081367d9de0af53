"""A channel's address: entered, never shown again."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape  # a help text is taken for HTML
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from integrations.alarms.addresses import LONGEST, read_address
from integrations.models import AlarmChannel

if TYPE_CHECKING:  # generic for mypy only
    _Form = forms.ModelForm[AlarmChannel]
else:
    _Form = forms.ModelForm


class AlarmChannelForm(_Form):
    """An address that is left empty stays as it is."""

    new_address = forms.CharField(
        label=gettext_lazy("address"),
        required=False,
        max_length=LONGEST,
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "An e-mail address, or a URL: the webhook address of Slack or Microsoft Teams as it is shown "
            "there, tgram://…, discord://…, mailtos://…, jsons://…."
        ),
    )

    class Meta:
        model = AlarmChannel
        fields = ("company", "name", "active", "critical_only", "all_companies", "per_hour")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.shown and "new_address" in self.fields:
            text = _("Now: %(shown)s. Empty: it stays.") % {"shown": escape(self.instance.shown)}
            self.fields["new_address"].help_text = f"{text} {self.fields['new_address'].help_text}"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "company" in self.errors:
            return cleaned
        text = self.cleaned_data.get("new_address", "").strip()
        if not text:
            if not self.instance.address_encrypted:
                self.add_error("new_address", _("Please enter an address."))
            return cleaned
        company = self.cleaned_data.get("company", self.instance.company)
        try:
            address = read_address(text, may_reach_inside=company is None)
        except ValidationError as error:
            self.add_error("new_address", error)
            return cleaned
        self.instance.address, self.instance.shown = address.text, address.shown
        self.instance.last_error, self.instance.last_error_at = "", None
        return cleaned
