"""Our programs in a time that runs faster, and, for the negative control, with a rule taken out.

``tools.nights.programs:application`` for gunicorn, ``python -m tools.nights.programs`` for ``manage.py``.
"""

import os
import sys
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import django

django.setup()

from django.core.management import execute_from_command_line  # noqa: E402
from django_q.conf import Conf  # noqa: E402

from appointments import booking  # noqa: E402
from config import brokers  # noqa: E402
from config.wsgi import application  # noqa: E402
from tools.nights.breaks import CLOCK, QUIET, SWEEP, VARIABLE  # noqa: E402
from tools.nights.clock import SPEED_VARIABLE  # noqa: E402

__all__ = ["application"]

# Counted by the monotonic clock, which is nobody's to speed up.
brokers.EVERY_SECONDS /= float(os.environ.get(SPEED_VARIABLE, "1"))
# django-q2 takes its rounds for seconds. What a round itself takes is many times as long here, so there are
# fewer of them.
Conf.GUARD_CYCLE, Conf.POLL = 5, 2


def break_clock() -> None:
    """Nobody notices that the clock was set back."""

    def overlooked(**_facts: Any) -> int:
        return 0

    patch("config.brokers.follow_the_clock", overlooked).start()


def break_quiet() -> None:
    """Reminders come at any hour."""

    def never(*_facts: Any) -> bool:
        return False

    patch("integrations.messaging.quiet.is_quiet", never).start()
    patch("integrations.messaging.reminders.is_quiet", never).start()


def break_sweep() -> None:
    """Holds end before they have lasted as long as was promised."""
    sweep = booking.sweep

    def early(*, now: datetime) -> int:
        return sweep(now=now + timedelta(seconds=60))

    patch("appointments.booking.sweep", early).start()


BREAKS = {CLOCK: break_clock, QUIET: break_quiet, SWEEP: break_sweep}
if os.environ.get(VARIABLE):
    BREAKS[os.environ[VARIABLE]]()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
