"""The worker: what the queue has, soon after it was asked; and what the clock says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random

from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signals import pre_enqueue

from config.schedules import SCHEDULES, Recurring
from tools.evening.timeline import Timeline

FASTEST, SLOWEST = 0.1, 1.0  # seconds until somebody is free to do it


@contextmanager
def working(timeline: Timeline, random: Random, *, until: datetime) -> Iterator[None]:
    def asked(**_facts: object) -> None:
        timeline.after(random.uniform(FASTEST, SLOWEST), work_off)

    def recur(schedule: Recurring) -> None:
        import_string(schedule.func)()
        if timeline.now < until:
            timeline.after(60.0 * schedule.minutes, lambda: recur(schedule))

    for _row in OrmQ.objects.all():
        asked()
    for schedule in SCHEDULES:
        timeline.after(random.uniform(0, 60), lambda schedule=schedule: recur(schedule))
    pre_enqueue.connect(asked)
    try:
        yield
    finally:
        pre_enqueue.disconnect(asked)


def work_off() -> None:
    """The oldest task, if another round has not done it."""
    row = OrmQ.objects.order_by("pk").first()
    if row is None:
        return
    task = row.task
    row.delete()
    import_string(task["func"])(*task["args"])
