"""What the calendar leaves to a person: cases, and stylists without a calendar."""

from datetime import datetime
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments import worklist
from appointments.access import Access
from appointments.models import Staff
from appointments.models.company import CalendarMode
from appointments.undecided import local
from integrations.messaging.outbox import settle
from integrations.models import TROUBLE, CalendarCase, Message


def _cases(access: Access, now: datetime) -> QuerySet[CalendarCase]:
    rows = access.scope(CalendarCase.objects.filter(solved_at=None), branch="appointment__branch")
    related = ("appointment__service", "appointment__customer", "appointment__branch__company")
    return rows.select_related(*related).order_by("opened_at")


def _case(case: CalendarCase, now: datetime) -> worklist.Row:
    appointment = case.appointment
    return worklist.Row(
        pk=case.pk,
        when=local(appointment.starts_at, appointment.branch) if appointment else "–",
        text=str(case),
        detail=str(appointment) if appointment else str(case.facts.get("title", "")),
        url=reverse("admin:integrations_calendarcase_change", args=[case.pk]),
        late=appointment is not None and appointment.starts_at <= now,
    )


def _unmapped(access: Access, now: datetime) -> QuerySet[Staff]:
    rows = access.scope(Staff.objects.active(), branch="branch", staff="pk")
    without = rows.filter(calendar_host=None, branch__active=True, company__active=True)
    return without.exclude(branch__calendar=CalendarMode.OFF).select_related("branch").order_by("name")


def _staff(staff: Staff, now: datetime) -> worklist.Row:
    query = urlencode({"company": staff.company_id, "staff": staff.pk})
    return worklist.Row(
        pk=staff.pk,
        when="–",
        text=staff.name,
        detail=str(staff.branch),
        url=f"{reverse('admin:integrations_calendarhost_add')}?{query}",
    )


def _unsent(access: Access, now: datetime) -> QuerySet[Message]:
    rows = access.scope(Message.objects.filter(state__in=TROUBLE, settled_at=None), branch="branch")
    return rows.select_related("branch__company", "customer").order_by("starts_at")


def _message(message: Message, now: datetime) -> worklist.Row:
    who = f"{message.customer.name}, " if message.customer else ""
    branch = message.branch or (message.appointment.branch if message.appointment else None)
    return worklist.Row(
        pk=message.pk,
        when=local(message.starts_at, branch) if branch else "–",
        text=f"{message.get_kind_display()}: {message.get_state_display()}",
        detail=f"{who}{message.get_medium_display()}, {message.recipient}",
        url=reverse("admin:integrations_message_change", args=[message.pk]),
        late=message.starts_at <= now,
    )


def register() -> None:
    worklist.register(
        worklist.WorkList(
            key="cases",
            rank=20,
            title=_("Calendar cases"),
            permission="integrations.view_calendarcase",
            find=_cases,
            show=_case,
            url="admin:integrations_calendarcase_changelist",
            query="state=open",
        ),
        worklist.WorkList(
            key="unmapped_staff",
            rank=40,
            title=_("Stylists without a calendar"),
            permission="integrations.view_calendarhost",
            find=_unmapped,
            show=_staff,
            url="admin:integrations_calendarhost_changelist",
        ),
        worklist.WorkList(
            key="unsent_messages",
            title=_("Messages that did not reach the customer"),
            permission="integrations.change_message",
            find=_unsent,
            show=_message,
            url="admin:integrations_message_changelist",
            finish=worklist.Finish(
                label=_("The customer knows"), permission="integrations.change_message", act=settle
            ),
        ),
    )
