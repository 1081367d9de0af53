"""A stylist's own appointments for the calendar in their pocket."""
