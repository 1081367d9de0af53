"""The calendar in the admin."""

from integrations.admin.mapping import CalendarEventTypeAdmin, CalendarHostAdmin

__all__ = ["CalendarEventTypeAdmin", "CalendarHostAdmin"]
