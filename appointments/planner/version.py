"""Whether a day looks different from what a screen shows: three short queries."""

import hashlib
from datetime import date, datetime

from appointments.access import Access
from appointments.models import Branch
from appointments.planner.rows import absences_of, appointments_of, holds_of, span_of


def version_of(access: Access, branch: Branch, day: date, *, now: datetime) -> str:
    """Changes with every appointment, hold and absence of the day that comes, changes or goes.

    What seldom changes, hours and names, is seen when the page is loaded again.
    """
    span = span_of(branch, day)
    rows = (
        list(appointments_of(access, branch, span).values_list("pk", "revision", "updated_at")),
        list(holds_of(access, branch, span, now).values_list("pk", "expires_at")),
        list(absences_of(access, branch, span).values_list("pk", "starts_at", "ends_at")),
    )
    seen = (branch.pk, day, rows)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:32]
