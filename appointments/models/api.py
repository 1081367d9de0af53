"""What the REST API keeps: keys of other systems, and answers that can be given again."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.company import Company

PREFIX = "tf_"
# How long a repeated request gets the answer of the first.
REPLY_LIFETIME = timedelta(hours=24)


def digest_of(key: str) -> str:
    """SHA-256: a key has 256 random bits, so neither salt nor a slow hash adds anything."""
    return hashlib.sha256(key.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def issue(self, *, company: Company, name: str, now: datetime) -> tuple["ApiToken", str]:
        """A new token and its key, which cannot be read again."""
        key = PREFIX + secrets.token_urlsafe(32)
        return self.create(company=company, name=name, digest=digest_of(key), created_at=now), key

    def valid_for(self, key: str) -> "ApiTokenQuerySet":
        return self.filter(digest=digest_of(key), active=True, company__active=True)


class ApiToken(models.Model):
    """Admits another system to one company. Only a digest of the key is kept."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("company")
    )
    name = models.CharField(_("name"), max_length=100, help_text=_("Which system uses it."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    active = models.BooleanField(_("active"), default=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.company}, {self.name}"


class ApiReplyQuerySet(models.QuerySet["ApiReply"]):
    def expired(self, now: datetime) -> "ApiReplyQuerySet":
        return self.filter(created_at__lte=now - REPLY_LIFETIME)


class ApiReply(models.Model):
    """The answer to a request that succeeded, by its ``Idempotency-Key`` (invariant I7).

    Stored in the transaction of what it answers. ``digest`` is of method, path and body; ``body`` is
    JSON as it was sent, which a JSON column would not keep.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    objects = ApiReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored API answer")
        verbose_name_plural = _("stored API answers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "key"], name="api_reply_once_per_key"),
        ]

    def __str__(self) -> str:
        return self.key
