"""What ``manage.py check`` says about this installation, beyond Django's own checks."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

MINIMUM_POSTGRESQL = 140000


@register()
def check_engine(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The constraint against double bookings exists in PostgreSQL only."""
    return [
        Error(
            f"The database {alias} is not PostgreSQL.",
            hint="Set DATABASE_URL to postgres://…, or leave it unset for the embedded server.",
            id="config.E001",
        )
        for alias in settings.DATABASES
        if connections[alias].vendor != "postgresql"
    ]


@register(Tags.database)
def check_version(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Run by ``migrate`` and by ``check --database default``."""
    return [
        Error(
            f"The database {alias} runs on a PostgreSQL older than 14.",
            hint="Use PostgreSQL 14 or newer.",
            id="config.E002",
        )
        for alias in databases or []
        if connections[alias].vendor == "postgresql" and _version(alias) < MINIMUM_POSTGRESQL
    ]


def _version(alias: str) -> int:
    with connections[alias].cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0])


@register()
def check_metrics(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Each process would tell Prometheus of itself only, whichever happens to be asked."""
    if settings.METRICS_DIR is not None:
        return []
    return [
        checks.Warning(
            "The folder metrics under VAR_DIR cannot be written.",
            hint="Let the processes' user write there; until then each counts for itself.",
            id="config.W002",
        )
    ]


@register(Tags.security, deploy=True)
def check_secrets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Keys short enough to guess."""
    short = [key for key in settings.RETELL_API_KEYS if len(key) < 16]
    if not short:
        return []
    return [
        checks.Warning(
            "RETELL_API_KEYS has a key of less than 16 characters.",
            hint="Copy the whole key from Retell: whoever guesses it can book and cancel by telephone.",
            id="config.W001",
        )
    ]


@register(Tags.security, deploy=True)
def check_targets(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A switch of the demo."""
    if not settings.LOOPBACK_TARGETS:
        return []
    return [
        checks.Warning(
            "LOOPBACK_TARGETS lets salons enter addresses of this machine.",
            hint="Leave it out: alarms and messages could otherwise ask whatever listens here.",
            id="config.W003",
        )
    ]
