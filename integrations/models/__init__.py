"""What is stored about other systems."""

from integrations.models.mapping import CalendarEventType, CalendarHost

__all__ = ["CalendarEventType", "CalendarHost"]
