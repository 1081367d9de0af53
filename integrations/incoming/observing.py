"""One observation of one booking: what messages and reconciliation have in common.

In any order and any number of times: the life of a uid goes one way only (it stands, then it is gone, a
move makes a new uid), so what is believed depends on what was seen, not on when it was heard.
"""

from datetime import datetime, timedelta

from django.db import transaction

from appointments import booking
from appointments.audit import Channel, acting
from appointments.locks import one_at_a_time
from appointments.models import Appointment, Company
from appointments.models.appointment import Status
from appointments.rules.periods import Period
from integrations import slot_memory
from integrations.cases import solved_by_itself
from integrations.convergence.due import try_refused_again
from integrations.convergence.following import follows_calendar
from integrations.incoming import foreign
from integrations.incoming.known import (
    Known,
    is_ours,
    look,
    new_row,
    put,
    put_absent,
    put_standing,
    stands_as,
)
from integrations.incoming.observed import (
    CASE,
    ECHO,
    IGNORED,
    TAKEN_OVER,
    Observed,
    Overtaken,
    later,
)
from integrations.incoming.seen import Seen
from integrations.incoming.syncing import agreed, compare, open_promised_case, solve_case_about
from integrations.models import BookingState, CalendarBooking, CaseKind

# After a request's deadline its outcome is written down; after a change by somebody else things settle.
A_MOMENT = timedelta(seconds=5)


def observe(company: Company, seen: Seen, *, now: datetime) -> Observed:
    """Brings what we know in line with ``seen``, and says what came of it.

    A transaction of its own, one at a time for each company: two workers with the same message, or
    with the two halves of a move, would otherwise make two appointments.
    """
    with one_at_a_time(f"calendar-in:{company.pk}"), acting(Channel.CALENDAR, seen.uid):
        try:
            with transaction.atomic():
                observed = _observe(company, seen, now)
                if not seen.stands:
                    try_refused_again(company, seen.host_id, Period(seen.start, seen.end), now=now)
        except (Overtaken, booking.Stale, booking.NotAllowed):
            return later(now + A_MOMENT)
    if observed not in {ECHO, IGNORED}:
        # What was told of that day's slots is no longer so (incident J1).
        slot_memory.forget(company, [(seen.host_id, seen.start)])
    return observed


def confirm_missing(company: Company, row_id: int, *, now: datetime) -> Observed:
    """Cal.com did not know a booking of ours twice: it is gone (invariant I6). ``ECHO`` if meanwhile it
    is known again, or known to be gone.
    """
    with one_at_a_time(f"calendar-in:{company.pk}"), transaction.atomic():
        row = CalendarBooking.objects.select_related("appointment").filter(pk=row_id, company=company).first()
        if row is None or row.state != BookingState.EXISTS or row.missing_since is None or row.uid is None:
            return ECHO
        seen = Seen(
            uid=row.uid,
            stands=False,
            start=row.starts_at,
            end=row.ends_at,
            host_id=row.calcom_user_id,
            event_type_id=row.event_type_id,
            asked_at=now,
        )
        with acting(Channel.CALENDAR, row.uid):
            return _left(row, seen, now, kind=CaseKind.MISSING)


def _observe(company: Company, seen: Seen, now: datetime) -> Observed:
    known = look(company, seen)
    under_way = known.under_way(now)
    if under_way is not None:
        return later(under_way + A_MOMENT)
    if seen.stands:
        return _standing(company, seen, known, now) if known.row else _unknown(company, seen, known, now)
    return _gone(company, seen, known, now)


# It stands.


def _standing(company: Company, seen: Seen, known: Known, now: datetime) -> Observed:
    row = known.row
    if row is None:
        raise ValueError(seen.uid)
    if not seen.is_newer_than(row.settled_at):
        return ECHO  # an old message, or an answer that our own doing has overtaken
    if row.state == BookingState.ABSENT:
        return _stands_again(company, row, seen, known, now)
    if row.state != BookingState.EXISTS:
        return ECHO  # convergence looks up what became of its own request
    if stands_as(row, seen):
        put(row, verified_at=now, missing_since=None)
        return ECHO
    put_standing(row, seen, now=now)
    return _changed(row, seen, now)


def _stands_again(
    company: Company, row: CalendarBooking, seen: Seen, known: Known, now: datetime
) -> Observed:
    """We believed that it was gone: a cancel that failed after it was announced, perhaps."""
    if row.appointment is None or _was_cancelled_there(row.appointment):
        if seen.end <= now:
            return IGNORED
        return foreign.take_over(company, seen, now=now, row=row, old=known.old)
    put_standing(row, seen, now=now)
    compare(row.appointment, now=now)
    return TAKEN_OVER


def _was_cancelled_there(appointment: Appointment) -> bool:
    """Not by us: then it should go there as well."""
    return appointment.status == Status.CANCELLED and follows_calendar(appointment)


