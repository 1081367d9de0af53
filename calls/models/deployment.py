"""What was last brought to the voice platform for an agent."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from calls.models.call import VoiceAgent


class Deployment(models.Model):
    """``sent`` is ``{"flow": …, "agent": …}`` as it was sent, ``numbers`` are E.164.

    What differs from it at the platform, somebody has changed there; in what we would send another flow
    today, ours has gone on. Unless it is ``held``: somebody has put an older one back, and it stays until
    this agent is named again.
    """

    agent = models.OneToOneField(
        VoiceAgent, on_delete=models.CASCADE, related_name="deployment", verbose_name=_("agent")
    )
    url = models.URLField(_("address"))
    numbers = models.JSONField(_("numbers"), default=list)
    sent = models.JSONField(_("what was sent"))
    deployed_at = models.DateTimeField(_("deployed"))
    held = models.BooleanField(pgettext_lazy("rollout", "held"), default=False, db_default=False)

    class Meta:
        verbose_name = _("voice agent as it was deployed")
        verbose_name_plural = _("voice agents as they were deployed")

    def __str__(self) -> str:
        return str(self.agent)
