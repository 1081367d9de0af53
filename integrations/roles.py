"""What each role may do with the calendar, and with the ways of alarms."""

from appointments.access import Role, grant
from appointments.access.roles import of_model


def grant_roles() -> None:
    grant(
        Role.RECEPTIONIST,
        *of_model("integrations", "calendarcase", "view", "change"),
        *of_model("integrations", "calendarsync", "view"),
        *of_model("integrations", "calendarbooking", "view"),
        *of_model("integrations", "message", "view", "change"),
        *of_model("integrations", "contactpreference", "view", "add", "change"),
        *of_model("integrations", "optout", "view", "add", "delete"),
    )
    grant(
        Role.MANAGER,
        *of_model("integrations", "calendarhost", "view", "add", "change", "delete"),
        *of_model("integrations", "calendareventtype", "view", "add", "change", "delete"),
        *of_model("integrations", "calendarconnection", "view"),
        *of_model("integrations", "calendarevent", "view"),
        *of_model("integrations", "alarmchannel", "view"),
        *of_model("integrations", "alarmnotice", "view"),
        *of_model("integrations", "messaging", "view", "add", "change"),
        *of_model("integrations", "messagetemplate", "view", "add", "change", "delete"),
        *of_model("integrations", "smsgateway", "view"),
    )
    grant(
        Role.OWNER,
        *of_model("integrations", "calendarconnection", "add", "change"),
        *of_model("integrations", "alarmchannel", "add", "change", "delete"),
        *of_model("integrations", "smsgateway", "add", "change"),
    )
