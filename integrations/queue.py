"""Giving the worker something to do. Losing it costs a minute: a schedule looks for what is due."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task, schedule


def soon(function: str, *args: Any) -> None:
    """Once the transaction has been committed; ``function`` by its dotted name.

    What has been committed is not undone because the queue is away: that is logged.
    """
    transaction.on_commit(lambda: async_task(function, *args), robust=True)


def later(function: str, *args: Any, seconds: float) -> None:
    """Once, not before ``seconds`` have passed; no worker waits for it."""
    schedule(
        function,
        *args,
        schedule_type=Schedule.ONCE,
        next_run=timezone.now() + timedelta(seconds=seconds),
    )
