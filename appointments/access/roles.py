"""What each role may do, as Django's permissions. Apps above add theirs with :func:`grant`."""

from appointments.models.membership import Role

# Whoever may do more may do all that the one below may. A stylist is apart: own column, own customers.
_ABOVE = {
    Role.OWNER: (Role.OWNER,),
    Role.MANAGER: (Role.OWNER, Role.MANAGER),
    Role.RECEPTIONIST: (Role.OWNER, Role.MANAGER, Role.RECEPTIONIST),
    Role.STYLIST: (Role.STYLIST,),
}
_granted: dict[Role, set[str]] = {role: set() for role in Role}


def grant(role: Role, *permissions: str) -> None:
    """``permissions`` (``app.action_model``) for ``role`` and for those above it."""
    for one in _ABOVE[role]:
        _granted[one].update(permissions)


def permissions_of(role: Role) -> frozenset[str]:
    return frozenset(_granted[role])


def of_model(app: str, model: str, *actions: str) -> tuple[str, ...]:
    """As ``of_model("appointments", "staff", "view", "add")``."""
    return tuple(f"{app}.{action}_{model}" for action in actions)


EDIT = ("view", "add", "change")
grant(
    Role.STYLIST,
    *of_model("appointments", "appointment", *EDIT),
    *of_model("appointments", "appointmentphase", "view"),
    *of_model("appointments", "customer", "view"),
    *of_model("appointments", "service", "view"),
    *of_model("appointments", "staff", "view"),
    *of_model("appointments", "branch", "view"),
)
grant(
    Role.RECEPTIONIST,
    *of_model("appointments", "appointment", *EDIT),
    *of_model("appointments", "appointmentphase", "view"),
    *of_model("appointments", "customer", *EDIT),
    "appointments.unite_customers",
    *of_model("appointments", "reservation", "view"),
    *of_model("appointments", "service", "view"),
    *of_model("appointments", "staff", "view"),
    *of_model("appointments", "absence", "view", "add", "change", "delete"),
    *of_model("appointments", "outage", "view", "add"),
    *of_model("appointments", "waitlistentry", *EDIT),
    *of_model("appointments", "branch", "view"),
    *of_model("appointments", "alarm", "view"),
    "appointments.acknowledge_alarm",
)
grant(
    Role.MANAGER,
    *of_model("appointments", "staff", *EDIT),
    *of_model("appointments", "service", *EDIT),
    *of_model("appointments", "branch", "view", "change"),
    *of_model("appointments", "policy", *EDIT, "delete"),
    *(
        permission
        for model in ("servicephase", "workinghours", "staffskill", "staffservicephases", "openinghours")
        for permission in of_model("appointments", model, *EDIT, "delete")
    ),
    *of_model("appointments", "branchphonenumber", "view"),
    *of_model("appointments", "import", "view", "add"),
    *of_model("appointments", "alarmrule", "view"),
)
grant(
    Role.MANAGER,
    *(f"appointments.view_{model}" for model in ("integrityreport", "finding", "repair")),
    "appointments.run_integrity",
    "appointments.repair_finding",
    "appointments.acknowledge_finding",
    "appointments.export_lists",
    "appointments.view_insights",
    *("appointments.export_customer", "appointments.erase_customer"),
)
grant(
    Role.OWNER,
    *of_model("appointments", "company", "view", "change"),
    *of_model("appointments", "membership", *EDIT, "delete"),
    *of_model("appointments", "membershipbranch", *EDIT, "delete"),
    *of_model("appointments", "apitoken", *EDIT),
    *of_model("appointments", "datarequest", "view"),
    *of_model("appointments", "alarmrule", "change"),
)
