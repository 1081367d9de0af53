"""The login: a password, and for those who have switched it on a code. In between nobody is logged in."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth import login as log_in
from django.contrib.auth.signals import user_login_failed
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from appointments.access import second_step
from appointments.client_address import client_address
from appointments.encryption import SecretUnreadable
from appointments.throttling import Limit

PENDING = "second_step"
UNREADABLE = _(
    "The secret of your phone cannot be read any more. Please use one of your codes on paper, or ask "
    "whoever runs the system."
)
# Seconds between password and code.
PATIENCE = 300
# From one address, whoever tries to log in: a whole salon in the morning, not somebody with a list.
ATTEMPTS = Limit("login", 100, 15 * 60)


class PasswordPage(LoginView):
    template_name = "admin/login.html"
    authentication_form = AuthenticationForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if admin.site.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Those who guess at one login are stopped earlier, by axes; this is for who tries many logins."""
        if not ATTEMPTS.admits(client_address(request), now=timezone.now()):
            refusal: HttpResponse = get_lockout_response(request)
            return refusal
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        facts = {
            "title": _("Log in"),
            "app_path": self.request.get_full_path(),
            "username": self.request.user.get_username(),
        }
        return {**admin.site.each_context(self.request), **context, **facts}

    def form_valid(self, form: Any) -> HttpResponse:
        """Whoever has a device is not logged in by a password."""
        user = form.get_user()
        if not second_step.is_on(user):
            return super().form_valid(form)
        self.request.session[PENDING] = {
            "user": user.pk,
            "backend": user.backend,
            # Of no use once the password has changed.
            "hash": user.get_session_auth_hash(),
            "until": int(timezone.now().timestamp()) + PATIENCE,
        }
        query = {self.redirect_field_name: self.get_redirect_url()} if self.get_redirect_url() else None
        return HttpResponseRedirect(reverse("login-code", query=query))


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("code"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "autocapitalize": "off"}
        ),
        help_text=_("From the app on your phone, or one of your codes on paper."),
    )

    def refuse(self) -> None:
        self.add_error(
            "code", _("This code is wrong or has been used. Please wait a moment and take the next one.")
        )


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class CodePage(RedirectURLMixin, FormView):  # type: ignore[type-arg]
    """For whoever has just given the right password. Wrong codes count as wrong passwords do."""

    form_class = CodeForm
    template_name = "admin/login_code.html"
    next_page = "admin:index"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.user = _pending_user(request)
        if self.user is None:
            return HttpResponseRedirect(reverse("admin:login"))
        credentials = {"username": self.user.get_username()}
        if not AxesProxyHandler.is_allowed(request, credentials):
            answer: HttpResponse = get_lockout_response(request, credentials=credentials)
            return answer
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**admin.site.each_context(self.request), **context, "title": _("Second step")}

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            is_right = self.user is not None and second_step.verify(self.user, form.cleaned_data["code"])
        except SecretUnreadable:
            form.add_error("code", UNREADABLE)
            return self.form_invalid(form)
        if not is_right:
            credentials = {"username": self.user.get_username() if self.user else ""}
            user_login_failed.send(sender=__name__, credentials=credentials, request=self.request)
            form.refuse()
            return self.form_invalid(form)
        backend = self.request.session.pop(PENDING)["backend"]
        log_in(self.request, self.user, backend=backend)
        return HttpResponseRedirect(self.get_success_url())


def _pending_user(request: HttpRequest) -> Any:
    """Whose password has just been right; None if nobody's, or too long ago."""
    pending = request.session.get(PENDING)
    if not pending or pending["until"] < timezone.now().timestamp():
        return None
    user: Any = get_user_model().objects.filter(pk=pending["user"], is_active=True).first()
    return user if user is not None and user.get_session_auth_hash() == pending["hash"] else None
