"""The calendar in the admin. No page decides anything: the ways out are in ``integrations.resolving``."""

from integrations.admin import appointment_panel, message_panels
from integrations.admin.alarms import AlarmChannelAdmin, AlarmNoticeAdmin
from integrations.admin.cases import CalendarCaseAdmin
from integrations.admin.connection import CalendarConnectionAdmin
from integrations.admin.gateway import OptOutAdmin, SmsGatewayAdmin
from integrations.admin.mapping import CalendarEventTypeAdmin, CalendarHostAdmin
from integrations.admin.message_texts import MessageTemplateAdmin
from integrations.admin.messages import ContactPreferenceAdmin, MessageAdmin, MessagingAdmin
from integrations.admin.records import CalendarBookingAdmin, CalendarEventAdmin, CalendarSyncAdmin

__all__ = [
    "AlarmChannelAdmin",
    "AlarmNoticeAdmin",
    "CalendarBookingAdmin",
    "CalendarCaseAdmin",
    "CalendarConnectionAdmin",
    "CalendarEventAdmin",
    "CalendarEventTypeAdmin",
    "CalendarHostAdmin",
    "CalendarSyncAdmin",
    "ContactPreferenceAdmin",
    "MessageAdmin",
    "MessageTemplateAdmin",
    "MessagingAdmin",
    "OptOutAdmin",
    "SmsGatewayAdmin",
    "appointment_panel",
    "message_panels",
]
