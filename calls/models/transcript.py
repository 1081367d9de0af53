"""What was said, and where the agent said something that no function had answered."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call


class Transcript(models.Model):
    """The lines of a call. Personal, so a table of its own: forgotten alone, shown with a permission.

    ``segments``: a list of ``{"role": "agent" | "user" | "function", "text", "start_ms", "end_ms"}`` in
    the order in which they were said, times in milliseconds since the call began, or None. A row that
    was emptied stays, so that no late message fills it again.
    """

    call = models.OneToOneField(
        Call, on_delete=models.CASCADE, related_name="transcript", verbose_name=_("call")
    )
    segments = models.JSONField(_("lines"), default=list)
    purged_at = models.DateTimeField(_("forgotten"), null=True, blank=True)

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")

    def __str__(self) -> str:
        return str(self.call)


class ClaimKind(models.TextChoices):
    """What an agent can say only after a function has answered so (incidents C5, J12)."""

    BOOKED = "booked", _("says booked")
    FREE = "free", _("says free")
    TAKEN = "taken", _("says taken")
    CANCELLED = "cancelled", _("says cancelled")
    MOVED = "moved", _("says moved")


class CallClaim(models.Model):
    """A line of the agent that what the functions had answered until then contradicts.

    ``line`` is its place in the transcript, from 0; what was said stands only there. ``answered`` is
    the status of the answer that it contradicts, empty if nothing had been asked.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="claims", verbose_name=_("call"))
    kind = models.CharField(_("claim"), max_length=10, choices=ClaimKind)
    line = models.PositiveIntegerField(_("line"))
    answered = models.CharField(_("answered until then"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("contradiction")
        verbose_name_plural = _("contradictions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["call", "line", "kind"], name="call_claim_once"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
