"""Appointments and their phases."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appointments.audit import recorded
from appointments.conflicts import Conflict
from appointments.constraints import SameCompany
from appointments.fields import PhoneField
from appointments.models.company import Branch, Company
from appointments.models.customer import Customer
from appointments.models.ledger import Allocation
from appointments.models.search import Searchable, SearchWordsField
from appointments.models.service import Service
from appointments.models.staff import Staff
from appointments.rules.phases import Phase, Plan


class Status(models.TextChoices):
    BOOKED = "booked", _("booked")
    CONFIRMED = "confirmed", _("confirmed")
    PROVISIONAL = "provisional", _("provisional")
    COMPLETED = "completed", _("completed")
    NO_SHOW = "no_show", _("no-show")
    CANCELLED = "cancelled", _("cancelled")
    REJECTED = "rejected", _("rejected")
    CONFLICT = "conflict", _("in conflict")


BLOCKING = (Status.BOOKED, Status.CONFIRMED, Status.PROVISIONAL)


class Source(models.TextChoices):
    """Through which channel an appointment came."""

    PHONE = "phone", _("phone")
    STAFF = "staff", _("staff")
    API = "api", _("API")
    CALENDAR = "calendar", _("calendar")
    IMPORT = "import", _("import")


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def blocking(self) -> "AppointmentQuerySet":
        return self.filter(status__in=BLOCKING)

    def in_conflict(self) -> "AppointmentQuerySet":
        """What came from outside and had no place: a person decides (the quarantine)."""
        return self.filter(status=Status.CONFLICT)

    def starting_between(self, start: datetime | None, end: datetime | None) -> "AppointmentQuerySet":
        """Half-open, aware instants; None is unbounded."""
        begun = self if start is None else self.filter(starts_at__gte=start)
        return begun if end is None else begun.filter(starts_at__lt=end)

    def lock(self) -> "AppointmentQuerySet":
        return self.order_by("pk").select_for_update(of=("self",))


class Appointment(Searchable):
    """A promise: this person is served by this stylist from ``starts_at``.

    Only ``appointments.booking`` saves one. A blocking one owns allocations equal to its busy
    phases, any other none; a deferred trigger refuses a commit in which that is not so (migration
    ``0002``). The phases are copied from the service when the appointment is made and recomputed
    only when service, stylist or start change: a later change of the service's phases must not move
    or refuse what was promised.
    """

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="appointments", verbose_name=_("company")
    )
    branch = models.ForeignKey(
        Branch, on_delete=models.PROTECT, db_constraint=False, verbose_name=_("branch")
    )
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, db_constraint=False, verbose_name=_("stylist"))
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, db_constraint=False, verbose_name=_("service")
    )
    customer = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="appointments",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("customer"),
    )
    attendee_name = models.CharField(
        _("comes instead"),
        max_length=200,
        blank=True,
        help_text=_("If not the customer comes but, for example, a child."),
    )
    contact_phone = PhoneField(
        _("contact number"),
        null=True,
        blank=True,
        help_text=_("Named on the phone, but not proven by the caller's own number."),
    )
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.BOOKED)
    source = models.CharField(_("source"), max_length=10, choices=Source)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    notes = models.TextField(_("notes"), blank=True)
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    blocks_span = models.BooleanField(default=False, editable=False)
    staff_wished = models.BooleanField(_("this stylist was wished"), default=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("changed"), editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    # What the customer is found by stands with the customer.
    search_words = SearchWordsField(names=["attendee_name"], phones=["contact_phone"])

    objects = AppointmentQuerySet.as_manager()
    history = recorded(leaving_out=["search_words"])

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        indexes: ClassVar = [
            models.Index(fields=["branch", "starts_at"], name="appointment_branch_starts_at"),
            models.Index(fields=["company", "starts_at"], name="appointment_company_starts_at"),
            models.Index(fields=["starts_at"], name="appointment_starts_at"),
            models.Index(fields=["branch", "created_at"], name="appointment_branch_created_at"),
            models.Index(fields=["staff", "starts_at"], name="appointment_staff_starts_at"),
            models.Index(fields=["customer", "starts_at"], name="appointment_customer_starts_at"),
            models.Index(
                fields=["company", "status", "starts_at"],
                condition=Q(status__in=("provisional", "conflict")),
                name="appointment_undecided",
            ),
            GinIndex(fields=["search_words"], name="appointment_search_words", fastupdate=False),
        ]
        constraints: ClassVar = [
            SameCompany(field="branch", name="appointment_branch_same_company"),
            SameCompany(field="staff", name="appointment_staff_same_company"),
            SameCompany(field="service", name="appointment_service_same_company"),
            SameCompany(field="customer", name="appointment_customer_same_company"),
            models.UniqueConstraint(fields=["id", "company"], name="appointment_of_company"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="appointment_end_after_start",
                violation_error_code="end_before_start",
                violation_error_message=_("The end must be after the start."),
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="appointment_status_known"),
        ]

    # What the writer knows and the row does not say. ``now``: the instant that decides which holds
    # have expired. ``ignores_reservations``: holds that become, or make way for, this appointment.
    # ``stands_already``: it is put where it was promised or where it stands outside, so whether the
    # stylist offers the service today is not asked.
    now: datetime | None = None
    ignores_reservations: Sequence[int] = ()
    stands_already: bool = False
    # What was looked up or set, and for which schedule: a form shows the old plan before the new one.
    _known_plan: tuple[tuple[Any, ...], Plan] | None = None
    _stored_schedule: tuple[Any, ...] | None = None

    def __str__(self) -> str:
        return f"{self.service}, {self.attendee}"

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        instance = super().from_db(db, field_names, values, **kwargs)
        if {"service_id", "staff_id", "starts_at"} <= instance.__dict__.keys():
            instance._stored_schedule = instance._schedule  # noqa: SLF001 - its own class
        return instance

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        super().refresh_from_db(using, fields, from_queryset)
        if fields is None:
            self._known_plan, self._stored_schedule = None, self._schedule

    @property
    def _schedule(self) -> tuple[Any, ...]:
        return (self.service_id, self.staff_id, self.starts_at)

    @property
    def is_blocking(self) -> bool:
        return self.status in BLOCKING

    @property
    def attendee(self) -> str:
        """Who comes. Empty when the person was erased."""
        return self.attendee_name or (self.customer.name if self.customer else "")

    @property
    def plan(self) -> Plan:
        """The copied phases while service, stylist and start are as stored, else the service's."""
        if self._known_plan is not None and self._known_plan[0] == self._schedule:
            return self._known_plan[1]
        unchanged = self.pk is not None and self._schedule == self._stored_schedule
        plan = self._copied_plan() if unchanged else self.staff.plan_for(self.service)
        self._known_plan = (self._schedule, plan)
        return plan

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self._known_plan = (self._schedule, plan)

    def _copied_plan(self) -> Plan:
        phases = sorted(self.phases.all(), key=lambda phase: phase.position)
        return Plan(
            phases=tuple(Phase(phase.name, phase.minutes, phase.busy) for phase in phases),
            buffer_before=self.buffer_before_minutes,
            buffer_after=self.buffer_after_minutes,
            blocks_span=self.blocks_span,
        )

    def clean(self) -> None:
        """What a person can be told before the database has to say no.

        Raises ``ValidationError`` as a non-field error: a field-keyed one on a read-only field would
        be a 500 in the admin (trap 2). ``slot_taken`` names the other appointment.
        """
        if not self.is_blocking or not self._is_complete():
            return
        if self._schedule != self._stored_schedule and not self.stands_already:
            self._clean_staff()
        self._clean_overlap()

    def _is_complete(self) -> bool:
        needed = (self.branch_id, self.staff_id, self.service_id, self.starts_at)
        return all(value is not None for value in needed)

    def _clean_staff(self) -> None:
        names = {"staff": self.staff.name, "service": self.service.name}
        if self.staff.branch_id != self.branch_id:
            raise ValidationError(
                _("%(staff)s does not work in this branch."), code="staff_of_other_branch", params=names
            )
        if not self.staff.can_do(self.service) or not self.plan.stretches():
            raise ValidationError(
                _("%(staff)s does not offer %(service)s."), code="staff_cannot_provide_service", params=names
            )

    def _clean_overlap(self) -> None:
        periods = self.plan.taken_at(self.starts_at)
        others = (
            Allocation.objects.conflicting_with(self.staff_id, periods)
            .in_force(self.now or timezone.now())
            .exclude(reservation__in=self.ignores_reservations)
        )
        if self.pk is not None:
            others = others.exclude(appointment=self.pk)
        # Usually there is nobody, so only then are the names looked up.
        in_the_way = others.values_list("pk", flat=True).first()
        if in_the_way is not None:
            conflict = Conflict.of(Allocation.objects.select_related(*Conflict.RELATED).get(pk=in_the_way))
            raise ValidationError(conflict.sentence, code="slot_taken", params={"conflict": conflict})


class AppointmentPhase(models.Model):
    """A part of an appointment, copied from its service."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, related_name="phases", verbose_name=_("appointment")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    busy = models.BooleanField(_("needs the stylist"))

    class Meta:
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints: ClassVar = [
            # Incident E2: twelve phases instead of six.
            models.UniqueConstraint(fields=["appointment", "position"], name="appointment_phase_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_phase_end_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60
