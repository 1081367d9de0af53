"""The admin's navigation: first what a salon does all day, then what it is, then how it runs."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


def _item(title: Any, icon: str, model: str, **facts: Any) -> dict[str, Any]:
    """``model`` is ``app_model``; who may not see it has no use for the link."""
    app, _separator, name = model.rpartition("_")
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{model}_changelist"),
        "permission": lambda request: request.user.has_perm(f"{app}.view_{name}"),
        **facts,
    }


NAVIGATION: list[dict[str, Any]] = [
    {
        "items": [
            {
                "title": _("Planner"),
                "icon": "calendar_view_day",
                "link": reverse_lazy("planner"),
                "permission": lambda request: request.user.has_perm("appointments.view_appointment"),
            },
            {
                "title": _("To do"),
                "icon": "checklist",
                "link": reverse_lazy("worklist"),
                "permission": "appointments.admin.worklist.may_see",
                "badge": "appointments.admin.worklist.badge",
            },
            {
                "title": _("Stylist is ill"),
                "icon": "sick",
                "link": reverse_lazy("admin:appointments_outage_plan"),
                "permission": lambda request: request.user.has_perm("appointments.add_outage"),
            },
            {
                "title": _("Dashboard"),
                "icon": "monitoring",
                "link": reverse_lazy("dashboard"),
                "permission": lambda request: request.user.has_perm("appointments.view_insights"),
            },
            _item(_("Appointments"), "event", "appointments_appointment"),
            {
                "title": _("Waitlist"),
                "icon": "hourglass_empty",
                "link": reverse_lazy("admin:appointments_waitlistentry_free"),
                "permission": lambda request: request.user.has_perm("appointments.change_waitlistentry"),
                "badge": "appointments.admin.waitlist.badge",
            },
            {
                "title": _("Quarantine"),
                "icon": "event_busy",
                "link": reverse_lazy("admin:appointments_conflictingappointment_changelist"),
                "permission": lambda request: request.user.has_perm("appointments.view_appointment"),
                "badge": "appointments.admin.quarantine.waiting",
            },
            _item(_("Customers"), "groups", "appointments_customer"),
            _item(_("Calls"), "call", "calls_call"),
            {
                "title": _("Test call"),
                "icon": "phone_in_talk",
                "link": reverse_lazy("admin:calls_call_test_call"),
                "permission": lambda request: request.user.has_perms(("calls.view_call", "calls.add_call")),
            },
            _item(_("Callbacks"), "phone_callback", "calls_callback", badge="calls.badges.open_callbacks"),
            _item(_("Reservations"), "hourglass_top", "appointments_reservation"),
            {
                "title": _("Integrity"),
                "icon": "health_and_safety",
                "link": reverse_lazy("admin:appointments_integrityreport_morning"),
                "permission": lambda request: request.user.has_perm("appointments.view_integrityreport"),
            },
            _item(
                _("Alarms"),
                "notifications_active",
                "appointments_alarm",
                badge="appointments.admin.alarms.open_alarms",
            ),
        ]
    },
    {
        "title": _("The salon"),
        "items": [
            _item(_("Staff"), "badge", "appointments_staff"),
            _item(_("Logins"), "key_vertical", "appointments_membership"),
            _item(_("Services"), "content_cut", "appointments_service"),
            _item(_("Branches"), "storefront", "appointments_branch"),
            _item(_("Companies"), "domain", "appointments_company"),
            _item(_("Policies"), "policy", "appointments_policy"),
            _item(_("Import"), "upload_file", "appointments_import"),
        ],
    },
    {
        "title": _("Messages"),
        "items": [
            _item(_("Messages to customers"), "outgoing_mail", "integrations_message"),
            _item(_("Texts of messages"), "edit_note", "integrations_messagetemplate"),
            _item(_("Branches that write"), "settings_phone", "integrations_messaging"),
            _item(_("Wishes of customers"), "contact_mail", "integrations_contactpreference"),
            _item(_("Addresses without messages"), "unsubscribe", "integrations_optout"),
            _item(_("SMS gateway"), "sms", "integrations_smsgateway"),
        ],
    },
    {
        "title": _("Calendar"),
        "items": [
            _item(
                _("Calendar cases"),
                "rule",
                "integrations_calendarcase",
                badge="integrations.admin.badges.open_cases",
            ),
            _item(_("Cal.com connection"), "cable", "integrations_calendarconnection"),
            _item(_("Calendar hosts"), "calendar_month", "integrations_calendarhost"),
            _item(_("Event types"), "event_list", "integrations_calendareventtype"),
            _item(_("Calendar states"), "sync", "integrations_calendarsync"),
            _item(_("Bookings at Cal.com"), "event_note", "integrations_calendarbooking"),
            _item(_("Messages of Cal.com"), "inbox", "integrations_calendarevent"),
        ],
    },
    {
        "title": _("Operation"),
        "collapsible": True,
        "items": [
            {
                "title": _("What is held"),
                "icon": "policy",
                "link": reverse_lazy("held"),
                "permission": lambda request: request.user.has_perm("appointments.view_datarequest"),
            },
            _item(_("Information and erasures"), "privacy_tip", "appointments_datarequest"),
            _item(_("Alarm rules"), "tune", "appointments_alarmrule"),
            _item(_("Alarm channels"), "outgoing_mail", "integrations_alarmchannel"),
            _item(_("Messages about alarms"), "mark_email_read", "integrations_alarmnotice"),
            _item(_("Function calls"), "smart_toy", "calls_functioncall"),
            _item(_("Messages about calls"), "voicemail", "calls_callevent"),
            _item(_("Voice agents"), "support_agent", "calls_voiceagent"),
            _item(_("API keys"), "key", "appointments_apitoken"),
            _item(_("Users"), "person", "auth_user"),
            _item(_("Groups"), "group", "auth_group"),
            _item(_("Schedules"), "schedule", "django_q_schedule"),
            _item(_("Failed tasks"), "error", "django_q_failure"),
        ],
    },
]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """What this login may see.

    The theme would ask for permissions itself, and make a class for every item of every page to do so.
    """
    return [
        {**group, "items": [_without_permission(item) for item in group["items"] if _allowed(item, request)]}
        for group in NAVIGATION
    ]


def _allowed(item: dict[str, Any], request: HttpRequest) -> bool:
    asked: str | Callable[[HttpRequest], bool] | None = item.get("permission")
    if asked is None:
        return True
    return bool((import_string(asked) if isinstance(asked, str) else asked)(request))


def _without_permission(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "permission"}
