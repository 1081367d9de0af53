"""Slot reservations at Cal.com: a courtesy to its booking pages, never a lock (``calcom.md`` §2.2)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.constraints import SameCompany
from appointments.models import Company, Reservation


class SlotReservation(models.Model):
    """Of one run of a hold. ``until`` is when Cal.com forgets it by itself. Without ``uid`` it is one
    that was asked for and never answered: it may hide the slot, and nobody can take it back.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    reservation = models.ForeignKey(
        Reservation,
        on_delete=models.CASCADE,
        related_name="slot_reservations",
        db_constraint=False,
        verbose_name=_("reservation"),
    )
    # NULL where there is none, so that unique means what it says.
    uid = models.CharField(_("uid"), max_length=100, null=True, blank=True)  # noqa: DJ001
    event_type_id = models.BigIntegerField(_("event type"))
    starts_at = models.DateTimeField(_("start"))
    until = models.DateTimeField(_("until"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        verbose_name = _("slot reservation at Cal.com")
        verbose_name_plural = _("slot reservations at Cal.com")
        indexes: ClassVar = [
            models.Index(
                fields=["until"], condition=Q(released_at__isnull=True), name="slot_reservation_live"
            ),
        ]
        constraints: ClassVar = [
            SameCompany(field="reservation", name="slot_reservation_same_company"),
            models.UniqueConstraint(fields=["company", "uid"], name="slot_reservation_uid_once"),
        ]

    def __str__(self) -> str:
        return self.uid or "–"
