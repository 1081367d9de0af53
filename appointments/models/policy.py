"""What is asked of customers who book, cancel or move."""

from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models.company import Branch, Company
from appointments.models.service import Service
from appointments.models.staff import Staff


class Fee(NamedTuple):
    """Cancelling or moving at least ``hours`` before the start, and less than the next step, costs
    ``amount`` in the company's currency.
    """

    hours: int
    amount: Decimal


def validate_fees(fees: Any) -> None:
    """A list of ``{"hours": int, "amount": "10.00"}``, each ``hours`` once, none negative."""
    try:
        steps = [Fee(int(fee["hours"]), Decimal(fee["amount"])) for fee in fees]
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise ValidationError(_("Fees are a list of hours and amounts."), code="invalid_fees") from None
    if any(fee.hours < 0 or not fee.amount.is_finite() or fee.amount < 0 for fee in steps):
        raise ValidationError(_("Fees are not negative."), code="invalid_fees")
    if len({fee.hours for fee in steps}) < len(steps):
        raise ValidationError(_("Each number of hours can have one fee only."), code="invalid_fees")


def fee_steps(fees: Any) -> list[Fee]:
    """What :func:`validate_fees` accepts, from the longest notice to the shortest."""
    return sorted((Fee(int(fee["hours"]), Decimal(fee["amount"])) for fee in fees), reverse=True)


class Policy(models.Model):
    """Rules of a company, or of one of its branches, services or stylists.

    The nearest rule that is not empty counts, field by field: the stylist's, then the service's, the
    branch's, the company's. What is empty everywhere is not limited. An empty list of fees is empty too;
    whoever charges nothing where others charge says so with an amount of 0.
    """

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="policies", verbose_name=_("company")
    )
    branch = models.ForeignKey(
        Branch,
        on_delete=models.CASCADE,
        related_name="policies",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("branch"),
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="policies",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("service"),
    )
    staff = models.ForeignKey(
        Staff,
        on_delete=models.CASCADE,
        related_name="policies",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("stylist"),
    )
    minimum_notice_minutes = models.PositiveIntegerField(
        _("minimum notice in minutes"),
        null=True,
        blank=True,
        help_text=_("Of a service or a stylist. A branch has its own."),
    )
    cancel_hours_before = models.PositiveIntegerField(
        _("cancelling by phone until, in hours before"), null=True, blank=True
    )
    reschedule_hours_before = models.PositiveIntegerField(
        _("moving by phone until, in hours before"), null=True, blank=True
    )
    max_reschedules = models.PositiveIntegerField(_("moves at most"), null=True, blank=True)
    max_open_appointments = models.PositiveIntegerField(
        _("appointments to come at most"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_(
            "That a customer may have at once by booking by phone. Counted is what the policy is for: "
            "all of the company or the branch, those of the service, or those with the stylist."
        ),
    )
    fees = models.JSONField(
        _("fees"),
        default=list,
        blank=True,
        validators=[validate_fees],
        help_text=_(
            "For cancelling or moving: a list of the least notice in hours and the amount, for example "
            '[{"hours": 48, "amount": "0"}, {"hours": 0, "amount": "15"}]. At shorter notice than all of '
            "them, the last amount counts."
        ),
    )

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints: ClassVar = [
            SameCompany(field="branch", name="policy_branch_same_company"),
            SameCompany(field="service", name="policy_service_same_company"),
            SameCompany(field="staff", name="policy_staff_same_company"),
            models.CheckConstraint(
                condition=Q(branch__isnull=True, service__isnull=True)
                | Q(branch__isnull=True, staff__isnull=True)
                | Q(service__isnull=True, staff__isnull=True),
                name="policy_of_one",
                violation_error_code="of_several",
                violation_error_message=_("A policy is for one branch, service or stylist."),
            ),
            models.CheckConstraint(
                condition=Q(minimum_notice_minutes__isnull=True)
                | Q(service__isnull=False)
                | Q(staff__isnull=False),
                name="policy_notice_of_service_or_staff",
                violation_error_code="notice_of_branch",
                violation_error_message=_("The minimum notice of a branch stands at the branch."),
            ),
            models.CheckConstraint(
                condition=Q(max_open_appointments__isnull=True) | Q(max_open_appointments__gte=1),
                name="policy_open_appointments_positive",
            ),
            *(
                models.UniqueConstraint(
                    fields=[owner],
                    condition=condition,
                    name=f"policy_once_per_{owner}",
                    violation_error_message=_("There already is a policy for this."),
                )
                for owner, condition in (
                    ("company", Q(branch__isnull=True, service__isnull=True, staff__isnull=True)),
                    ("branch", Q(branch__isnull=False)),
                    ("service", Q(service__isnull=False)),
                    ("staff", Q(staff__isnull=False)),
                )
            ),
        ]

    def __str__(self) -> str:
        return str(self.staff or self.service or self.branch or self.company)

    @property
    def distance(self) -> int:
        """How far it is from an appointment: of several that apply the nearest counts, 0 first."""
        owners = (self.staff_id, self.service_id, self.branch_id)
        return next((n for n, owner in enumerate(owners) if owner is not None), len(owners))

    @property
    def fee_steps(self) -> list[Fee]:
        """From the longest notice to the shortest."""
        return fee_steps(self.fees)
