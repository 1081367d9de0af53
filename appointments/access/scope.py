"""The rows that a login is about."""

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from appointments.models.membership import Membership, Role

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a login is about. ``everything``: the platform operator, above all companies.

    ``branch_ids`` None: all branches of the company. ``staff_id``: the person's own column.
    """

    everything: bool = False
    company_id: int | None = None
    role: Role | None = None
    branch_ids: frozenset[int] | None = None
    staff_id: int | None = None
    # Whether the company demands two steps of this login.
    second_step: bool = False

    @property
    def only_own(self) -> bool:
        """Sees one column of the planner and what belongs to it."""
        return self.role == Role.STYLIST

    def scope(
        self,
        queryset: QuerySet[Row],
        *,
        company: str = "company",
        branch: str = "",
        staff: str = "",
    ) -> QuerySet[Row]:
        """Only this login's rows. ``company``, ``branch``, ``staff``: where a row says whose it is
        (lookups; empty: it does not say). A row that names no branch is about all of them; one that
        names no company is the operator's.
        """
        if self.everything:
            return queryset
        if self.company_id is None or not company:
            return queryset.none()
        wanted = Q(**{company: self.company_id})
        if branch and self.branch_ids is not None:
            wanted &= Q(**{f"{branch}__in": self.branch_ids}) | Q(**{f"{branch}__isnull": True})
        if staff and self.only_own:
            wanted &= Q(**{staff: self.staff_id})
        return queryset.filter(wanted)


LEADING = (Role.OWNER, Role.MANAGER)
OPERATOR = Access(everything=True)
NOTHING = Access()


def access_of(user: Any) -> Access:
    """Two queries the first time for each ``user`` object, none for the operator."""
    if not (user.is_active and user.is_authenticated):
        return NOTHING
    if user.is_superuser:
        return OPERATOR
    known: Access | None = getattr(user, "_access", None)
    if known is None:
        known = user._access = _look_up(user.pk)  # noqa: SLF001 - as Django keeps permissions there
    return known


def _look_up(user_id: int) -> Access:
    found = Membership.objects.filter(user=user_id, company__active=True).select_related("company")
    membership = found.first()
    if membership is None:
        return NOTHING
    branches = frozenset(membership.branches.values_list("pk", flat=True))
    return Access(
        company_id=membership.company_id,
        role=Role(membership.role),
        branch_ids=branches or None,
        staff_id=membership.staff_id,
        second_step=membership.company.requires_second_step and membership.role in LEADING,
    )
