from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "integrations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Integrations")

    def ready(self) -> None:
        from appointments import alarms, export, hooks, integrity  # noqa: PLC0415 - these need the models to be loaded
        from appointments.salon import extensions  # noqa: PLC0415
        from appointments.waitlist import offering  # noqa: PLC0415
        from integrations import (  # noqa: PLC0415
            calendar_export,
            consistency,
            insights,
            measuring,
            privacy,
            roles,
            salon_parts,
            searching,
            worklists,
        )
        from integrations.alarms import noting, rules  # noqa: PLC0415
        from integrations.convergence import note_change, note_import, note_switch  # noqa: PLC0415
        from integrations.incoming.syncing import solve_what_is_over  # noqa: PLC0415
        from integrations.integrity import checks  # noqa: F401, PLC0415
        from integrations.messaging import note_change as note_message  # noqa: PLC0415
        from integrations.messaging import offers, truths, unite  # noqa: PLC0415
        from integrations.models import MessageKind  # noqa: PLC0415

        roles.grant_roles()
        integrity.provide_agreement(consistency.agreements)
        hooks.on_change(note_change)
        hooks.on_import(note_import)
        hooks.on_calendar_switched(note_switch)
        hooks.on_change(solve_what_is_over)
        hooks.on_change(note_message)
        hooks.on_customers_united(unite)
        hooks.on_holds_ended(measuring.note_ended_holds)
        extensions.register(salon_parts.store_calendar_parts)
        export.contribute("calendar", loader=calendar_export.calendar_states)
        worklists.register()
        alarms.on_notice(noting.note)
        rules.register_rules()
        insights.register()
        searching.register()
        truths.register(MessageKind.OFFER, offers.is_true)
        offering.register(offers.Writer())
        privacy.register_all()
