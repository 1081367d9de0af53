"""The frame as an app: system checks, schedules, the cache's table."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class FrameConfig(AppConfig):
    """Registers what must happen after every migration."""

    name = "config"
    label = "config"
    verbose_name = _("Operation")

    def ready(self) -> None:
        from django_q.signals import post_spawn, pre_execute  # noqa: PLC0415 - these need the apps to be loaded

        from config import alarms, checks, integrity, integrity_keys, logs, metric_files, privacy, schedules  # noqa: F401, PLC0415

        # Sent after all migrations, once for every app that has models; the schedules' table is this one's.
        post_migrate.connect(schedules.after_migrate, sender=apps.get_app_config("django_q"))
        alarms.register_rules()
        privacy.register_all()
        metric_files.fold()
        # The queue forks its workers from a process that has been through here long ago.
        post_spawn.connect(metric_files.fold)
        pre_execute.connect(logs.begin_task)
