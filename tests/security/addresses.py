"""Every address of the project, read from the resolver, and what is known of each in the admin."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.admin import site
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver

# What Django's admin and the packages on it make for each model; the rest is ours.
STANDARD = re.compile(
    r"admin/(?P<app>\w+)/(?P<model>\w+)/"
    r"(?P<page>|add/|export/<str:kind>/|<path:object_id>/(?:history/|delete/|change/|)|\^\(\[\^/\]\+\)/history/.*)$"
)
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\[\^/\]\+\)")


@dataclass(frozen=True, slots=True)
class Page:
    """One address of our own in the admin.

    ``may``: for whom of owner, manager, receptionist, stylist it is (their initials). ``of``: whose row it
    names. ``sends``: what its form posts (``json``: its script); None: it is looked at only. ``asks``: its query.
    In texts ``{appointments.staff}`` stands for the id of such a row.
    """

    may: str
    of: str = ""
    sends: Mapping[str, Any] | None = None
    asks: str = ""
    json: bool = False


def every_address() -> Iterator[tuple[str, str]]:
    """Route as it is written, and name."""
    yield from _walk(get_resolver(), "", "")


def _walk(resolver: URLResolver, prefix: str, space: str) -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route, space + (each.name or "")
        else:
            yield from _walk(each, route, space + (f"{each.namespace}:" if each.namespace else ""))


MARK, BOTH = {"status": "confirmed", "revision": "1"}, {"kept": "0"}
CHOSEN = {"_selected_action": "{appointments.appointment}", "action": "delete_selected"}

# Those of the admin that are nobody's rows: what comes from Django, and what is for everybody.
OPEN = frozenset(
    {
        *("admin/login/", "admin/login/code/", "admin/logout/", "admin/jsi18n/", "admin/password_change/"),
        *("admin/password_change/done/", "admin/^(?P<app_label>", "admin/(?P<url>.*)$"),
    }
)
PAGES: dict[str, Page] = {
    "admin/": Page("omrs"),
    "admin/planner/": Page("omrs", asks="branch={appointments.branch}&staff={appointments.staff}&view=week"),
    "admin/planner/feed/": Page("omrs", asks="branch={appointments.branch}&day=2025-11-24"),
    "admin/planner/move/": Page(
        "omrs",
        sends={
            "appointment": "{appointments.appointment}",
            "revision": 1,
            "start": "2025-11-24T16:00",
            "staff": "{appointments.staff}",
            "insists": True,
        },
        json=True,
    ),
    "admin/planner/book/": Page(
        "omrs",
        sends={
            "branch": "{appointments.branch}",
            "staff": "{appointments.staff}",
            "service": "{appointments.service}",
            "customer": "{appointments.customer}",
            "start": "2025-11-24T18:00",
            "insists": True,
        },
        json=True,
    ),
    "admin/planner/take-back/": Page(
        "omrs", sends={"appointment": "{appointments.appointment}", "revision": 1}, json=True
    ),
    "admin/planner/customers/": Page("omrs", asks="branch={appointments.branch}&q=Unsichtbar"),
    "admin/dashboard/": Page("om", asks="branch={appointments.branch}"),
    "admin/second-step/": Page("omrs"),
    "admin/search/": Page("omrs", asks="s=Unsichtbar"),
    "admin/worklist/": Page("omr", sends={"list": "callbacks", "row": "{calls.callback}"}),
    "admin/autocomplete/": Page(
        "omrs", asks="app_label=appointments&model_name=appointment&field_name=customer&term=Unsichtbar"
    ),
    "admin/r/<path:content_type_id>/<path:object_id>/": Page("omrs"),
    "admin/auth/user/<id>/password/": Page("", of="auth.user", sends={"password1": "x", "password2": "x"}),
    "admin/appointments/alarm/<int:pk>/acknowledge/": Page("omr", of="appointments.alarm", sends={}),
    "admin/appointments/waitlistentry/free/": Page(
        "omr",
        sends={
            "entry": "{appointments.waitlistentry}",
            "staff": "{appointments.staff}",
            "start": "2025-11-24T12:00:00+01:00",
        },
        asks="branch={appointments.branch}",
    ),
    "admin/appointments/appointment/<int:pk>/step/": Page("omrs", of="appointments.appointment", sends=MARK),
    "admin/appointments/customer/unite/": Page(
        "omr", sends={"kept": "{appointments.customer}"}, asks="ids={appointments.customer},1"
    ),
    "admin/appointments/customer/<int:pk>/unite/": Page(
        "omr", of="appointments.customer", asks="q=Unsichtbar"
    ),
    "admin/appointments/import/<int:pk>/mapping/": Page(
        "om", of="appointments.import", sends={"action": "import"}
    ),
    "admin/appointments/import/<int:pk>/progress/": Page("om", of="appointments.import"),
    "admin/appointments/import/<int:pk>/again/": Page("om", of="appointments.import", sends={}),
    "admin/appointments/import/<int:pk>/refused.csv": Page("om", of="appointments.import"),
    # After the others: then it is gone.
    "admin/appointments/import/<int:pk>/discard/": Page("om", of="appointments.import", sends={}),
    "admin/appointments/integrityreport/morning/": Page("om", asks="company={slug}"),
    "admin/appointments/integrityreport/run/": Page("om", sends={"company": "{slug}"}, asks="company={slug}"),
    "admin/appointments/finding/<int:pk>/repair/": Page("om", of="appointments.finding", sends={}),
    "admin/appointments/finding/<int:pk>/acknowledge/": Page(
        "om", of="appointments.finding", sends={"reason": "bekannt"}
    ),
    "admin/appointments/outage/plan/": Page(
        "omr",
        sends={"staff": "{appointments.staff}", "first_day": "24.11.2025", "last_day": "24.11.2025"},
        asks="staff={appointments.staff}&first_day=2025-11-24",
    ),
    "admin/appointments/conflictingappointment/<int:pk>/decide/<str:way>/": Page(
        "omrs", of="appointments.conflictingappointment", sends={"revision": "1"}
    ),
    "admin/appointments/conflictingappointment/<int:pk>/move/": Page(
        "omrs", of="appointments.conflictingappointment", sends={"revision": "1"}
    ),
    "admin/appointments/staff/<path:object_id>/outage/": Page("omr", of="appointments.staff"),
    "admin/appointments/staff/<path:object_id>/calendar-link/": Page(
        "oms", of="appointments.staff", sends={"action": "issue"}
    ),
    "admin/integrations/alarmchannel/<int:pk>/try/": Page("o", of="integrations.alarmchannel", sends={}),
    "admin/integrations/calendarcase/<int:pk>/solve/<str:way>/": Page(
        "omr", of="integrations.calendarcase", sends={"revision": "1"}
    ),
    "admin/integrations/calendarcase/<int:pk>/move/": Page("omr", of="integrations.calendarcase", sends={}),
    "admin/integrations/calendarconnection/<int:pk>/check/": Page(
        "o", of="integrations.calendarconnection", sends={}
    ),
    "admin/integrations/calendarconnection/<int:pk>/compare/": Page(
        "o", of="integrations.calendarconnection", sends={}
    ),
    "admin/integrations/calendarhost/find/": Page("om", sends={"host": "1"}, asks="company={slug}"),
    "admin/integrations/calendareventtype/check/": Page("om", sends={}, asks="company={slug}"),
    "admin/integrations/messagetemplate/<int:pk>/test/": Page(
        "om", of="integrations.messagetemplate", sends={}
    ),
    "admin/calls/callback/<int:pk>/please-call/": Page("omr", of="calls.callback", sends={}),
    "admin/integrations/smsgateway/<int:pk>/try/": Page(
        "o", of="integrations.smsgateway", sends={"number": ""}
    ),
    "admin/integrations/calendarsync/appointment/<int:pk>/compare/": Page(
        "omrs", of="appointments.appointment", sends={}
    ),
    "admin/integrations/calendarsync/read-back/": Page("omr", sends={}, asks="company={slug}"),
    "admin/calls/call/test-call/": Page("omr", sends={"action": "start"}),
    "admin/held/": Page("o"),
    "admin/integrations/calendarconnection/<int:pk>/branches/": Page(
        "o", of="integrations.calendarconnection", sends={"branch": "{appointments.branch}", "mode": "off"}
    ),
    "admin/calls/voiceagent/<int:pk>/versions/": Page("o", of="calls.voiceagent"),
    "admin/appointments/customer/<int:pk>/information/": Page("om", of="appointments.customer", sends={}),
    # The last about a customer: then there is none.
    "admin/appointments/customer/<int:pk>/erase/": Page(
        "om", of="appointments.customer", sends={"understood": "on", "coming": "cancel"}
    ),
    "admin/calls/call/link-calls/": Page("omr", sends={}, asks="company={slug}"),
}
# Outside of the admin: what keeps companies apart there, and which test holds it.
ELSEWHERE = {
    "": "leads to the admin",
    "healthz": "says nothing of anybody",
    "readyz": "says nothing of anybody",
    "metrics": "by the operator's token (tests/config/test_metrics.py)",
    "i18n/setlang/": "a cookie",
    "feed/<str:token>.ics": "by a token of one stylist (tests/admin/test_feed.py)",
    "retell/functions/": "by the dialled number (tests/calls/test_two_tenants.py)",
    "retell/functions/<str:name>/": "by the dialled number (tests/calls/test_two_tenants.py)",
    "retell/webhook/": "by the dialled number (tests/calls/test_two_tenants.py)",
    "retell/inbound/": "by the dialled number (tests/calls/test_two_tenants.py)",
    "calcom/webhook/<str:slug>/": "by the company's secret (tests/integrations/incoming/test_intake.py)",
    "termin/<str:token>/": "by a token of one appointment",
    "termin/<str:token>/kommen/": "by a token of one appointment",
    "termin/<str:token>/absagen/": "by a token of one appointment",
    "termin/<str:token>/verschieben/": "by a token of one appointment",
    "termin/<str:token>/erinnern/": "by a token of one appointment",
    "termin/<str:token>/termin.ics": "by a token of one appointment",
    "termin/<str:token>/nachrichten/": "by a token of one appointment",
    "angebot/<str:token>/": "by a token of one offer",
    "angebot/<str:token>/nachrichten/": "by a token of one offer",
    "stopp/<str:token>/": "by a token of one message",
    "sms/report/<str:slug>/": "by the company's secret (tests/integrations/messaging/test_by_sms.py)",
    "sms/report/<str:slug>/<str:secret>/": "by the company's secret (tests/integrations/messaging/test_by_sms.py)",
    "api/schema/": "says nothing of anybody",
    "api/docs/": "says nothing of anybody",
    "api/": "nothing is there",
}
# Of the API, with what is sent to it.
API: dict[str, dict[str, Any]] = {
    "api/v1/^appointments/$": {
        "get": "branch={appointments.branch}&staff={appointments.staff}&customer={appointments.customer}",
        "post": {
            "service": "{appointments.service}",
            "staff": "{appointments.staff}",
            "customer": "{appointments.customer}",
            "starts_at": "2025-11-24T18:00:00+01:00",
        },
    },
    "api/v1/^appointments/(?P<pk>[0-9]{1,18})/$": {
        "of": "appointments.appointment",
        "get": "",
        "patch": {"notes": "gelesen"},
    },
    "api/v1/^appointments/(?P<pk>[0-9]{1,18})/cancel/$": {"of": "appointments.appointment", "post": {}},
    "api/v1/^services/$": {"get": ""},
    "api/v1/^services/(?P<pk>[0-9]{1,18})/$": {"of": "appointments.service", "get": ""},
    "api/v1/^staff/$": {"get": ""},
    "api/v1/^staff/(?P<pk>[0-9]{1,18})/$": {"of": "appointments.staff", "get": ""},
    "api/v1/^customers/$": {"get": "search=Unsichtbar", "post": {"name": "Neu", "phone": "+4930900222"}},
    "api/v1/^customers/(?P<pk>[0-9]{1,18})/$": {
        "of": "appointments.customer",
        "get": "",
        "patch": {"name": "gelesen"},
    },
    "api/v1/availability/": {
        "get": "service={appointments.service}&staff={appointments.staff}&from=2025-11-24&to=2025-11-24"
    },
}


@dataclass(frozen=True, slots=True)
class Rows:
    """One row of each model: those whose ids are put into addresses. ``slug``: their company's."""

    slug: str
    ids: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, company: Any) -> "Rows":
        """As the admin's own pages know whose a row is."""
        found: dict[str, Any] = {}
        for model, page in site._registry.items():
            way = getattr(page, "scope_company", "")
            rows = model._default_manager.filter(**{way: company.pk}) if way else model._default_manager.all()
            found[model._meta.label_lower] = rows.order_by("pk").values_list("pk", flat=True).first()
        return cls(company.slug, found)

    def put_into(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.put_into(each) for name, each in value.items()}
        if not isinstance(value, str):
            return value
        text = value.replace("{slug}", self.slug)
        return re.sub(r"\{(\w+\.\w+)\}", lambda match: str(self.ids[match[1]] or 0), text)

    def address(self, route: str, of: str) -> str:
        """With the row's id; other parts of the address have plain values."""
        parts = {"kind": "csv", "way": "time" if "conflicting" in route else "keep", "content_type_id": "1"}

        def value(match: re.Match[str]) -> str:
            return parts.get(match[1] or "", str(self.ids.get(of) or 1))

        plain = re.sub(r"\(\?P<pk>\[0-9\]\{1,18\}\)", "<pk>", route)
        return "/" + PARAMETER.sub(value, plain).replace("^", "").replace("$", "")


def standard(route: str) -> re.Match[str] | None:
    """Whether it is one of those that are made for each model."""
    match = STANDARD.match(route)
    return match if match and match["app"] in {model._meta.app_label for model in site._registry} else None


def model_of(match: re.Match[str]) -> type[Model]:
    return apps.get_model(match["app"], match["model"])
