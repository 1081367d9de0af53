"""One channel at a time: what waits for it goes out together, never more often than it allows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from integrations.alarms.composing import compose, trial
from integrations.alarms.sending import NotSent, send
from integrations.models import AlarmChannel, AlarmNotice

HOUR = timedelta(hours=1)
# Longer than sending takes: whoever holds the claim longer has died.
CLAIM = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=1)
# What could not be told for a day is no news.
GIVEN_UP_AFTER = timedelta(days=1)


class TooMany(NotSent):
    """The messages of this hour have been sent."""


def due(*, now: datetime) -> list[int]:
    """The channels for which something waits."""
    waiting = AlarmNotice.objects.due(now).order_by("channel").values_list("channel", flat=True)
    return list(waiting.distinct())


def deliver(channel_id: int, *, now: datetime) -> bool:
    """Everything that waits for this channel, in one message; whether one went out.

    What fails is tried again later and later; other channels are not concerned.
    """
    if not _claim(channel_id, now):
        return False
    try:
        channel = AlarmChannel.objects.get(pk=channel_id)
        rows = AlarmNotice.objects.due(now).filter(channel=channel, alarm__isnull=False)
        notices = list(rows.select_related("alarm__company").order_by("created_at", "pk"))
        notices = _without_old_ones(notices, now)
        if not notices or not _has_room(channel, now):
            return False
        return _send(channel, notices, now)
    finally:
        AlarmChannel.objects.filter(pk=channel_id).update(claimed_until=None)


def _claim(channel_id: int, now: datetime) -> bool:
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    mine = AlarmChannel.objects.filter(free, pk=channel_id, active=True)
    return bool(mine.update(claimed_until=now + CLAIM))


def _without_old_ones(notices: Sequence[AlarmNotice], now: datetime) -> list[AlarmNotice]:
    old = [notice.pk for notice in notices if now - notice.created_at >= GIVEN_UP_AFTER]
    AlarmNotice.objects.filter(pk__in=old).update(dropped_at=now)
    return [notice for notice in notices if notice.pk not in old]


def _has_room(channel: AlarmChannel, now: datetime) -> bool:
    """All notices of one message have the same instant."""
    sent = AlarmNotice.objects.filter(channel=channel, sent_at__gt=now - HOUR)
    return sent.values("sent_at").distinct().count() < channel.per_hour


def _send(channel: AlarmChannel, notices: Sequence[AlarmNotice], now: datetime) -> bool:
    rows = AlarmNotice.objects.filter(pk__in=[notice.pk for notice in notices])
    try:
        send(channel, compose(notices))
    except NotSent as failure:
        for notice in notices:
            again = now + min(timedelta(minutes=2**notice.failures), LONGEST_PAUSE)
            rows.filter(pk=notice.pk).update(
                failures=notice.failures + 1, next_try_at=again, error=failure.code
            )
        _note_failure(channel, failure, now)
        return False
    rows.update(sent_at=now, error="")
    _note_success(channel, now)
    return True


def try_out(channel: AlarmChannel) -> None:
    """Sends a message now, while somebody waits for it. Raises ``NotSent``; it counts as all others."""
    now = timezone.now()
    if not _has_room(channel, now):
        raise TooMany("too_many")
    try:
        send(channel, trial(channel.name))
    except NotSent as failure:
        _note_failure(channel, failure, now)
        raise
    AlarmNotice.objects.create(channel=channel, kind="test", created_at=now, next_try_at=now, sent_at=now)
    _note_success(channel, now)


def _note_failure(channel: AlarmChannel, failure: NotSent, now: datetime) -> None:
    AlarmChannel.objects.filter(pk=channel.pk).update(last_error=failure.code, last_error_at=now)


def _note_success(channel: AlarmChannel, now: datetime) -> None:
    AlarmChannel.objects.filter(pk=channel.pk).update(last_sent_at=now, last_error="", last_error_at=None)
