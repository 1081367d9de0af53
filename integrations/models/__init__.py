"""What is stored about other systems."""

from integrations.models.alarm import AlarmChannel, AlarmNotice
from integrations.models.booking import POSSIBLE, BookingState, CalendarBooking, Origin
from integrations.models.case import CalendarCase, CaseKind, Solution
from integrations.models.connection import Breaker, CalendarConnection, RequestBudget
from integrations.models.courtesy import SlotReservation
from integrations.models.event import CalendarEvent, EventOutcome
from integrations.models.gateway import OptOut, Shape, SmsGateway, Way
from integrations.models.mapping import CalendarEventType, CalendarHost
from integrations.models.message import (
    GONE,
    REPORTED,
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
    Wish,
)
from integrations.models.sync import CalendarSync, Promise, SyncState

__all__ = [
    "GONE",
    "POSSIBLE",
    "REPORTED",
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
    "OptOut",
    "Origin",
    "Promise",
    "RequestBudget",
    "Shape",
    "SlotReservation",
    "SmsGateway",
    "Solution",
    "SyncState",
    "Way",
    "Wish",
]
