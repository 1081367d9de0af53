"""A gateway's key: entered, never shown."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminPasswordWidget

from integrations.messaging import by_apprise
from integrations.models import SmsGateway, Way

if TYPE_CHECKING:  # generic for mypy only
    _Form = forms.ModelForm[SmsGateway]
else:
    _Form = forms.ModelForm


class SmsGatewayForm(_Form):
    """A key that is left empty stays as it is, unless the address it would be sent to has changed."""

    new_secret = forms.CharField(
        label=gettext_lazy("key"),
        required=False,
        max_length=by_apprise.LONGEST,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}),
    )
    renew_report_secret = forms.BooleanField(
        label=gettext_lazy("A new address for reports: the present one ends"), required=False
    )

    class Meta:
        model = SmsGateway
        fields = ()  # those of the page

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "new_secret" not in self.fields:
            return
        known = _("set") if self.instance.secret_encrypted else _("not set")
        meant = _(
            "What stands in the header with the key, for example “Bearer …”. With apprise its whole address, "
            "with {to} in the place of the number."
        )
        self.fields["new_secret"].help_text = f"{known}. {meant}"
        self._url_before = (self.instance.way, self.instance.url)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        secret = self.cleaned_data.get("new_secret", "").strip()
        way = self.cleaned_data.get("way", self.instance.way)
        if secret and way == Way.APPRISE:
            try:
                by_apprise.check_url(secret)
            except ValidationError as error:
                self.add_error("new_secret", error)
        elif not secret and way == Way.APPRISE and not self._keeps():
            self.add_error("new_secret", _("Please enter the address for apprise."))
        elif "\n" in secret or not secret.isascii():
            self.add_error("new_secret", _("A key has letters, digits and signs on one line."))
        elif way != Way.NONE and not secret and self.instance.secret_encrypted and not self._keeps():
            self.add_error("new_secret", _("Please enter the key anew: the address has changed."))
        return cleaned

    def _keeps(self) -> bool:
        """Whoever may change the address must not have the key sent to one of their own."""
        now = (self.cleaned_data.get("way"), self.cleaned_data.get("url"))
        return bool(self.instance.secret_encrypted) and now == self._url_before

    def save(self, commit: bool = True) -> SmsGateway:  # noqa: FBT001, FBT002 - Django's
        if secret := self.cleaned_data["new_secret"].strip():
            self.instance.secret = secret
        if self.cleaned_data["renew_report_secret"] or not self.instance.report_secret_encrypted:
            self.instance.renew_report_secret()
        return super().save(commit)
