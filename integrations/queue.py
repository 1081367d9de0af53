"""Giving the worker something to do. Losing it costs a minute: a schedule looks for what is due."""

from functools import partial
from typing import Any

from django.db import transaction
from django_q.tasks import async_task


def soon(function: str, *args: Any) -> None:
    """Once the transaction has been committed; ``function`` by its dotted name."""
    transaction.on_commit(partial(async_task, function, *args))
