"""The page of an agent's conversations: what callers heard since when, what is new, and the way back."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.flow.deploying import Line, NoFlow, deploy, put_back, to_send
from calls.flow.versions import NoWayBack, before, changes
from calls.models import Deployment, FlowVersion, VoiceAgent
from integrations.retell.client import RetellError


def versions_page(model_admin: Any, request: HttpRequest, agent: VoiceAgent) -> HttpResponse:
    """GET shows, POST with ``do`` as ``back`` or ``deploy`` does it, for whoever may change agents."""
    may_change = model_admin.has_change_permission(request, agent)
    if not (may_change if request.method == "POST" else model_admin.has_view_permission(request, agent)):
        raise PermissionDenied
    if request.method == "POST":
        model_admin.message_user(request, *_done(agent, request.POST.get("do", "")))
        return HttpResponseRedirect(reverse("admin:calls_voiceagent_versions", args=[agent.pk]))
    live = Deployment.objects.filter(agent=agent).first()
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Versions of the conversation"),
        "agent": agent,
        "live": live,
        "may_change": may_change,
        "rows": _rows(agent),
        "would": _would(live),
        **_way_back(agent),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/calls/voiceagent/versions.html", context)


def _done(agent: VoiceAgent, what: str) -> tuple[str, int]:
    """What is said about it, and how gravely."""
    live = Deployment.objects.filter(agent=agent).first()
    try:
        if what == "back":
            facts = {"number": put_back(agent, now=timezone.now()).origin.number}
            return _("Callers hear version %(number)s again.") % facts, messages.SUCCESS
        if what == "deploy" and live is not None:
            deploy(live.url, Line(agent.agent_id, live.numbers), now=timezone.now())
            return _("Callers hear the conversation of today."), messages.SUCCESS
    except NoWayBack as error:
        return _no_way_back(error), messages.ERROR
    except RetellError:
        return _("The voice platform does not answer at the moment. Please try again later."), messages.ERROR
    except NoFlow:
        return _("At the voice platform this agent does not follow a conversation of ours."), messages.ERROR
    return _("Nothing was done."), messages.WARNING


def _way_back(agent: VoiceAgent) -> dict[str, Any]:
    try:
        return {"former": before(agent), "obstacle": ""}
    except NoWayBack as error:
        return {"former": None, "obstacle": _no_way_back(error)}


def _no_way_back(error: NoWayBack) -> str:
    if not error.functions:
        return _("There is no earlier conversation to go back to.")
    names = ", ".join(error.functions)
    return _("The earlier conversation asks for what is no longer answered: %(names)s.") % {"names": names}


def _would(live: Deployment | None) -> str:
    """What deploying would change; empty if nothing, or if nothing was deployed from here."""
    if live is None:
        return ""
    flow_id = live.sent["agent"]["response_engine"]["conversation_flow_id"]
    found = changes(live.sent, to_send(live.url, live.agent.agent_id, flow_id))
    return _amount(found) if found else ""


def _rows(agent: VoiceAgent) -> list[dict[str, str]]:
    versions = list(agent.versions.select_related("restores").order_by("-number"))
    return [_row(each, older) for each, older in zip(versions, [*versions, None][1:], strict=True)]


def _row(version: FlowVersion, older: FlowVersion | None) -> dict[str, str]:
    found = changes(older.sent, version.sent) if older else Counter()
    puts_back = _("puts version %(number)s back") % {"number": version.origin.number}
    return {
        "number": str(version.number),
        "when": date_format(timezone.localtime(version.deployed_at), "SHORT_DATETIME_FORMAT"),
        "who": version.actor or version.get_channel_display(),
        "what": puts_back if version.restores else _amount(found) if found else "–",
    }


def _amount(found: Counter[str]) -> str:
    parts = {
        "talk": ngettext(
            "%(n)s place of the conversation", "%(n)s places of the conversation", found["talk"]
        ),
        "tools": ngettext("%(n)s place of its questions", "%(n)s places of its questions", found["tools"]),
        "settings": ngettext("%(n)s setting", "%(n)s settings", found["settings"]),
    }
    return ", ".join(text % {"n": found[kind]} for kind, text in parts.items() if found[kind])
