"""What all programs of a stage have in their environment. Imports nothing that reads the settings."""

import os
import shutil
from pathlib import Path

from config.demo import calendar as demo_calendar
from config.demo.ports import HOST
from tools.stage.postgres import Postgres

# Between programs of one machine, for as long as a run lasts.
RETELL_KEY = "key_only_for_the_stage_51d20c7f"
SECRET = "only-for-the-stage-3b8f61c0a94e4f5aa1c2e7"  # noqa: S105
MAILS = "mails"


def clear(var: Path) -> None:
    """What the last run left in ``var``; the database is renewed, its server's files stay."""
    var.mkdir(parents=True, exist_ok=True)
    for path in var.iterdir():
        if path.name.startswith("postgres"):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def prepare(var: Path, postgres: Postgres, *, port: int, **others: str) -> dict[str, str]:
    """Into ``os.environ``, for Django here and for every program that is started; the calendar's part is
    given back.
    """
    calendar = demo_calendar.settings_for(port, {})
    (var / MAILS).mkdir(parents=True, exist_ok=True)
    os.environ.update(
        {
            "ENV_FILE": "none",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": postgres.url,
            "SECRET_KEY": SECRET,
            "RETELL_API_KEYS": RETELL_KEY,
            "RETELL_API_URL": "none",
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "HTTPS": "false",
            "VAR_DIR": str(var),
            # A file for each message: what has left can be counted.
            "EMAIL_URL": f"filemail:///{var / MAILS}",
            "PUBLIC_URL": f"http://{HOST}:{port}",
            "RATE_LIMITS": "false",
            "LOG_LEVEL": "WARNING",
            **calendar,
            **others,
        }
    )
    return calendar
