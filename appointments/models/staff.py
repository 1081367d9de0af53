"""Staff: when they work, when they are away, what they can do and how long it takes them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from appointments.audit import recorded
from appointments.constraints import SameCompany
from appointments.models.company import Branch, Company, WeeklyHours, weekly_hours_constraints
from appointments.models.service import Service
from appointments.rules.phases import Plan


class StaffQuerySet(models.QuerySet["Staff"]):
    def active(self) -> "StaffQuerySet":
        return self.filter(active=True)

    def able_to(self, service: Service) -> "StaffQuerySet":
        """Who can do ``service``: everybody who offers all, or has it among the skills."""
        skill = StaffSkill.objects.filter(staff=OuterRef("pk"), service=service)
        return self.filter(Q(offers_all_services=True) | Exists(skill))

    def lock(self) -> "StaffQuerySet":
        """Row locks in the one order that cannot deadlock (``architecture.md`` §3, lock order)."""
        return self.order_by("pk").select_for_update(no_key=True, of=("self",))


class Staff(models.Model):
    """A stylist. The owner of allocations: the resource that must not be in two places."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="staff", verbose_name=_("company")
    )
    branch = models.ForeignKey(
        Branch,
        on_delete=models.CASCADE,
        related_name="staff",
        db_constraint=False,
        verbose_name=_("branch"),
    )
    name = models.CharField(_("name"), max_length=200)
    nicknames = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("also called"),
        default=list,
        blank=True,
        help_text=_("What callers say for this name, separated by commas."),
    )
    email = models.EmailField(_("e-mail"), null=True, blank=True)  # noqa: DJ001 - empty is NULL (H4)
    follows_branch_hours = models.BooleanField(
        _("works whenever the salon is open"),
        default=True,
        help_text=_("Otherwise the working hours below apply."),
    )
    offers_all_services = models.BooleanField(
        _("offers all services"), default=True, help_text=_("Otherwise only the skills below.")
    )
    active = models.BooleanField(_("active"), default=True)

    objects = StaffQuerySet.as_manager()
    history = recorded()

    class Meta:
        verbose_name = _("stylist")
        verbose_name_plural = _("staff")
        constraints: ClassVar = [
            SameCompany(field="branch", name="staff_branch_same_company"),
            models.UniqueConstraint(fields=["id", "company"], name="staff_of_company"),
            models.UniqueConstraint(
                fields=["company", "name"],
                name="staff_name_once_per_company",
                violation_error_message=_("Somebody of this name already works here."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    def can_do(self, service: Service) -> bool:
        """Costs a query unless the stylist offers all services."""
        return self.offers_all_services or self.skills.filter(service=service).exists()

    def plan_for(self, service: Service) -> Plan:
        """What ``service`` takes this stylist, own durations included. Costs a query."""
        own = self.own_phases.filter(service=service).values_list("minutes", flat=True).first()
        return service.plan(self.branch, own)


class WorkingHours(WeeklyHours):
    staff = models.ForeignKey(
        Staff, on_delete=models.CASCADE, related_name="working_hours", verbose_name=_("stylist")
    )

    history = recorded()

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints: ClassVar = weekly_hours_constraints(owner="staff_id", prefix="working_hours")

    def __str__(self) -> str:
        return f"{self.staff}: {self.get_weekday_display()}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def overlapping(self, start: object, end: object) -> "AbsenceQuerySet":
        """Half-open, aware instants."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class Absence(models.Model):
    """Time in which somebody is away: ``[starts_at, ends_at)``, aware."""

    staff = models.ForeignKey(
        Staff, on_delete=models.CASCADE, related_name="absences", verbose_name=_("stylist")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # Applying the salon file replaces its own absences; a sick note typed in by hand must survive.
    from_salon_file = models.BooleanField(_("from the salon file"), default=False, editable=False)

    objects = AbsenceQuerySet.as_manager()
    history = recorded()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        indexes: ClassVar = [models.Index(fields=["staff", "ends_at"], name="absence_staff_ends_at")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="absence_end_after_start",
                violation_error_code="end_before_start",
                violation_error_message=_("The end must be after the start."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.reason}" if self.reason else str(self.staff)


class StaffSkill(models.Model):
    """``staff`` can do ``service``. Counts only for staff who do not offer all services."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    staff = models.ForeignKey(
        Staff,
        on_delete=models.CASCADE,
        related_name="skills",
        db_constraint=False,
        verbose_name=_("stylist"),
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="skilled_staff",
        db_constraint=False,
        verbose_name=_("service"),
    )

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        constraints: ClassVar = [
            SameCompany(field="staff", name="skill_staff_same_company"),
            SameCompany(field="service", name="skill_service_same_company"),
            models.UniqueConstraint(fields=["staff", "service"], name="skill_once"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.service}"


class StaffServicePhases(models.Model):
    """How many minutes each phase of ``service`` takes ``staff``, where it differs."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    staff = models.ForeignKey(
        Staff,
        on_delete=models.CASCADE,
        related_name="own_phases",
        db_constraint=False,
        verbose_name=_("stylist"),
    )
    service = models.ForeignKey(
        Service,
        on_delete=models.CASCADE,
        related_name="staff_phases",
        db_constraint=False,
        verbose_name=_("service"),
    )
    minutes = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1)]),
        verbose_name=_("minutes of each phase"),
        help_text=_("One number for each phase of the service, in its order, separated by commas."),
    )

    class Meta:
        verbose_name = _("own duration")
        verbose_name_plural = _("own durations")
        constraints: ClassVar = [
            SameCompany(field="staff", name="own_phases_staff_same_company"),
            SameCompany(field="service", name="own_phases_service_same_company"),
            models.UniqueConstraint(fields=["staff", "service"], name="own_phases_once"),
            models.CheckConstraint(
                condition=Q(minutes__len__gt=0) & ~Q(minutes__contains=[0]), name="own_phases_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {self.service}"
