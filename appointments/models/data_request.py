"""What was given out about persons, and who was erased: the proof that remains, which names nobody."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.models.company import Company


class RequestKind(models.TextChoices):
    EXPORT = "export", _("information given")
    ERASURE = "erasure", _("erased")


class DataRequest(models.Model):
    """Written with the act itself. ``number`` is what the customer's primary key is or was.

    An erasure is replayed after a backup was restored, so it keeps what finds the person there again,
    and nothing that says who it is: ``records``, ``[{"id", "made_at"}]``, of the customer and of those who
    were united with them, where the instant tells a number given twice apart; ``calls``, the voice
    platform's ids; ``coming``, what became of coming appointments.
    """

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="data_requests", verbose_name=_("company")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    number = models.BigIntegerField(_("customer no."))
    records = models.JSONField(default=list, editable=False)
    calls = models.JSONField(default=list, editable=False)
    coming = models.CharField(max_length=10, blank=True, editable=False)
    counts = models.JSONField(_("how much"), default=dict)
    made_at = models.DateTimeField(_("time"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("information and erasure")
        verbose_name_plural = _("information and erasures")
        indexes: ClassVar = [
            models.Index(fields=["company", "made_at"], name="data_request_made_at"),
            models.Index(fields=["number"], name="data_request_number"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.number}"
