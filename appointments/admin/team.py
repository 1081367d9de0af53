"""Who works in the admin, as what."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model, password_validation
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from appointments.access import access_of, second_step
from appointments.access.members import remove_member, save_member
from appointments.admin.base import ModelAdmin, SameCompanyFormSet, TabularInline
from appointments.models import Membership, MembershipBranch

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Membership]
else:
    _ModelForm = forms.ModelForm

LOGIN = ("username", "first_name", "last_name", "email")


# Their own pages show secrets. What is to be done with a device is done here.
for device in (TOTPDevice, StaticDevice):
    admin.site.unregister(device)


class MembershipForm(_ModelForm):
    """The login is made here: whoever runs a salon sees no list of other people's."""

    username = forms.CharField(
        label=_("login"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        widget=UnfoldAdminTextInputWidget,
    )
    first_name = forms.CharField(
        label=_("first name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )
    last_name = forms.CharField(
        label=_("last name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )
    email = forms.EmailField(label=_("e-mail"), required=False, widget=UnfoldAdminEmailInputWidget)
    password = forms.CharField(
        label=_("new password"),
        required=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. Empty: stays as it is."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in LOGIN:
                self.fields[name].initial = getattr(self.instance.user, name)

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        others = get_user_model().objects.filter(username__iexact=username).exclude(pk=self.instance.user_id)
        if others.exists():
            raise ValidationError(_("This login is already taken."), code="login_taken")
        return username

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if password:
            password_validation.validate_password(password)
        elif not self.instance.pk:
            raise ValidationError(_("A new login needs a password."), code="password_missing")
        return password


class BranchInline(TabularInline):
    model = MembershipBranch
    formset = SameCompanyFormSet
    fields = ("branch",)
    extra = 0


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):
    form = MembershipForm
    fields = ("company", "role", "staff", *LOGIN, "password")
    list_display = ("user", "role", "staff", "two_steps", "company")
    list_filter = ("role", "company")
    list_select_related = ("user", "staff", "company")
    search_fields = ("user__username", "user__first_name", "user__last_name", "staff__name")
    ordering = ("user__username",)
    autocomplete_fields = ("staff",)
    inlines = (BranchInline,)
    actions = ("reset_second_step",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """Whoever sets a password can log in with it: nobody of a salon sets that of an operator."""
        members: QuerySet[Membership] = super().get_queryset(request)
        device = TOTPDevice.objects.filter(user=OuterRef("user"), confirmed=True)
        members = members.annotate(has_second_step=Exists(device))
        if access_of(request.user).everything:
            return members
        return members.exclude(user__is_superuser=True)

    @admin.display(description=_("two steps"), boolean=True)
    def two_steps(self, member: Membership) -> bool:
        return member.has_second_step  # type: ignore[attr-defined, no-any-return]

    @admin.action(description=_("Phone lost: log in with the password only"), permissions=["change"])
    def reset_second_step(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        done = [member for member in queryset.select_related("user") if second_step.switch_off(member.user)]
        for member in done:
            self.log_change(request, member, _("Two steps reset."))
        text = ngettext("%(count)s login reset.", "%(count)s logins reset.", len(done))
        self.message_user(
            request, text % {"count": len(done)}, messages.SUCCESS if done else messages.WARNING
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> Any:
        """A login stays with its company, and nobody locks themselves out."""
        if obj is None:
            return ()
        return ("company", "role") if obj.user == request.user else ("company",)

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        own = obj is not None and obj.user == request.user
        return super().has_delete_permission(request, obj) and not own

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        login = {name: form.cleaned_data[name] for name in LOGIN}
        save_member(obj, login=login, password=form.cleaned_data["password"])

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        remove_member(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Membership]) -> None:
        for member in queryset.exclude(user=request.user.pk).select_related("user"):
            remove_member(member)
