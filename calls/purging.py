"""Forgetting what was said in calls, and keeping that they took place.

How long is the company's to say. A call is kept for whole days of its company's calendar: one of Monday,
kept for a day, is forgotten in the night to Wednesday.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from appointments.models import Company
from appointments.rules.hours import midnight
from calls.models import Call, FunctionCall, Transcript

CHUNK = 1000
# Of a reply: by which a call and its appointment are linked again should the link be lost.
IMPERSONAL = frozenset(
    {"success", "status", "reason", "appointment_id", "starts_at", "old_starts_at", "callback_id"}
)
LEFT_OF_REPLY = """(
    SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(reply) WHERE key = ANY(%s)
)"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many calls have lost their ``transcripts``, how many function calls their ``details``."""

    transcripts: int = 0
    details: int = 0

    def __add__(self, other: "Forgotten") -> "Forgotten":
        return Forgotten(self.transcripts + other.transcripts, self.details + other.details)

    def __str__(self) -> str:
        """For the list of tasks."""
        return f"{self.transcripts} transcripts, {self.details} details"


def forget_due(*, now: datetime, dry_run: bool = False) -> Forgotten:
    """Of every company what it does not want to keep any longer."""
    total = Forgotten()
    for company in Company.objects.order_by("pk"):
        total += _of_company(company, now, dry_run=dry_run)
    return total


def forget_transcripts(*, days: int, now: datetime, dry_run: bool = False) -> Forgotten:
    """Transcripts and summaries of all companies, to the second, whatever the companies say."""
    before = now - timedelta(days=days)
    calls = Call.objects.filter(started_at__lt=before)
    return Forgotten(transcripts=_forget_talk(calls, now, dry_run=dry_run))


def kept_from(company: Company, days: int, *, now: datetime) -> datetime:
    """The midnight with which the earliest day begins that is still kept."""
    return midnight(now.astimezone(company.zone).date() - timedelta(days=days), company.zone)


def _of_company(company: Company, now: datetime, *, dry_run: bool) -> Forgotten:
    talk = kept_from(company, company.transcript_days, now=now)
    details = kept_from(company, company.call_details_days, now=now)
    calls = Call.objects.filter(company=company, started_at__lt=talk)
    asked = FunctionCall.objects.filter(call__company=company, created_at__lt=details, forgotten_at=None)
    return Forgotten(
        transcripts=_forget_talk(calls, now, dry_run=dry_run),
        details=asked.count() if dry_run else _in_chunks(asked, lambda rows: empty_details(rows, now)),
    )


def _forget_talk(calls: QuerySet[Call], now: datetime, *, dry_run: bool) -> int:
    """The row stays and says since when: no later message fills it again."""
    transcripts = Transcript.objects.filter(call__in=calls, purged_at=None)
    if dry_run:
        return transcripts.count()
    count = _in_chunks(transcripts, lambda rows: rows.update(segments=[], purged_at=now))
    # The platform's summary is made of what was said.
    calls.exclude(summary="").update(summary="")
    return count


def empty_details(rows: QuerySet[FunctionCall], now: datetime) -> int:
    """Of what was answered stays what links call and appointment; how many rows it were."""
    reply = RawSQL(LEFT_OF_REPLY, [list(IMPERSONAL)])  # noqa: S611 - nothing of it comes from outside
    return rows.update(args={}, error="", forgotten_at=now, reply=reply)


def _in_chunks(rows: QuerySet[Any], forget: Callable[[QuerySet[Any]], int]) -> int:
    """Until none is left; each chunk a transaction of its own, so that nobody waits for its locks."""
    count = 0
    while True:
        with transaction.atomic():
            ids = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
            if not ids:
                return count
            count += forget(rows.filter(pk__in=ids))
