"""The domain's own checks, registered in the order in which they are run and repaired: what others build
on comes first, the rules of the database last.
"""

from appointments.integrity import (  # noqa: F401, I001 - in this order
    checks_services,
    checks_ledger,
    checks_overlap,
    checks_holds,
    checks_duplicates,
    checks_hours,
    checks_tenants,
    checks_schema,
    checks_reports,
)
