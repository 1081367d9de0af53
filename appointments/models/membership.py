"""Who of a company may work in the admin, as what, and in which branches."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models.company import Branch, Company
from appointments.models.staff import Staff


class Role(models.TextChoices):
    """What each may do stands in ``appointments.access.roles``."""

    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    RECEPTIONIST = "receptionist", _("receptionist")
    STYLIST = "stylist", _("stylist")


class Membership(models.Model):
    """A login belongs to one company, or to none: then it is the platform operator's or sees nothing.

    Without branches it is about all branches of the company. ``staff`` says which column of the
    planner is the person's own; a stylist sees no other.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="membership",
        verbose_name=_("login"),
    )
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("company")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role)
    branches = models.ManyToManyField(
        Branch,
        through="MembershipBranch",
        blank=True,
        verbose_name=_("branches"),
        help_text=_("None: all branches."),
    )
    staff = models.ForeignKey(
        Staff,
        on_delete=models.SET_NULL,
        related_name="memberships",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("is the stylist"),
        help_text=_("Whose column of the planner is this person's own."),
    )

    class Meta:
        verbose_name = _("salon login")
        verbose_name_plural = _("salon logins")
        constraints: ClassVar = [
            SameCompany(field="staff", name="membership_staff_same_company"),
            models.UniqueConstraint(fields=["id", "company"], name="membership_of_company"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    def clean(self) -> None:
        if self.role == Role.STYLIST and self.staff_id is None:
            error = ValidationError(_("Say which stylist this is."), code="stylist_without_staff")
            raise ValidationError({"staff": error})


class MembershipBranch(models.Model):
    """A branch that a member is about; of the same company, says the database."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, db_constraint=False)
    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("branch")
    )

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        constraints: ClassVar = [
            SameCompany(field="membership", name="membershipbranch_membership_same_company"),
            SameCompany(field="branch", name="membershipbranch_branch_same_company"),
            models.UniqueConstraint(fields=["membership", "branch"], name="membershipbranch_once"),
        ]

    def __str__(self) -> str:
        return str(self.branch)
