"""Every conversation that was brought to the voice platform, so that the one before can come back."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from appointments.audit import Channel
from calls.models.call import VoiceAgent


class FlowVersion(models.Model):
    """What was sent for an agent, as :class:`~calls.models.Deployment` holds it for the live one.

    Never changed: who goes back sends it again, as a new version that ``restores`` the old one. ``channel``
    and ``actor`` are those of the history: who did it, and from where.
    """

    agent = models.ForeignKey(
        VoiceAgent, on_delete=models.CASCADE, related_name="versions", verbose_name=_("agent")
    )
    number = models.PositiveIntegerField(_("number"))
    url = models.URLField(_("address"))
    numbers = models.JSONField(_("numbers"), default=list)
    sent = models.JSONField(_("what was sent"))
    restores = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, verbose_name=_("puts back")
    )
    deployed_at = models.DateTimeField(_("deployed"))
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    actor = models.CharField(_("by"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("version of the conversation")
        verbose_name_plural = _("versions of the conversation")
        ordering = ("-number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agent", "number"], name="flow_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agent}, {self.number}"

    @property
    def origin(self) -> "FlowVersion":
        """Whose conversation it is: its own, or that of the version it puts back."""
        return self if self.restores is None else self.restores
