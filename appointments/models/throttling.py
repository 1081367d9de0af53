"""How often something was asked of late, for :mod:`appointments.throttling`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestCount(models.Model):
    """``count`` requests since the window of ``began_at`` (Unix seconds) opened; who asked is a digest.

    The table is unlogged: it is written at every request, and after a crash it may begin anew.
    """

    digest = models.CharField(primary_key=True, max_length=32, editable=False)
    began_at = models.BigIntegerField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("count of requests")
        verbose_name_plural = _("counts of requests")

    def __str__(self) -> str:
        return self.digest
