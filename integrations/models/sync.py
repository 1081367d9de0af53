"""What of an appointment should stand at Cal.com, and how far that has come."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models import Appointment, Company

# How lists are sorted; Django's own "-pending_since" puts those that wait for nothing before all others.
WAITING_FIRST = F("pending_since").desc(nulls_last=True)


class SyncState(models.TextChoices):
    PENDING = "pending", _("to be synchronised")
    SYNCED = "synced", _("stands in the calendar")
    HALTED = "halted", _("waits for a decision")
    NONE = "none", _("nothing stands in the calendar")


class Promise(models.TextChoices):
    """Whether the person who asked has been told (``architecture.md`` §4, the moment of promise)."""

    UNDECIDED = "undecided", _("not yet answered")
    PROMISED = "promised", _("promised")
    REJECTED = "rejected", _("refused")


class CalendarSync(models.Model):
    """One for each appointment of a branch whose calendar is on. Level-triggered: it says that the
    two sides have to be compared, never what is to be done.

    ``wanted`` is the appointment's schedule as text; while it stays the same a halted one stays
    halted. ``revision`` is the appointment's when they were last found to agree. ``pending_since``
    is None while they agree. ``claimed_until``: nobody else works on it before this instant.
    ``exempt``: staff decided that it is kept without an entry.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    appointment = models.OneToOneField(
        Appointment,
        on_delete=models.CASCADE,
        related_name="calendar_sync",
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    state = models.CharField(_("state"), max_length=10, choices=SyncState, default=SyncState.PENDING)
    promise = models.CharField(_("promise"), max_length=10, choices=Promise, default=Promise.PROMISED)
    decide_by = models.DateTimeField(_("to be answered by"), null=True, blank=True)
    wanted = models.CharField(max_length=200, editable=False)
    revision = models.PositiveIntegerField(_("agreed revision"), default=0)
    exempt = models.BooleanField(_("kept without calendar entry"), default=False)
    pending_since = models.DateTimeField(_("pending since"), null=True, blank=True)
    next_try_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failed attempts"), default=0)
    error_code = models.CharField(_("last error"), max_length=40, blank=True)
    error_detail = models.CharField(_("what Cal.com said"), max_length=500, blank=True)
    claimed_by = models.CharField(max_length=32, blank=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    alarmed_at = models.DateTimeField(_("alarm raised"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar state")
        verbose_name_plural = _("calendar states")
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"], condition=Q(next_try_at__isnull=False), name="calendar_sync_due"
            ),
            models.Index(
                fields=["pending_since"], condition=Q(state="pending"), name="calendar_sync_pending_since"
            ),
            models.Index(
                fields=["decide_by"], condition=Q(promise="undecided"), name="calendar_sync_undecided"
            ),
            models.Index(fields=["company", "state"], name="calendar_sync_company_state"),
            models.Index("company", WAITING_FIRST, F("id").desc(), name="calendar_sync_waiting"),
            models.Index(WAITING_FIRST, F("id").desc(), name="calendar_sync_all_waiting"),
        ]
        constraints: ClassVar = [
            SameCompany(field="appointment", name="calendar_sync_appointment_same_company"),
            # Invariant I12: what is pending has a beginning, and so an age.
            models.CheckConstraint(
                condition=~Q(state="pending") | Q(pending_since__isnull=False, next_try_at__isnull=False),
                name="calendar_sync_pending_has_age",
            ),
            models.CheckConstraint(
                condition=~Q(promise="undecided") | Q(decide_by__isnull=False),
                name="calendar_sync_undecided_has_limit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment}: {self.get_state_display()}"
