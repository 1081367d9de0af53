"""In which branch, where the request leaves it open."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from appointments.api.inputs import open_branches
from appointments.models import Branch, Company


def branch_for(company: Company, facts: Mapping[str, Any]) -> Branch:
    """The named one, else the named stylist's, else the only one.

    Raises ``ValidationError`` at ``branch`` if there are several: none of them is a default.
    """
    if facts.get("branch"):
        branch: Branch = facts["branch"]
        return branch
    if facts.get("staff"):
        home: Branch = facts["staff"].branch
        return home
    branches = list(open_branches(company)[:2])
    if len(branches) != 1:
        raise ValidationError({"branch": _("Name the branch or the stylist.")}, code="required")
    only: Branch = branches[0]
    return only
