from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "calls"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Calls")

    def ready(self) -> None:
        from appointments import export, hooks  # noqa: PLC0415 - these need the models to be loaded
        from appointments.salon import extensions  # noqa: PLC0415
        from calls import (  # noqa: PLC0415
            alarms,
            call_export,
            callback_messages,
            callbacks,
            insights,
            measuring,
            privacy,
            roles,
            salon_parts,
            searching,
            telling,
            worklists,
        )
        from calls.integrity import checks  # noqa: F401, PLC0415
        from integrations.messaging import truths  # noqa: PLC0415
        from integrations.models import MessageKind  # noqa: PLC0415

        roles.grant_roles()
        hooks.on_hold_lost(telling.note_lost_hold)
        hooks.on_customer_to_call(callbacks.queue_about)
        extensions.register(salon_parts.store_agents)
        export.contribute("calls", loader=call_export.calls_about)
        worklists.register()
        alarms.register_rules()
        measuring.begin()
        insights.register()
        searching.register()
        truths.register(MessageKind.CALLBACK, callback_messages.is_true)
        truths.register(MessageKind.CALL_US, callback_messages.is_true)
        privacy.register_all()
