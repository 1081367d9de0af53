"""What each role may do with the calendar, and with the ways of alarms."""

from appointments.access import Role, grant
from appointments.access.roles import of_model


def grant_roles() -> None:
    grant(
        Role.RECEPTIONIST,
        *of_model("integrations", "calendarcase", "view", "change"),
        *of_model("integrations", "calendarsync", "view"),
        *of_model("integrations", "calendarbooking", "view"),
    )
    grant(
        Role.MANAGER,
        *of_model("integrations", "calendarhost", "view", "add", "change", "delete"),
        *of_model("integrations", "calendareventtype", "view", "add", "change", "delete"),
        *of_model("integrations", "calendarconnection", "view"),
        *of_model("integrations", "calendarevent", "view"),
        *of_model("integrations", "alarmchannel", "view"),
        *of_model("integrations", "alarmnotice", "view"),
    )
    grant(
        Role.OWNER,
        *of_model("integrations", "calendarconnection", "add", "change"),
        *of_model("integrations", "alarmchannel", "add", "change", "delete"),
    )
