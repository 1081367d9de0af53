"""Giving the worker something to do. Losing it costs a minute: a schedule looks for what is due."""

from typing import Any

from django.db import transaction
from django_q.tasks import async_task


def soon(function: str, *args: Any) -> None:
    """Once the transaction has been committed; ``function`` by its dotted name.

    What has been committed is not undone because the queue is away: that is logged.
    """
    transaction.on_commit(lambda: async_task(function, *args), robust=True)
