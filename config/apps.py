"""The frame as an app: system checks, schedules, the cache's table."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FrameConfig(AppConfig):
    """Registers what must happen after every migration."""

    name = "config"
    label = "config"
    verbose_name = _("Operation")

    def ready(self) -> None:
        from config import checks, schedules  # noqa: F401, PLC0415 - both need the apps to be loaded

        # Sent for every app after all migrations: with us as the sender, once, and every table exists.
        post_migrate.connect(schedules.after_migrate, sender=self)
