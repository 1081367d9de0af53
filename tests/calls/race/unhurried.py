"""The application on a machine that is busy at the worst moment: between the last look and the writing.

All guards are on. The pause makes the gap wide in which a race would be lost, so that a test which
passes has passed because of the guards, and its negative control cannot pass by luck.
"""

import time

from config.wsgi import application  # isort: skip - sets Django up

from django.db.models.signals import pre_save

from appointments.models import Appointment, Reservation

__all__ = ["application"]

PAUSE_SECONDS = 0.2


def pause(**_facts: object) -> None:
    time.sleep(PAUSE_SECONDS)


for model in (Appointment, Reservation):
    pre_save.connect(pause, sender=model)
