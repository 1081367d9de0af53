"""What the queue does by the clock: declared here, written to django-q2's table after every migration."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ, Schedule

logger = logging.getLogger(__name__)


# Two machines' clocks may differ by seconds.
TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Recurring:
    """A function without arguments, called every so many minutes; ``at_night``: once a day at 3:30 by the
    installation's clock, an hour that no change of the clocks skips or doubles.
    """

    name: str
    func: str
    minutes: int
    at_night: bool = False

    def first_run(self, now: datetime) -> datetime:
        if not self.at_night:
            return now
        tonight = timezone.localtime(now).replace(hour=3, minute=30, second=0, microsecond=0)
        return tonight if tonight > now else tonight + timedelta(days=1)

    def next_run_is_possible(self, next_run: datetime, now: datetime) -> bool:
        """Not if it is further away than this ever waits, or at night at another hour. What has been done
        tonight waits for tomorrow, also if the clock is set back and half past three comes again.
        """
        if self.at_night:
            tomorrow = self.first_run(now) + timedelta(days=1)
            local = timezone.localtime(next_run)
            return next_run <= tomorrow and (local.hour, local.minute) == (3, 30)
        return next_run <= now + timedelta(minutes=self.minutes) + TOLERANCE

    @property
    def facts(self) -> dict[str, Any]:
        kind = Schedule.DAILY if self.at_night else Schedule.MINUTES
        return {"func": self.func, "schedule_type": kind, "minutes": self.minutes, "repeats": -1}


DAY = 24 * 60
SCHEDULES = (
    Recurring(name="look for alarms", func="integrations.tasks.look_for_alarms", minutes=1),
    Recurring(name="send alarms", func="integrations.tasks.send_alarms", minutes=1),
    Recurring(name="sweep reservations", func="appointments.tasks.sweep_reservations", minutes=1),
    Recurring(name="refresh waitlists", func="appointments.tasks.refresh_waitlists", minutes=1),
    Recurring(name="synchronise calendar", func="integrations.tasks.sync_calendar", minutes=1),
    Recurring(name="alarm about pending calendar", func="integrations.tasks.alarm_about_pending", minutes=1),
    Recurring(name="clean up slot reservations", func="integrations.tasks.clean_up_slots", minutes=1),
    Recurring(name="warm calendar slots", func="integrations.tasks.warm_slots", minutes=1),
    Recurring(name="learn event types", func="integrations.tasks.learn_event_types", minutes=60),
    Recurring(name="process calendar messages", func="integrations.tasks.process_calendar_events", minutes=1),
    Recurring(name="reconcile calendars", func="integrations.tasks.reconcile_calendars", minutes=15),
    Recurring(name="confirm callbacks", func="calls.tasks.acknowledge_callbacks", minutes=1),
    Recurring(name="tell customers", func="integrations.tasks.tell_customers", minutes=1),
    Recurring(name="purge calendar messages", func="integrations.tasks.purge_calendar_events", minutes=60),
    Recurring(name="process messages about calls", func="calls.tasks.process_call_events", minutes=1),
    Recurring(name="reconcile calls", func="calls.tasks.reconcile_calls", minutes=15),
    Recurring(name="purge messages about calls", func="calls.tasks.purge_call_events", minutes=60),
    Recurring(
        name="forget what was said in calls", func="calls.tasks.forget_calls", minutes=DAY, at_night=True
    ),
    Recurring(
        name="forget what is kept no longer",
        func="appointments.tasks.forget_what_is_due",
        minutes=DAY,
        at_night=True,
    ),
    Recurring(name="continue imports", func="appointments.tasks.continue_imports", minutes=1),
    Recurring(name="purge imports", func="appointments.tasks.purge_imports", minutes=60),
    Recurring(
        name="integrity reports of the night", func="appointments.tasks.queue_integrity_reports", minutes=10
    ),
    Recurring(name="note version", func="config.tasks.note_version", minutes=1),
    Recurring(name="purge API replies", func="appointments.tasks.purge_api_replies", minutes=60),
    Recurring(name="purge counts of requests", func="appointments.tasks.purge_request_counts", minutes=60),
)
# Marks our rows: what is dropped here is dropped there, and what a person added in the admin is left alone.
PREFIX = "terminfest: "


def after_migrate(sender: AppConfig, *, using: str, **kwargs: Any) -> None:
    """Make the cache's table and bring the schedules up to date. Repeating it changes nothing."""
    call_command("createcachetable", database=using, verbosity=0)
    sync_schedules(now=timezone.now())


def sync_schedules(*, now: datetime, wanted: tuple[Recurring, ...] = SCHEDULES) -> None:
    """Create, correct and remove our rows. The next run of an unchanged schedule stays as it is."""
    names = [PREFIX + item.name for item in wanted]
    Schedule.objects.filter(name__startswith=PREFIX).exclude(name__in=names).delete()
    for item in wanted:
        Schedule.objects.update_or_create(
            name=PREFIX + item.name,
            defaults=item.facts,
            create_defaults={**item.facts, "next_run": item.first_run(now)},
        )
    follow_the_clock(now=now, wanted=wanted)


def follow_the_clock(*, now: datetime, wanted: tuple[Recurring, ...] = SCHEDULES) -> int:
    """After the clock was set back: what was due in a minute is not due in a minute and an hour, nor is a
    task that waits in the queue. How many there were. A task that is just being done may come twice.
    """
    items = {PREFIX + item.name: item for item in wanted}
    waiting = Schedule.objects.filter(name__in=items, next_run__gt=now + TOLERANCE).only("name", "next_run")
    moved: int = 0
    for row in waiting:
        item = items[row.name]
        if not item.next_run_is_possible(row.next_run, now):
            moved += Schedule.objects.filter(pk=row.pk).update(next_run=item.first_run(now))
    retry = timedelta(seconds=settings.Q_CLUSTER["retry"])
    moved += OrmQ.objects.filter(lock__gt=now + retry + TOLERANCE).update(lock=now)
    if moved:
        logger.warning("%s schedules or tasks waited for a time that is too far away.", moved)
    return moved
