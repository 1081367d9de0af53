"""What each role may do with calls."""

from appointments.access import Role, grant
from appointments.access.roles import of_model


def grant_roles() -> None:
    grant(
        Role.RECEPTIONIST,
        *of_model("calls", "call", "view", "add"),
        *of_model("calls", "callappointment", "view"),
        *of_model("calls", "callback", "view", "change"),
        *of_model("calls", "transcript", "view"),
    )
    grant(Role.MANAGER, *of_model("calls", "functioncall", "view"), *of_model("calls", "callclaim", "view"))
    grant(Role.OWNER, *of_model("calls", "voiceagent", "view"))
