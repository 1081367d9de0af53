"""What is sold has parts, and a stylist's own times fit them."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity import sql
from appointments.integrity.registry import Found, register, subject
from appointments.integrity.scope import Scope
from appointments.models import Service, Staff, StaffServicePhases
from appointments.models.integrity import Severity

SERVICES = f"""
SELECT service.id, service.company_id, service.name AS service, count(phase.id) AS parts
FROM appointments_service service
LEFT JOIN appointments_servicephase phase ON phase.service_id = service.id
WHERE service.active AND {sql.of_company("service")}
GROUP BY service.id
HAVING count(phase.id) = 0 OR NOT bool_or(phase.busy)
ORDER BY service.id
"""  # noqa: S608 - nothing of it comes from outside

OWN = f"""
SELECT own.id, own.company_id, staff.id AS staff_id, staff.name AS staff, service.id AS service_id,
       service.name AS service, cardinality(own.minutes) AS own, count(phase.id) AS parts
FROM appointments_staffservicephases own
JOIN appointments_staff staff ON staff.id = own.staff_id
JOIN appointments_service service ON service.id = own.service_id
LEFT JOIN appointments_servicephase phase ON phase.service_id = service.id
WHERE staff.active AND service.active AND {sql.of_company("own")}
GROUP BY own.id, staff.id, service.id
HAVING count(phase.id) <> cardinality(own.minutes)
ORDER BY own.id
"""  # noqa: S608 - as above


@register(
    id="appointments.service_phases",
    severity=Severity.ERROR,
    title=_("A service cannot be booked as it is"),
    advice=_("Enter its phases on the page of the service, and own times again on that of the stylist."),
    sentences={
        "none": gettext_noop("“%(service)s” has no phases, so nobody can book it."),
        "idle": gettext_noop("No phase of “%(service)s” needs a stylist, so nobody can book it."),
        "own": gettext_noop(
            "The own times of %(staff)s for “%(service)s” are not used: there are %(own)s of them, the "
            "service has %(parts)s phases."
        ),
    },
)
def service_phases(scope: Scope) -> Iterator[Found]:
    """Incidents B9, E9."""
    for row in scope.rows(SERVICES):
        yield Found(
            company_id=row.company_id,
            code="idle" if row.parts else "none",
            facts={"service": row.service},
            subjects=[subject(Service, row.id)],
        )
    for row in scope.rows(OWN):
        yield Found(
            company_id=row.company_id,
            code="own",
            facts={"staff": row.staff, "service": row.service, "own": row.own, "parts": row.parts},
            subjects=[
                subject(StaffServicePhases, row.id),
                subject(Staff, row.staff_id),
                subject(Service, row.service_id),
            ],
            severity=Severity.WARNING,
        )
