"""A booking that stood at Cal.com is gone: what had no place because of it is tried again."""

from datetime import datetime

from appointments.models import Company
from integrations import queue
from integrations.calcom.errors import HostUnavailable, Taken
from integrations.incoming.seen import Seen
from integrations.models import CalendarSync, SyncState

TASK = "integrations.tasks.sync_calendar"
NO_PLACE = (Taken.code, HostUnavailable.code)


def use_freed_time(company: Company, seen: Seen, *, now: datetime) -> None:
    """What was promised for that time of that host waits no longer for a person: if Cal.com takes it now, its
    case is solved by itself; if not, it stands as it stood. Hearing of it again costs another attempt, which
    is how a refusal that was written down only after the first message is found.
    """
    waiting = CalendarSync.objects.filter(
        company=company,
        state=SyncState.HALTED,
        error_code__in=NO_PLACE,
        appointment__starts_at__lt=seen.end,
        appointment__ends_at__gt=max(seen.start, now),
    )
    if seen.host_id is not None:
        waiting = waiting.filter(appointment__staff__calendar_host__calcom_user_id=seen.host_id)
    if waiting.update(state=SyncState.PENDING, pending_since=now, next_try_at=now, failures=0):
        queue.soon(TASK)
