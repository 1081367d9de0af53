"""Whether what was promised stands in the calendar, and nothing else of ours."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.integrity import Found, Scope, register, sql, subject
from appointments.integrity.facts import facts_of
from appointments.models import Appointment
from appointments.models.integrity import Severity
from integrations.integrity import differences
from integrations.integrity.repairs import bring_about, preview, state_of_calendar
from integrations.integrity.witness import Difference
from integrations.integrity.witness import differences as shown
from integrations.models import CalendarBooking, CalendarHost

NAMED = f"""
SELECT {sql.FACTS} FROM appointments_appointment appointment {sql.FACTS_OF} WHERE appointment.id = %(id)s
"""  # noqa: S608 - nothing of it comes from outside
HOST = """
SELECT host.id, host.company_id, staff.name AS staff, company.timezone AS zone
FROM integrations_calendarhost host JOIN appointments_staff staff ON staff.id = host.staff_id
JOIN appointments_company company ON company.id = host.company_id
WHERE host.company_id = %(of)s AND host.calcom_user_id = %(host)s
"""
ADVICE = _("The repair asks Cal.com and brings both sides into agreement; what was promised here stays.")


def _findings(scope: Scope, kind: str, statement: str) -> Iterator[Found]:
    """First what the database knows, then what Cal.com shows beyond that; each appointment once."""
    told: set[int] = set()
    for row in differences.differing(scope, statement):
        told.add(row.id)
        yield _found(row, row.booking_id, row.stands_at)
    for difference in shown(scope, kind):
        if difference.appointment_id is None:
            yield from _nobodys(scope, difference)
        elif difference.appointment_id not in told:
            told.add(difference.appointment_id)
            for row in scope.rows(NAMED, id=difference.appointment_id):
                yield _found(row, difference.booking_id, difference.stands_at)


def _found(row: Any, booking_id: int | None, stands_at: datetime | None) -> Found:
    """``row`` selects ``sql.FACTS``."""
    booking = [subject(CalendarBooking, booking_id)] if booking_id else []
    return Found(
        company_id=row.company_id,
        facts={**facts_of(row), "stands_at": stands_at},
        subjects=[subject(Appointment, row.id), *booking],
        key=str(row.id),
    )


def _nobodys(scope: Scope, difference: Difference) -> Iterator[Found]:
    for row in scope.rows(HOST, of=difference.company_id, host=difference.host_id):
        yield Found(
            company_id=difference.company_id,
            code="nobodys",
            facts={"staff": row.staff, "stands_at": difference.stands_at, "zone": row.zone},
            subjects=[subject(CalendarHost, row.id)],
            severity=Severity.WARNING,
            repairable=False,
            key=difference.uid,
        )


@register(
    id="integrations.calendar_missing",
    severity=Severity.ERROR,
    title=_("Promised here, missing in the calendar"),
    advice=ADVICE,
    sentence=gettext_noop(
        "%(service)s with %(staff)s on %(starts_day)s at %(starts_time)s does not stand, or not wholly, in "
        "the calendar."
    ),
    repair=bring_about,
    preview=preview,
    state=state_of_calendar,
)
def missing(scope: Scope) -> Iterator[Found]:
    """Incidents 1, F1, F4, F6."""
    return _findings(scope, "calendar_missing", differences.MISSING)


@register(
    id="integrations.calendar_other_time",
    severity=Severity.CRITICAL,
    title=_("Another time in the calendar"),
    advice=ADVICE,
    sentence=gettext_noop(
        "%(service)s with %(staff)s is promised for %(starts_day)s, %(starts_time)s; in the calendar a part "
        "of it stands on %(stands_day)s at %(stands_time)s instead of at its time."
    ),
    repair=bring_about,
    preview=preview,
    state=state_of_calendar,
)
def other_time(scope: Scope) -> Iterator[Found]:
    """Incidents 2, D2."""
    return _findings(scope, "calendar_other_time", differences.OTHER_TIME)


@register(
    id="integrations.calendar_other_host",
    severity=Severity.ERROR,
    title=_("In somebody else's calendar"),
    advice=ADVICE,
    sentence=gettext_noop(
        "%(service)s on %(starts_day)s at %(starts_time)s is promised with %(staff)s, but stands in somebody "
        "else's calendar."
    ),
    repair=bring_about,
    preview=preview,
    state=state_of_calendar,
)
def other_host(scope: Scope) -> Iterator[Found]:
    return _findings(scope, "calendar_other_host", differences.OTHER_HOST)


@register(
    id="integrations.calendar_extra",
    severity=Severity.ERROR,
    title=_("In the calendar, but not here"),
    advice=_(
        "The calendar holds time busy for nothing. The repair takes out what is ours; a stranger's booking "
        "becomes an appointment by itself within a quarter of an hour."
    ),
    sentences={
        "": gettext_noop(
            "For %(service)s with %(staff)s on %(starts_day)s at %(starts_time)s something stands in the "
            "calendar on %(stands_day)s at %(stands_time)s that should not."
        ),
        "nobodys": gettext_noop(
            "In the calendar of %(staff)s a booking stands on %(stands_day)s at %(stands_time)s that is no "
            "appointment here."
        ),
    },
    repair=bring_about,
    preview=preview,
    state=state_of_calendar,
)
def extra(scope: Scope) -> Iterator[Found]:
    """Incidents D7 (two bookings for one), E10 (parts left behind), F1 (booked there, no row here)."""
    return _findings(scope, "calendar_extra", differences.EXTRA)


@register(
    id="integrations.calendar_unknown",
    severity=Severity.ERROR,
    title=_("The calendar does not know it"),
    advice=_(
        "Cal.com is asked once more; what it does not know twice is a calendar case, since it was promised. "
        "Nothing is cancelled by itself."
    ),
    sentence=gettext_noop(
        "Cal.com does not know the booking of %(stands_day)s, %(stands_time)s, that belongs to %(service)s "
        "with %(staff)s, or nobody has looked what became of it."
    ),
    repair=bring_about,
    preview=preview,
    state=state_of_calendar,
)
def unknown(scope: Scope) -> Iterator[Found]:
    """Ids are verified, never assumed (incidents 3, F8)."""
    return _findings(scope, "calendar_unknown", differences.UNKNOWN)
