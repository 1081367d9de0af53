"""The secrets of a connection: entered, never shown."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminPasswordWidget

from integrations.models import CalendarConnection

if TYPE_CHECKING:  # generic for mypy only
    _Form = forms.ModelForm[CalendarConnection]
else:
    _Form = forms.ModelForm

# A browser must not fill in what it keeps for somebody's login.
SECRET = UnfoldAdminPasswordWidget({"autocomplete": "new-password"})
SECRETS = ("api_key", "webhook_secret")


class ConnectionForm(_Form):
    """A secret that is left empty stays as it is."""

    new_api_key = forms.CharField(
        label=gettext_lazy("API key"), required=False, max_length=500, widget=SECRET
    )
    new_webhook_secret = forms.CharField(
        label=gettext_lazy("webhook secret"), required=False, max_length=500, widget=SECRET
    )
    forget_api_key = forms.BooleanField(
        label=gettext_lazy("Delete the company's own API key"), required=False
    )
    forget_webhook_secret = forms.BooleanField(
        label=gettext_lazy("Delete the company's own webhook secret"), required=False
    )

    class Meta:
        model = CalendarConnection
        fields = ("company",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SECRETS:
            is_set = bool(getattr(self.instance, f"{name}_encrypted"))
            self.fields[f"new_{name}"].help_text = _("set") if is_set else _("not set")

    def save(self, commit: bool = True) -> CalendarConnection:  # noqa: FBT001, FBT002 - Django's
        for name in SECRETS:
            if self.cleaned_data[f"forget_{name}"]:
                setattr(self.instance, name, "")
            elif secret := self.cleaned_data[f"new_{name}"].strip():
                setattr(self.instance, name, secret)
        return super().save(commit)
