from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    name = "appointments"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Appointments")

    def ready(self) -> None:
        from appointments import alarm_list, hooks, undecided  # noqa: PLC0415 - these need the models to be loaded
        from appointments.alarms import standard  # noqa: PLC0415
        from appointments.insights.standard import register_standard  # noqa: PLC0415
        from appointments.integrity import checks  # noqa: F401, PLC0415
        from appointments.privacy import own_holdings, own_parts  # noqa: PLC0415
        from appointments.replanning import worklists  # noqa: PLC0415
        from appointments.search.sources import register_domain  # noqa: PLC0415
        from appointments.waitlist import entries  # noqa: PLC0415
        from appointments.waitlist import worklists as waitlists  # noqa: PLC0415

        undecided.register()
        alarm_list.register()
        standard.register_standard()
        register_standard()
        register_domain()
        own_parts.register_own()
        own_holdings.register_own()
        worklists.register()
        waitlists.register()
        hooks.on_change(entries.note_change)
