"""German as callers say it, understood by rules: pure functions, codes and data, no sentences."""

from calls.understanding.as_before import means_as_before, means_last_time
from calls.understanding.as_json import (
    email_as_json,
    name_as_json,
    service_as_json,
    staff_as_json,
    when_as_json,
)
from calls.understanding.email import understand_email
from calls.understanding.names import understand_name
from calls.understanding.phonetics import same_name
from calls.understanding.questions import QUESTIONS
from calls.understanding.results import (
    Email,
    Name,
    OpeningHours,
    Period,
    ServiceMatch,
    ServiceName,
    StaffMatch,
    StaffName,
    When,
)
from calls.understanding.services import match_service
from calls.understanding.staff import match_staff
from calls.understanding.when import understand_when
from calls.understanding.yes_no import is_only_yes, understand_yes

__all__ = [
    "QUESTIONS",
    "Email",
    "Name",
    "OpeningHours",
    "Period",
    "ServiceMatch",
    "ServiceName",
    "StaffMatch",
    "StaffName",
    "When",
    "email_as_json",
    "is_only_yes",
    "match_service",
    "match_staff",
    "means_as_before",
    "means_last_time",
    "name_as_json",
    "same_name",
    "service_as_json",
    "staff_as_json",
    "understand_email",
    "understand_name",
    "understand_when",
    "understand_yes",
    "when_as_json",
]
