"""What a company asks of customers who cancel or move."""

from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.company import Company


class Fee(NamedTuple):
    """Cancelling at least ``hours`` before the start, and less than the next step, costs ``amount``."""

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


class Policy(models.Model):
    """Rules of a company. Whatever is empty is not limited; no row means no rules."""

    company = models.OneToOneField(
        Company, on_delete=models.CASCADE, related_name="policy", verbose_name=_("company")
    )
    cancel_hours_before = models.PositiveIntegerField(
        _("cancelling by phone until, in hours before"), null=True, blank=True
    )
    reschedule_hours_before = models.PositiveIntegerField(
        _("moving by phone until, in hours before"), null=True, blank=True
    )
    max_reschedules = models.PositiveIntegerField(_("moves at most"), null=True, blank=True)
    fees = models.JSONField(_("fees"), default=list, blank=True, validators=[validate_fees])

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")

    def __str__(self) -> str:
        return str(self.company)

    @property
    def fee_steps(self) -> list[Fee]:
        """From the longest notice to the shortest."""
        steps = (Fee(int(fee["hours"]), Decimal(fee["amount"])) for fee in self.fees)
        return sorted(steps, reverse=True)
