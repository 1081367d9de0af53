"""The ledger: what is taken of a stylist's time, by an appointment or by a hold.

The exclusion constraint on :class:`Allocation` is invariant I1. Expiry cannot be part of it (time
is not immutable), so readers ignore expired holds and the writer clears those in its way.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.types.multirange import Int8Multirange
from psycopg.types.range import Int8Range

from appointments.constraints import SameCompany, one_place_at_a_time, point_range
from appointments.models.company import Branch, Company
from appointments.models.service import Service
from appointments.models.staff import Staff
from appointments.rules.periods import Period
from appointments.rules.phases import Phase, Plan


def new_token() -> str:
    """An id that nobody can guess: reservation ids are bound to their call (invariant I8)."""
    return secrets.token_urlsafe(16)


class ReservationState(models.TextChoices):
    HELD = "held", _("held")
    CONVERTED = "converted", _("booked")
    RELEASED = "released", _("released")
    REPLACED = "replaced", _("replaced by another wish")
    EXPIRED = "expired", _("expired")
    LOST = "lost", _("lost to another booking")


# A move can still be taken back; after its expiry only if nobody has taken the time.
UNDECIDED = (ReservationState.HELD, ReservationState.EXPIRED)


class ReservationQuerySet(models.QuerySet["Reservation"]):
    def held(self) -> "ReservationQuerySet":
        return self.filter(state=ReservationState.HELD)

    def live(self, now: datetime) -> "ReservationQuerySet":
        return self.held().filter(expires_at__gt=now)

    def overdue(self, now: datetime) -> "ReservationQuerySet":
        return self.held().filter(expires_at__lte=now)

    def moves_of(self, appointment_ids: Iterable[int]) -> "ReservationQuerySet":
        """What the moves of these appointments have kept of their old times, decided or not."""
        return self.filter(holder__in=[move_holder(pk) for pk in appointment_ids])

    def undecided(self) -> "ReservationQuerySet":
        return self.filter(state__in=UNDECIDED)

    def lock(self) -> "ReservationQuerySet":
        return self.order_by("pk").select_for_update(of=("self",))


MOVE = "move:"


def move_holder(appointment_id: int) -> str:
    """Who holds the time that an appointment has left, until its move is settled."""
    return f"{MOVE}{appointment_id}"


class Reservation(models.Model):
    """A hold: time promised to a running conversation for a moment.

    Owns allocations exactly as an appointment does; booking re-points them, so nothing is ever
    released in between (incidents D1, D3). Only a held one has allocations. The phases are copied,
    as into an appointment. ``holder`` is opaque here: a call, a session of the API.

    The old time of an appointment whose move may still be taken back is one too, held by
    ``move:<appointment id>``: service, stylist, start and phases are the old ones, its allocations
    only what the new time does not cover.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    branch = models.ForeignKey(
        Branch, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("branch")
    )
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("stylist"))
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("service")
    )
    appointment = models.ForeignKey(
        "appointments.Appointment",
        # Not CASCADE: Django deletes rows behind a nullable key in any order, and ours is checked at once.
        on_delete=models.SET_NULL,
        related_name="reservations",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    token = models.CharField(_("id"), max_length=32, unique=True, default=new_token, editable=False)
    holder = models.CharField(_("held by"), max_length=200)
    person = models.CharField(
        _("for"),
        max_length=200,
        blank=True,
        help_text=_("Whoever comes, where the conversation has named several people."),
    )
    staff_wished = models.BooleanField(_("this stylist was wished"), default=False)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    phases = models.JSONField(_("phases"))
    buffer_before_minutes = models.PositiveSmallIntegerField(default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(default=0)
    blocks_span = models.BooleanField(default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=ReservationState, default=ReservationState.HELD
    )
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"))
    expires_at_latest = models.DateTimeField(_("expires at the latest"))

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        indexes: ClassVar = [
            models.Index(fields=["holder"], name="reservation_holder"),
            models.Index(fields=["company", "created_at"], name="reservation_company_created_at"),
            models.Index(fields=["created_at"], name="reservation_created_at"),
            models.Index(
                fields=["expires_at"], condition=Q(state="held"), name="reservation_held_expires_at"
            ),
        ]
        constraints: ClassVar = [
            SameCompany(field="branch", name="reservation_branch_same_company"),
            SameCompany(field="staff", name="reservation_staff_same_company"),
            SameCompany(field="service", name="reservation_service_same_company"),
            SameCompany(field="appointment", name="reservation_appointment_same_company"),
            models.UniqueConstraint(fields=["id", "company"], name="reservation_of_company"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="reservation_end_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}, {self.staff}"

    @property
    def plan(self) -> Plan:
        return Plan(
            phases=tuple(Phase(**phase) for phase in self.phases),
            buffer_before=self.buffer_before_minutes,
            buffer_after=self.buffer_after_minutes,
            blocks_span=self.blocks_span,
        )

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self.phases = [
            {"name": phase.name, "minutes": phase.minutes, "busy": phase.busy} for phase in plan.phases
        ]
        self.buffer_before_minutes = plan.buffer_before
        self.buffer_after_minutes = plan.buffer_after
        self.blocks_span = plan.blocks_span

    def is_live(self, now: datetime) -> bool:
        return self.state == ReservationState.HELD and self.expires_at > now

    @property
    def is_move(self) -> bool:
        return self.holder.startswith(MOVE)


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """The words in which ``clean()``, availability and the integrity report speak of overlap."""

    def of_staff(self, staff_ids: Iterable[int]) -> "AllocationQuerySet":
        """Said as a multirange, so that one scan of the constraint's own GiST index serves it."""
        points = Int8Multirange([Int8Range(pk, pk, "[]") for pk in staff_ids])
        return self.alias(staff_point=point_range("staff_id")).filter(staff_point__overlap=points)

    def overlapping(self, period: Period) -> "AllocationQuerySet":
        """Half-open: back to back is free (incident C12)."""
        return self.filter(during__overlap=DateTimeTZRange(period.start, period.end))

    def in_force(self, now: datetime) -> "AllocationQuerySet":
        """Without those of expired holds."""
        return self.filter(Q(reservation__isnull=True) | Q(reservation__expires_at__gt=now))

    def conflicting_with(self, staff_id: int, periods: Iterable[Period]) -> "AllocationQuerySet":
        """What stands in the way of ``periods`` of one stylist."""
        return self.conflicting_with_any({staff_id: periods})

    def conflicting_with_any(self, periods: Mapping[int, Iterable[Period]]) -> "AllocationQuerySet":
        """The same for several stylists, each with their own periods."""
        anywhere = Q(pk__in=[])
        for staff_id, wanted in periods.items():
            for period in wanted:
                anywhere |= Q(staff=staff_id, during__overlap=DateTimeTZRange(period.start, period.end))
        return self.of_staff(periods).filter(anywhere).order_by("during")


class Allocation(models.Model):
    """A stretch of a stylist's time that is taken.

    One row for each busy phase (``position`` is the phase's), so the gap of a perm can be sold and
    both its ends cannot. Sync status plays no role here (incident C9), neither do other stylists
    (C10).
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, db_constraint=False, verbose_name=_("stylist"))
    during = DateTimeRangeField(_("time"))
    position = models.PositiveSmallIntegerField(_("phase"))
    appointment = models.ForeignKey(
        "appointments.Appointment",
        on_delete=models.CASCADE,
        related_name="allocations",
        null=True,
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    reservation = models.ForeignKey(
        Reservation,
        on_delete=models.CASCADE,
        related_name="allocations",
        null=True,
        db_constraint=False,
        verbose_name=_("reservation"),
    )

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints: ClassVar = [
            SameCompany(field="staff", name="allocation_staff_same_company"),
            SameCompany(field="appointment", name="allocation_appointment_same_company"),
            SameCompany(field="reservation", name="allocation_reservation_same_company"),
            models.CheckConstraint(
                condition=Q(appointment__isnull=True) ^ Q(reservation__isnull=True),
                name="allocation_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(
                    during__isempty=False,
                    during__lower_inc=True,
                    during__upper_inc=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                ),
                name="allocation_half_open",
            ),
            models.UniqueConstraint(fields=["appointment", "position"], name="allocation_phase_once"),
            models.UniqueConstraint(fields=["reservation", "position"], name="allocation_held_phase_once"),
            one_place_at_a_time(owner="staff_id", period="during", name="allocation_one_place_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.staff}: {timezone.localtime(self.period.start):%d.%m. %H:%M}"

    @property
    def period(self) -> Period:
        during: Any = self.during
        return Period(during.lower, during.upper)
