"""Each rule of the domain: the fact that raises it, and silence."""

from datetime import timedelta

import pytest

from appointments import alarms
from appointments.alarms import standard
from appointments.integrity import daily
from appointments.models import Alarm, IntegrityReport
from integrations.models import CalendarSync, SyncState
from tests.salons import MONDAY, NOW, make_salon

pytestmark = pytest.mark.django_db


def raised(rule: str, *, at: timedelta) -> list[tuple[str | None, str]]:
    """By company: what is said after this time."""
    alarms.evaluate(now=NOW + at)
    rows = Alarm.objects.raised().unresolved().filter(rule=rule).select_related("company")
    return [(alarm.company.slug if alarm.company else None, alarms.sentence_of(alarm)) for alarm in rows]


def test_appointments_that_are_missing_in_the_calendar_for_ten_minutes() -> None:
    morning, evening = (make_salon(slug, calendar="mirror") for slug in ("morgenrot", "abendrot"))
    for salon, clock, state in (
        (morning, "10:00", SyncState.SYNCED),
        (morning, "11:00", SyncState.HALTED),
        (evening, "10:00", SyncState.SYNCED),
    ):
        appointment = salon.book(salon.cut, salon.emma, MONDAY, clock)
        CalendarSync.objects.filter(appointment=appointment).update(state=state)

    assert raised(standard.RATIO, at=timedelta()) == []
    assert raised(standard.RATIO, at=timedelta(minutes=10)) == [
        ("morgenrot", "Von 2 kommenden Terminen stehen 50 % wie zugesagt im Kalender.")
    ]
    CalendarSync.objects.update(state=SyncState.SYNCED)
    assert raised(standard.RATIO, at=timedelta(minutes=20)) == []


def test_a_report_that_is_not_made() -> None:
    """Nobody looks for what does not come: neither of a salon nor of the site, and from the first day on."""
    salon = make_salon()
    asleep = make_salon("abendrot")
    assert raised(standard.REPORT, at=timedelta()) == []

    later = NOW + timedelta(hours=20)
    for company in (salon.company, None):
        assert daily.report_due(company, now=later) is not None
    IntegrityReport.objects.update(finished_at=later)
    assert raised(standard.REPORT, at=timedelta(hours=26)) == []

    (told,) = raised(standard.REPORT, at=timedelta(hours=27))
    assert told == (asleep.company.slug, "Der letzte nächtliche Bericht wurde vor 27 Stunden fertig.")
    assert raised(standard.SITE_REPORT, at=timedelta(hours=27)) == []

    assert len(raised(standard.REPORT, at=timedelta(hours=47))) == 2
    assert len(raised(standard.SITE_REPORT, at=timedelta(hours=47))) == 1
