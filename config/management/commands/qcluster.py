"""``qcluster``: django-q2's own, with a sentinel that does not outlive its processes."""

from typing import Any

from django_q import cluster
from django_q.management.commands import qcluster

from config.queue import MortalSentinel


class Command(qcluster.Command):  # type: ignore[misc] # django-q2 has no types
    def handle(self, *args: Any, **options: Any) -> None:
        cluster.Sentinel = MortalSentinel
        super().handle(*args, **options)
