"""A stylist's calendar as a secret address that calendar programs read."""

import hashlib
import secrets
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.audit import recorded
from appointments.constraints import SameCompany
from appointments.models.company import Company
from appointments.models.staff import Staff


def digest_of(token: str) -> str:
    """SHA-256: a token has 256 random bits, so neither salt nor a slow hash adds anything."""
    return hashlib.sha256(token.encode()).hexdigest()


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def issue(self, staff: Staff, *, user_id: int | None, now: datetime) -> str:
        """The secret of a new address, which cannot be read again; the former one is nothing from now on."""
        token = secrets.token_urlsafe(32)
        facts = {"digest": digest_of(token), "created_at": now, "created_by_id": user_id}
        self.update_or_create(staff=staff, defaults={"company_id": staff.company_id, **facts})
        return token

    def valid_for(self, token: str) -> "CalendarFeedQuerySet":
        return self.filter(digest=digest_of(token), staff__active=True, company__active=True)


class CalendarFeed(models.Model):
    """Admits whoever knows the address to one stylist's coming weeks. Only a digest of it is kept."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, verbose_name=_("company"))
    staff = models.OneToOneField(
        Staff,
        on_delete=models.CASCADE,
        related_name="calendar_feed",
        db_constraint=False,
        verbose_name=_("stylist"),
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )

    objects = CalendarFeedQuerySet.as_manager()
    history = recorded(leaving_out=["digest"])

    class Meta:
        verbose_name = _("calendar link")
        verbose_name_plural = _("calendar links")
        constraints: ClassVar = [
            SameCompany(field="staff", name="calendar_feed_staff_same_company"),
        ]

    def __str__(self) -> str:
        return str(self.staff)
