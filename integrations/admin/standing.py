"""What stands at Cal.com for one appointment, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from appointments.models import Appointment
from integrations.admin.names import Names
from integrations.admin.words import moment, period
from integrations.convergence.sentences import error_sentence
from integrations.models import POSSIBLE, CalendarBooking, CalendarCase, CalendarSync, SyncState


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt, or one booking that stands or stood; ``before``: the uid that it was moved from."""

    time: str
    host: str
    event_type: str
    uid: str
    before: str
    state: str
    verified: str
    attempt: int
    origin: str
    error: str


@dataclass(frozen=True, slots=True)
class Standing:
    """``present`` stands or may stand, ``past`` are the attempts and bookings of before."""

    sentence: str
    error: str
    present: Sequence[Entry]
    past: Sequence[Entry]
    cases: Sequence[CalendarCase]


def standing_of(appointment: Appointment) -> Standing:
    """Five queries, besides the branch and company of the appointment."""
    sync = CalendarSync.objects.filter(appointment=appointment.pk).first()
    rows = list(
        CalendarBooking.objects.filter(appointment=appointment.pk)
        .select_related("moved_from")
        .order_by("starts_at", "pk")
    )
    names = Names.of(
        appointment.company_id,
        hosts=[row.calcom_user_id for row in rows],
        event_types=[row.event_type_id for row in rows],
    )
    zone = appointment.branch.zone
    cases = CalendarCase.objects.filter(appointment=appointment.pk, solved_at=None).order_by("-opened_at")
    return Standing(
        sentence=_sentence(appointment, sync, zone),
        error=error_sentence(sync.error_code, sync.error_detail) if sync else "",
        present=[_entry(row, names, zone) for row in rows if row.state in POSSIBLE],
        past=[_entry(row, names, zone) for row in rows if row.state not in POSSIBLE],
        cases=list(cases),
    )


def _entry(row: CalendarBooking, names: Names, zone: ZoneInfo) -> Entry:
    before = row.moved_from.uid if row.moved_from else None
    return Entry(
        time=period(row.starts_at, row.ends_at, zone),
        host=names.host(row.calcom_user_id),
        event_type=names.event_type(row.event_type_id),
        uid=row.uid or "–",
        before=before or "",
        state=row.get_state_display(),
        verified=moment(row.verified_at, zone),
        attempt=row.generation,
        origin=row.get_origin_display(),
        error=error_sentence(row.error_code, row.error_detail),
    )


def _sentence(appointment: Appointment, sync: CalendarSync | None, zone: ZoneInfo) -> str:
    if sync is None:
        if not appointment.branch.calendar_is_on:
            return _("The calendar of this branch is off.")
        return _("This appointment has not been compared with Cal.com yet.")
    facts = {
        "verified": moment(sync.verified_at, zone),
        "since": moment(sync.pending_since, zone),
        "next": moment(sync.next_try_at, zone),
        "failures": sync.failures,
    }
    if sync.state == SyncState.PENDING:
        return _pending(sync) % facts
    if sync.exempt:
        return _("Is kept without a calendar entry.")
    return {
        SyncState.SYNCED: _("Stands in the calendar, last verified: %(verified)s."),
        SyncState.HALTED: _("Waits for a decision since %(since)s."),
        SyncState.NONE: _("Nothing stands in the calendar."),
    }[SyncState(sync.state)] % facts


def _pending(sync: CalendarSync) -> str:
    if not sync.failures:
        return _("To be synchronised since %(since)s.")
    return _(
        "To be synchronised since %(since)s; failed attempts so far: %(failures)s, next attempt: %(next)s."
    )
