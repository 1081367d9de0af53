"""Bookings at Cal.com, as far as known: each attempt to make one is a row, before it is made."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models import Appointment, Company
from appointments.rules.periods import Period


class BookingState(models.TextChoices):
    IN_FLIGHT = "in_flight", _("being sent")
    EXISTS = "exists", _("exists")
    ABSENT = "absent", _("does not exist")
    UNKNOWN = "unknown", _("unknown")


class Origin(models.TextChoices):
    CREATED = "created", _("booked by us")
    MOVED = "moved", _("moved by us")
    FOREIGN = "foreign", _("made at Cal.com")


# What may stand there, and so must be looked at before anything else is sent.
POSSIBLE = (BookingState.IN_FLIGHT, BookingState.EXISTS, BookingState.UNKNOWN)


class CalendarBooking(models.Model):
    """A booking that stands, may stand or once stood at Cal.com.

    ``position`` is the run's (``Plan.runs()``), ``generation`` counts the attempts of one
    appointment. ``reference`` is what the booking carries as ``metadata.terminfest_id``; a move
    copies it there, so it alone proves nothing. Host, event type, start and end are what was asked,
    from ``exists`` on what stands. A move makes a new ``uid``: ``moved_from`` keeps the chain (incident
    F9). ``deadline``: the instant after which the request has surely ended. ``missing_since``: the
    calendar did not know it then; only the second time proves that it is gone (invariant I6).
    ``leaving``: we have asked for it to be cancelled, so that it is gone surprises nobody. ``outdated``: it
    stands under the name of somebody who was erased, so another has to take its place.

    Without an appointment it is the trace of a foreign booking that was gone before it was heard of.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    appointment = models.ForeignKey(
        Appointment,
        on_delete=models.CASCADE,
        related_name="calendar_bookings",
        null=True,
        blank=True,
        db_constraint=False,
        verbose_name=_("appointment"),
    )
    position = models.PositiveSmallIntegerField(_("first phase"), default=1)
    generation = models.PositiveIntegerField(_("attempt"), default=0)
    reference = models.CharField(_("reference"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=BookingState)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin)
    moved_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        related_name="moves",
        null=True,
        blank=True,
        verbose_name=_("moved from"),
    )
    calcom_user_id = models.BigIntegerField(_("host"), null=True, blank=True)
    event_type_id = models.BigIntegerField(_("event type"), null=True, blank=True)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    # NULL until it is known, so that unique means what it says.
    uid = models.CharField(_("uid"), max_length=100, null=True, blank=True)  # noqa: DJ001
    deadline = models.DateTimeField(_("answer due"), null=True, blank=True)
    error_code = models.CharField(_("error"), max_length=40, blank=True)
    error_detail = models.CharField(_("what Cal.com said"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"))
    settled_at = models.DateTimeField(_("answered"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    missing_since = models.DateTimeField(_("missing since"), null=True, blank=True)
    leaving = models.BooleanField(_("cancelled by us"), default=False)
    outdated = models.BooleanField(
        _("stands under a name that has to go"), default=False, db_default=False, editable=False
    )

    class Meta:
        verbose_name = _("booking at Cal.com")
        verbose_name_plural = _("bookings at Cal.com")
        indexes: ClassVar = [
            models.Index(fields=["reference"], name="calendar_booking_reference"),
            models.Index(fields=["company", "starts_at"], name="calendar_booking_starts_at"),
            models.Index(fields=["starts_at"], name="calendar_booking_all_starts_at"),
            models.Index(fields=["uid"], name="calendar_booking_uid"),
            models.Index(
                fields=["company", "calcom_user_id", "starts_at"],
                condition=~Q(state="absent"),
                name="calendar_booking_possible",
            ),
        ]
        constraints: ClassVar = [
            SameCompany(field="appointment", name="calendar_booking_appointment_same_company"),
            # Incident G1: the booking of one customer is never taken for another's.
            models.UniqueConstraint(fields=["company", "uid"], name="calendar_booking_uid_once"),
            # Two workers and a call at once: a second attempt for the same run cannot even begin.
            models.UniqueConstraint(
                fields=["appointment", "position"],
                condition=Q(state="in_flight"),
                name="calendar_booking_one_in_flight",
            ),
            models.UniqueConstraint(
                fields=["appointment", "position", "generation"], name="calendar_booking_generation_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="calendar_booking_end_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state="exists") | Q(uid__isnull=False), name="calendar_booking_exists_has_uid"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("in_flight", "unknown")) | Q(deadline__isnull=False),
                name="calendar_booking_open_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(appointment__isnull=False) | Q(state="absent"),
                name="calendar_booking_possible_has_appointment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uid or self.reference}: {self.get_state_display()}"

    @property
    def period(self) -> Period:
        return Period(self.starts_at, self.ends_at)
