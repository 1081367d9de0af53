"""People who would come if there were time for them."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.audit import recorded
from appointments.constraints import SameCompany
from appointments.fields import MINUTES_PER_DAY, MinuteOfDayField
from appointments.models.appointment import Appointment
from appointments.models.company import Branch, Company
from appointments.models.customer import Customer
from appointments.models.service import Service
from appointments.models.staff import Staff


class WaitlistState(models.TextChoices):
    OPEN = "open", _("waits")
    OFFERED = "offered", _("has been offered something")
    BOOKED = "booked", _("has an appointment")
    WITHDRAWN = "withdrawn", _("no longer wants one")
    EXPIRED = "expired", _("the time has passed")


WAITING = (WaitlistState.OPEN, WaitlistState.OFFERED)


class WaitlistQuerySet(models.QuerySet["WaitlistEntry"]):
    def waiting(self) -> "WaitlistQuerySet":
        return self.filter(state__in=WAITING)

    def by_age(self) -> "WaitlistQuerySet":
        """Whoever has waited longest comes first."""
        return self.order_by("created_at", "pk")


class WaitlistEntry(models.Model):
    """``customer`` would come for ``service`` on one of the days from ``first_day`` to ``last_day``, wholly
    between two times of the wall clock, to ``staff`` or, without one, to anybody.

    ``fits_at``: the first start that was free for them when somebody last looked, for counting; what is
    free now, the solver says (``appointments.waitlist``). Goes with the customer it is about.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("branch")
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.CASCADE,
        related_name="waitlist_entries",
        db_constraint=False,
        verbose_name=_("customer"),
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="waitlist_entries",
        db_constraint=False,
        verbose_name=_("service"),
    )
    staff = models.ForeignKey(
        Staff,
        on_delete=models.CASCADE,
        related_name="waitlist_entries",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("stylist"),
        help_text=_("Empty: whoever is free."),
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    from_minute = MinuteOfDayField(_("from"), default=0, help_text=_("Earlier the customer cannot come."))
    until_minute = MinuteOfDayField(
        _("until"), default=MINUTES_PER_DAY, help_text=_("By then the appointment has to be over.")
    )
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=WaitlistState, default=WaitlistState.OPEN)
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="waitlist_entries",
        null=True,
        blank=True,
        editable=False,
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    fits_at = models.DateTimeField(_("free"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("waits since"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("entered by"),
    )

    objects = WaitlistQuerySet.as_manager()
    history = recorded()

    class Meta:
        verbose_name = _("waitlist entry")
        verbose_name_plural = _("waitlist")
        indexes: ClassVar = [
            models.Index(
                fields=["branch", "created_at"],
                condition=Q(state__in=("open", "offered")),
                name="waitlist_waiting",
            ),
            models.Index(
                fields=["company", "fits_at"],
                condition=Q(state__in=("open", "offered"), fits_at__isnull=False),
                name="waitlist_fitting",
            ),
        ]
        constraints: ClassVar = [
            SameCompany(field="branch", name="waitlist_branch_same_company"),
            SameCompany(field="customer", name="waitlist_customer_same_company"),
            SameCompany(field="service", name="waitlist_service_same_company"),
            SameCompany(field="staff", name="waitlist_staff_same_company"),
            SameCompany(field="appointment", name="waitlist_appointment_same_company"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="waitlist_last_day_after_first",
                violation_error_code="end_before_start",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(until_minute__gt=F("from_minute"), until_minute__lte=MINUTES_PER_DAY),
                name="waitlist_until_after_from",
                violation_error_code="end_before_start",
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(
                condition=Q(state="booked", appointment__isnull=False)
                | (~Q(state="booked") & Q(appointment__isnull=True)),
                name="waitlist_appointment_when_booked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer}, {self.service}"

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    # The instant that decides what has passed.
    now: datetime | None = None

    def clean(self) -> None:
        if None in {self.branch_id, self.service_id, self.last_day}:
            return
        today = timezone.localdate(self.now or timezone.now(), self.branch.zone)
        if self.is_waiting and self.last_day < today:
            raise ValidationError({"last_day": ValidationError(_("This day has passed."), code="past")})
        if self.staff is not None:
            self._clean_staff(self.staff)

    def _clean_staff(self, staff: Staff) -> None:
        names = {"staff": staff.name, "service": self.service.name}
        if staff.branch_id != self.branch_id:
            text, code = _("%(staff)s does not work in this branch."), "staff_of_other_branch"
        elif not staff.can_do(self.service):
            text, code = _("%(staff)s does not offer %(service)s."), "staff_cannot_provide_service"
        else:
            return
        raise ValidationError({"staff": ValidationError(text, code=code, params=names)})
