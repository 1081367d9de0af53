"""The alarms about the calendar: the fact that raises each, and silence."""

from datetime import datetime, timedelta

import pytest

from appointments import alarms
from appointments.models import Alarm
from integrations.models import CalendarConnection, CalendarSync, SyncState
from tests.salons import MONDAY, NOW, Salon, make_salon

pytestmark = pytest.mark.django_db


def raised(rule: str, now: datetime = NOW) -> list[str]:
    alarms.evaluate(now=now)
    rows = Alarm.objects.raised().unresolved().filter(rule=f"integrations.{rule}")
    return [alarms.sentence_of(alarm) for alarm in rows]


@pytest.fixture
def salon() -> Salon:
    return make_salon(calendar="mirror")


def test_appointments_that_the_calendar_does_not_follow(salon: Salon) -> None:
    """Incident F6: pending for weeks, and nobody heard of it."""
    for clock, minutes in (("10:00", 5), ("11:00", 2)):
        appointment = salon.book(salon.cut, salon.emma, MONDAY, clock)
        since = NOW - timedelta(minutes=minutes)
        CalendarSync.objects.filter(appointment=appointment).update(
            state=SyncState.PENDING, pending_since=since
        )
    assert raised("pending") == []

    assert raised("pending", NOW + timedelta(minutes=1)) == [
        "Termine, die noch nicht im Kalender stehen: 2, der älteste seit 6 Minuten."
    ]
    CalendarSync.objects.update(state=SyncState.SYNCED)
    assert raised("pending", NOW + timedelta(minutes=7)) == []


def test_a_calendar_that_does_not_answer(salon: Salon) -> None:
    connection = CalendarConnection.objects.create(company=salon.company, opened_at=NOW)
    later = NOW + timedelta(minutes=6)
    assert raised("calendar_unreachable") == []
    assert raised("calendar_unreachable", later) == [
        "Cal.com antwortet seit 6 Minuten nicht oder weist den Schlüssel zurück."
    ]

    connection.opened_at = None
    connection.save()
    assert raised("calendar_unreachable", later + timedelta(minutes=5)) == []


@pytest.mark.parametrize(("code", "alarmed"), [("unauthorized", 1), ("rate_limited", 0)])
def test_a_key_that_is_refused(code: str, alarmed: int, salon: Salon) -> None:
    since = NOW - timedelta(minutes=30)
    connection = CalendarConnection.objects.create(
        company=salon.company, last_success_at=since, last_error_at=NOW, last_error_code=code
    )
    assert len(raised("calendar_unreachable")) == alarmed

    connection.last_success_at = NOW + timedelta(minutes=1)
    connection.save()
    assert raised("calendar_unreachable", NOW + timedelta(minutes=6)) == []


def test_a_salon_without_a_calendar_misses_none() -> None:
    salon = make_salon(calendar="off")
    CalendarConnection.objects.create(company=salon.company, opened_at=NOW - timedelta(days=1))
    assert raised("calendar_unreachable") == []
