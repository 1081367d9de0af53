"""What is stored about other systems."""

from integrations.models.alarm import AlarmChannel, AlarmNotice
from integrations.models.booking import POSSIBLE, BookingState, CalendarBooking, Origin
from integrations.models.case import CalendarCase, CaseKind, Solution
from integrations.models.connection import Breaker, CalendarConnection, RequestBudget
from integrations.models.courtesy import SlotReservation
from integrations.models.event import CalendarEvent, EventOutcome
from integrations.models.mapping import CalendarEventType, CalendarHost
from integrations.models.message import (
    TROUBLE,
    AppointmentNotice,
    ContactPreference,
    Language,
    Medium,
    Message,
    MessageKind,
    MessageState,
    MessageTemplate,
    Messaging,
)
from integrations.models.sync import CalendarSync, Promise, SyncState

__all__ = [
    "POSSIBLE",
    "TROUBLE",
    "AlarmChannel",
    "AlarmNotice",
    "AppointmentNotice",
    "BookingState",
    "Breaker",
    "CalendarBooking",
    "CalendarCase",
    "CalendarConnection",
    "CalendarEvent",
    "CalendarEventType",
    "CalendarHost",
    "CalendarSync",
    "CaseKind",
    "ContactPreference",
    "EventOutcome",
    "Language",
    "Medium",
    "Message",
    "MessageKind",
    "MessageState",
    "MessageTemplate",
    "Messaging",
    "Origin",
    "Promise",
    "RequestBudget",
    "SlotReservation",
    "Solution",
    "SyncState",
]
