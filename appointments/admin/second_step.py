"""Where each login switches the second step on, makes new codes on paper, and switches it off."""

from typing import Any

import segno
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from appointments.access import access_of, second_step
from appointments.admin.login import UNREADABLE, CodeForm
from appointments.encryption import SecretUnreadable
from appointments.models import Membership


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def second_step_page(request: HttpRequest) -> HttpResponse:
    """POST with a code does what its button says; without the right code nothing happens."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    codes: list[str] = []
    if form.is_bound and form.is_valid():
        try:
            done = _act(request, form.cleaned_data["code"])
        except SecretUnreadable:
            form.add_error("code", UNREADABLE)
            return _page(request, form, codes)
        if done is None:
            form.refuse()
        elif not done:
            return HttpResponseRedirect(request.path)
        else:
            codes = done
    return _page(request, form, codes)


def _act(request: HttpRequest, code: str) -> list[str] | None:
    """Codes to be shown once; empty if there are none to show; None if ``code`` is wrong."""
    user, action = request.user, request.POST.get("action", "")
    if action == "on":
        codes = second_step.confirm(user, code)
        _note(request, _("Two steps switched on.") if codes else "")
        return codes or None
    if action == "codes":
        return second_step.renew_codes(user, code) or None
    if action == "off" and not access_of(user).second_step:
        if not second_step.verify(user, code):
            return None
        second_step.switch_off(user)
        _note(request, _("Two steps switched off."))
        messages.success(request, _("Logging in takes only the password again."))
    return []


def _note(request: HttpRequest, what: str) -> None:
    """In the history of the person's login, where the owner reads it."""
    membership = Membership.objects.filter(user=request.user.pk).first()
    if what and membership is not None and request.user.pk is not None:
        LogEntry.objects.log_actions(request.user.pk, [membership], CHANGE, what, single_object=True)


def _page(request: HttpRequest, form: CodeForm, codes: list[str]) -> HttpResponse:
    on = second_step.is_on(request.user)
    device = None if on else second_step.begin(request.user)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Log in in two steps"),
        "form": form if not codes else CodeForm(),
        "codes": codes,
        "on": on,
        "left": second_step.codes_left(request.user),
        "required": access_of(request.user).second_step,
        "secret": second_step.secret_of(device) if device else "",
        # A picture in the address itself: nothing of the secret is fetched or stored anywhere.
        "picture": segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2) if device else "",
    }
    return TemplateResponse(request, "admin/second_step.html", context)
