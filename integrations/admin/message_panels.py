"""What a customer was told in writing: on the page of the appointment, and on their own."""

from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.access import access_of
from appointments.admin import customer_panels
from appointments.admin.panels import Panel, register
from appointments.models import Appointment, Customer
from integrations.models import Message
from integrations.reminded import expected, was_reminded
from integrations.reminder_insight import WITH, WITHOUT

TEMPLATE = "admin/integrations/messages_about.html"
# The latest of them; the list of messages has all.
SHOWN = 10


class ReminderFilter(SimpleListFilter):
    """Those that have begun and were not cancelled before."""

    title = _("reminder")
    parameter_name = "reminder"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [(WITH, _("was reminded")), (WITHOUT, _("was not reminded"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        if self.value() not in {WITH, WITHOUT}:
            return queryset
        begun = expected(queryset, timezone.now())
        return begun.filter(was_reminded()) if self.value() == WITH else begun.exclude(was_reminded())


class MessagesPanel(Panel):
    filters: ClassVar = (ReminderFilter,)

    def render(self, request: HttpRequest, appointment: Appointment) -> str:
        return _shown(request, Message.objects.filter(appointment=appointment.pk), all_of="")


@customer_panels.register
def messages_of_customer(request: HttpRequest, customer: Customer) -> str:
    """Also what is about no appointment: a promised callback, a call in vain, an offer."""
    return _shown(request, Message.objects.filter(customer=customer), all_of=customer.name)


def _shown(request: HttpRequest, messages: QuerySet[Message], *, all_of: str) -> str:
    """One query. ``all_of``: what the list of messages is searched for to see the rest."""
    if not request.user.has_perm("integrations.view_message"):
        return ""
    own = access_of(request.user).scope(messages, branch="branch", staff="appointment__staff")
    related = ("company", "appointment__service")
    rows = list(own.select_related(*related).order_by("-created_at", "-pk")[:SHOWN])
    context = {"rows": rows, "all_of": all_of}
    return render_to_string(TEMPLATE, context, request) if rows else ""


register(MessagesPanel())
