"""Whether this very report was made last night."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity.registry import Found, register, subject
from appointments.integrity.scope import Scope
from appointments.models import Company
from appointments.models.integrity import Severity

# A day, the hour of autumn, and time to run.
WITHIN = timedelta(hours=26)

LAST = """
SELECT company.id, company.timezone AS zone, max(report.finished_at) AS since
FROM appointments_company company
JOIN appointments_integrityreport report ON report.company_id = company.id AND report.trigger = 'daily'
WHERE company.active AND (%(company)s::bigint IS NULL OR company.id = %(company)s)
GROUP BY company.id
HAVING coalesce(max(report.finished_at), min(report.started_at)) < %(late)s
ORDER BY company.id
"""


@register(
    id="appointments.report_missing",
    severity=Severity.ERROR,
    title=_("The report of the night was not made"),
    advice=_("The worker was still at 2:00. Run the checks by hand and tell whoever runs the system."),
    sentences={
        "": gettext_noop("The last report of a night is of %(since_day)s, %(since_time)s."),
        "never": gettext_noop("A report of the night was begun, but none was ever finished."),
    },
)
def report_missing(scope: Scope) -> Iterator[Found]:
    for row in scope.rows(LAST, late=scope.now - WITHIN):
        yield Found(
            company_id=row.id,
            code="" if row.since else "never",
            facts={"since_at": row.since, "zone": row.zone},
            subjects=[subject(Company, row.id)],
        )
