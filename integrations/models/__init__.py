"""What is stored about other systems."""

from integrations.models.connection import Breaker, CalendarConnection, RequestBudget
from integrations.models.mapping import CalendarEventType, CalendarHost

__all__ = ["Breaker", "CalendarConnection", "CalendarEventType", "CalendarHost", "RequestBudget"]