def _unknown(company: Company, seen: Seen, known: Known, now: datetime) -> Observed:
    """The first we hear of this uid."""
    if seen.end <= now:
        return IGNORED  # nothing becomes a case for the past
    ours = next((attempt for attempt in known.nameless if is_ours(attempt, seen)), None)
    if ours is not None:
        return _adopt(ours, seen, now)
    old = known.ancestor if seen.moved_from else None
    if old is not None and old.appointment is not None and not _was_cancelled_there(old.appointment):
        if old.uid is None and known.old is None:  # an attempt of ours, whose uid we learn now
            put(old, uid=seen.moved_from)
        return _moved(old, old.appointment, seen, now)
    return foreign.take_over(company, seen, now=now, old=known.old)


def _adopt(attempt: CalendarBooking, seen: Seen, now: datetime) -> Observed:
    """What became of an attempt of ours whose answer never came (incident F8). If it is not what was
    asked for, convergence sees that.
    """
    put_standing(attempt, seen, now=now)
    old = attempt.moved_from
    if old is not None and old.state != BookingState.ABSENT:
        put_absent(old, now=now)
    if attempt.appointment is not None:
        compare(attempt.appointment, now=now)
    return ECHO


def _moved(old: CalendarBooking, appointment: Appointment, seen: Seen, now: datetime) -> Observed:
    """Somebody moved it at Cal.com. It keeps our reference, so only the chain of uids tells (F9)."""
    put_absent(old, now=now)
    row = new_row(appointment.company, seen, now=now, appointment=appointment, old=old)
    return _changed(row, seen, now)


def _changed(row: CalendarBooking, seen: Seen, now: datetime) -> Observed:
    """It stands elsewhere than we knew: what came from Cal.com follows, what was promised does not."""
    appointment = row.appointment
    if appointment is None:
        raise ValueError(row.pk)
    over = max(appointment.ends_at, seen.end) <= now
    if over or not _is_coming(appointment) or _agrees(appointment, row, seen):
        compare(appointment, now=now)
        return TAKEN_OVER
    staff = foreign.staff_of(appointment.company, seen)
    if not follows_calendar(appointment) or staff is None:
        open_promised_case(CaseKind.MOVED, appointment, row, seen, now=now)
        return CASE
    plan = foreign.plan_of(appointment.service, seen)
    followed = booking.follow(appointment, start=seen.start, plan=plan, staff=staff, now=now)
    agreed(followed, now=now)
    if followed.status != Status.CONFLICT:
        solved_by_itself(followed, [CaseKind.MOVED, CaseKind.CONFLICT], now=now)
    return foreign.note_conflict(followed, seen, now=now) or TAKEN_OVER


def _is_coming(appointment: Appointment) -> bool:
    return appointment.is_blocking or appointment.status == Status.CONFLICT


def _agrees(appointment: Appointment, row: CalendarBooking, seen: Seen) -> bool:
    """It stands where the appointment has just been moved to here."""
    staff = foreign.staff_of(appointment.company, seen)
    runs = [run.at(appointment.starts_at) for run in appointment.plan.runs() if run.position == row.position]
    return staff == appointment.staff and (seen.start, seen.end) in runs


# It is gone.


def _gone(company: Company, seen: Seen, known: Known, now: datetime) -> Observed:
    solve_case_about(company, seen.uid, now=now)
    row = known.row
    if row is None:
        if seen.end > now:
            new_row(company, seen, now=now, appointment=None, old=known.old)
        return IGNORED
    if row.state == BookingState.ABSENT:
        return _gone_before(row, seen, now)
    if seen.moved_to and known.new is None:
        return later(now + A_MOMENT)  # where it went says what it means
    return _left(row, seen, now, kind=CaseKind.CANCELLED)


def _gone_before(row: CalendarBooking, seen: Seen, now: datetime) -> Observed:
    """Convergence has noticed first, and leaves it to us to follow."""
    appointment = row.appointment
    if appointment is None or row.leaving or seen.moved_to or not follows_calendar(appointment):
        return ECHO
    newer = CalendarBooking.objects.filter(appointment=appointment, pk__gt=row.pk).exists()
    if newer or not _is_coming(appointment):
        return ECHO
    return _cancel(appointment, now)


def _left(row: CalendarBooking, seen: Seen, now: datetime, *, kind: CaseKind) -> Observed:
    """A booking that stood is gone for certain. What came from Cal.com goes with it; of what was
    promised nothing goes, a person decides (invariants I5, I6).
    """
    put_absent(row, now=now)
    appointment = row.appointment
    if appointment is None or row.leaving or not _is_coming(appointment):
        return ECHO
    if follows_calendar(appointment):
        return _cancel(appointment, now)
    if appointment.ends_at <= now:
        return ECHO
    open_promised_case(kind, appointment, row, seen, now=now)
    return CASE


def _cancel(appointment: Appointment, now: datetime) -> Observed:
    cancelled = booking.cancel(appointment, now=now)
    agreed(cancelled, now=now)
    return TAKEN_OVER
