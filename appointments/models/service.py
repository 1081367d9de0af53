"""Services with their phases."""

from collections.abc import Sequence
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.audit import recorded
from appointments.models.company import Branch, Company
from appointments.rules.phases import Phase, Plan


class CalendarLayout(models.TextChoices):
    """How an appointment stands in the calendar."""

    PHASES = "phases", _("one entry for each busy part")
    BLOCK = "block", _("one entry for the whole time")


class Service(models.Model):
    """What a salon sells. Its length is the sum of its phases and nothing else (incidents B9, E4)."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="services", verbose_name=_("company")
    )
    name = models.CharField(_("name"), max_length=200)
    synonyms = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("synonyms"),
        default=list,
        blank=True,
        help_text=_("What callers say for it, separated by commas."),
    )
    price = models.DecimalField(
        _("price"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In the company's currency. Empty: on request."),
    )
    buffer_before_minutes = models.PositiveSmallIntegerField(_("buffer before in minutes"), default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(_("buffer after in minutes"), default=0)
    calendar_layout = models.CharField(
        _("in the calendar"), max_length=10, choices=CalendarLayout, default=CalendarLayout.PHASES
    )
    active = models.BooleanField(_("active"), default=True)

    history = recorded()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "company"], name="service_of_company"),
            models.UniqueConstraint(
                fields=["company", "name"],
                name="service_name_once_per_company",
                violation_error_message=_("There already is a service of this name."),
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="service_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def plan(self, branch: Branch, minutes: Sequence[int] | None = None) -> Plan:
        """What this service takes in ``branch``; ``minutes`` are a stylist's own, phase by phase.

        Own minutes that no longer fit the service's phases are not used: its phases changed after
        they were entered. Prefetch ``phases`` where many plans are made.
        """
        phases = sorted(self.phases.all(), key=lambda phase: phase.position)
        own = minutes if minutes and len(minutes) == len(phases) else [phase.minutes for phase in phases]
        return Plan(
            phases=tuple(
                Phase(phase.name, length, phase.busy) for phase, length in zip(phases, own, strict=True)
            ),
            buffer_before=self.buffer_before_minutes,
            buffer_after=self.buffer_after_minutes,
            blocks_span=branch.calendar_is_on and self.calendar_layout == CalendarLayout.BLOCK,
        )


class ServicePhase(models.Model):
    """A part of a service. During a free one the stylist can serve someone else."""

    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="phases", verbose_name=_("service")
    )
    position = models.PositiveSmallIntegerField(_("position"), validators=[MinValueValidator(1)])
    name = models.CharField(_("name"), max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), validators=[MinValueValidator(1)])
    busy = models.BooleanField(_("needs the stylist"), default=True)

    history = recorded()

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["service", "position"],
                name="service_phase_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="service_phase_minutes_positive"),
            models.CheckConstraint(condition=Q(position__gt=0), name="service_phase_position_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.service}, {self.name}" if self.name else str(self.service)
