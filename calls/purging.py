"""Forgetting what was said in calls, and keeping that they took place."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from calls.models import Call, Transcript

CHUNK = 1000


def old_transcripts(*, before: datetime) -> QuerySet[Transcript]:
    """Of calls that began before then, and are not forgotten yet."""
    return Transcript.objects.filter(call__started_at__lt=before, purged_at=None)


def old_summaries(*, before: datetime) -> QuerySet[Call]:
    """The platform's summary is made of what was said."""
    return Call.objects.filter(started_at__lt=before).exclude(summary="")


def forget_transcripts(*, days: int, now: datetime) -> int:
    """Empties transcripts and summaries of calls older than ``days``; how many transcripts it were.

    The row stays and says since when: no later message fills it again.
    """
    before = now - timedelta(days=days)
    forgotten = 0
    while True:
        with transaction.atomic():
            ids = list(old_transcripts(before=before).values_list("pk", flat=True)[:CHUNK])
            forgotten += Transcript.objects.filter(pk__in=ids).update(segments=[], purged_at=now)
        if not ids:
            break
    old_summaries(before=before).update(summary="")
    return forgotten
