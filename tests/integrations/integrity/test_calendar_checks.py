"""What differs between appointments and calendar is found, told and brought into agreement."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from appointments import booking, integrity
from appointments.models import Finding
from integrations.calcom.types import Member, Team
from integrations.mapping.catalogue import Catalogue
from integrations.models import (
    CalendarBooking,
    CalendarCase,
    CalendarConnection,
    CalendarEvent,
    CalendarEventType,
    CalendarHost,
    CalendarSync,
)
from tests.appointments.integrity.planting import spoken, told
from tests.integrations.calendar import CalendarSalon, calendar_salon, converge, existing, sync_of
from tests.salons import NOW, make_salon


@pytest.fixture
def calendar(db: None, settings: Any) -> Iterator[CalendarSalon]:
    with time_machine.travel(NOW, tick=True), calendar_salon(settings) as salon:
        yield salon


def found(check: str, *, asks: bool = False) -> list[Finding]:
    result = integrity.run(now=timezone.now(), checks=[f"integrations.{check}"], asks_outside=asks)
    assert result.failed == []
    told(result.findings)
    return result.findings


def kinds(*, asks: bool = True) -> set[str]:
    """All that is said of the calendar."""
    findings = integrity.run(now=timezone.now(), asks_outside=asks).findings
    told(findings)
    return {each.check_id.removeprefix("integrations.") for each in findings}


def mended(finding: Finding) -> list[str]:
    """The steps that were foretold; afterwards both sides agree."""
    foretold = integrity.dry_run(finding, now=timezone.now())
    assert foretold.done
    made = integrity.repair(finding, now=timezone.now())
    assert made.outcome == "done", spoken(made)
    assert finding.check_id.removeprefix("integrations.") not in kinds()
    return spoken(foretold)


def test_in_agreement_there_is_silence(calendar: CalendarSalon) -> None:
    assert converge(calendar.perm()) == "agreed"
    assert converge(calendar.cut("14:00", staff=calendar.salon.jonas)) == "agreed"
    assert kinds() == set()
    assert integrity.consistency_ratio(calendar.salon.company) == 1


def test_promised_and_never_told_to_the_calendar(calendar: CalendarSalon) -> None:
    """Incident F6."""
    perm = calendar.perm()
    CalendarSync.objects.all().delete()
    (finding,) = found("calendar_missing")
    assert finding.subjects[0]["id"] == perm.pk
    assert len(mended(finding)) == 4
    assert len(calendar.there()) == 3
    assert integrity.consistency_ratio(calendar.salon.company) == 1


def test_another_time_than_was_promised(calendar: CalendarSalon) -> None:
    """Incident 2: the row says otherwise than the appointment, whoever wrote it."""
    converge(calendar.cut())
    row = CalendarBooking.objects.get()
    later = timedelta(minutes=30)
    CalendarBooking.objects.update(starts_at=row.starts_at + later, ends_at=row.ends_at + later)
    (finding,) = found("calendar_other_time")
    assert (finding.severity, finding.repairable) == ("critical", True)


def test_in_the_calendar_of_somebody_else(calendar: CalendarSalon) -> None:
    converge(calendar.cut())
    CalendarBooking.objects.update(calcom_user_id=102)
    assert len(found("calendar_other_host")) == 1


def test_left_behind_by_what_was_cancelled(calendar: CalendarSalon) -> None:
    """Incident E10."""
    cut = calendar.cut()
    converge(cut)
    calendar.cancel(cut)
    CalendarSync.objects.update(state="none", pending_since=None, next_try_at=None)
    (finding,) = found("calendar_extra")
    mended(finding)
    assert calendar.there() == []


def test_what_cal_com_itself_shows_is_held_against_what_we_believe(calendar: CalendarSalon) -> None:
    """Cancelled there, and no message came: only whoever asks sees it. What was promised stays."""
    cut = calendar.cut()
    converge(cut)
    booked = existing(cut)[0]
    assert found("calendar_missing", asks=False) == []
    calendar.world.forget(booked.uid)
    assert found("calendar_unknown", asks=False) == []
    (finding,) = found("calendar_unknown", asks=True)
    integrity.repair(finding, now=timezone.now())
    CalendarBooking.objects.update(missing_since=timezone.now() - timedelta(minutes=2))
    assert integrity.repair(finding, now=timezone.now()).outcome == "done"
    cut.refresh_from_db()
    assert (cut.status, sync_of(cut).state) == ("booked", "halted")
    (case,) = found("case_open")
    assert case.subjects[0]["id"] == CalendarCase.objects.get().pk


def test_ids_that_the_calendar_did_not_know(calendar: CalendarSalon) -> None:
    converge(calendar.cut())
    assert found("calendar_unknown") == []
    CalendarBooking.objects.update(missing_since=timezone.now())
    assert len(found("calendar_unknown")) == 1
    assert integrity.consistency_ratio(calendar.salon.company) == 0


def test_pending_beyond_its_limit(calendar: CalendarSalon) -> None:
    calendar.cut()
    assert found("pending_overdue") == []
    CalendarSync.objects.update(pending_since=timezone.now() - timedelta(minutes=6))
    (finding,) = found("pending_overdue")
    mended(finding)


def test_stylists_and_parts_without_a_place_in_the_calendar(calendar: CalendarSalon) -> None:
    """Incidents 1, E1."""
    assert (found("staff_without_host"), found("unmapped")) == ([], [])
    CalendarHost.objects.filter(calcom_user_id=102).delete()
    CalendarEventType.objects.filter(event_type_id=3001).delete()
    assert [each.facts["staff"] for each in found("staff_without_host")] == ["Jonas Brandt"]
    assert [each.code for each in found("unmapped")] == ["no_event_type"]


def test_event_types_and_hosts_that_are_gone(
    calendar: CalendarSalon, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The sandbox has no teams; only a key with one sees who is there.
    team = Team(id=1, name="Salon", is_organization=False)
    people = [Member(user_id=pk, name="", email="", username="") for pk in (101, 102)]
    monkeypatch.setattr(Catalogue, "teams", [team])
    monkeypatch.setattr(Catalogue, "of_teams", {})
    monkeypatch.setattr(Catalogue, "members", people)
    assert (found("event_type_gone", asks=True), found("host_gone", asks=True)) == ([], [])
    CalendarEventType.objects.filter(event_type_id=3001).update(event_type_id=9999)
    CalendarHost.objects.filter(calcom_user_id=102).update(calcom_user_id=777)
    assert "unknown" in {each.code for each in found("event_type_gone", asks=True)}
    assert [each.code for each in found("host_gone", asks=True)] == ["gone"]


def test_the_line_itself(calendar: CalendarSalon, settings: Any) -> None:
    assert found("calendar_unreachable", asks=True) == []
    settings.CALCOM_API_KEY = "cal_wrong" if calendar.sandbox.key != "cal_wrong" else "other"
    settings.CALCOM_API_KEY = ""
    assert [each.code for each in found("calendar_unreachable", asks=True)] == ["no_key"]


@pytest.mark.django_db
def test_messages_silence_and_comparison() -> None:
    with time_machine.travel(NOW, tick=False):
        salon = make_salon(calendar="mirror")
        line = CalendarConnection.objects.create(company=salon.company, webhook_id="w")
        assert (found("messages_stuck"), found("webhook_silent"), found("not_compared")) == ([], [], [])
        CalendarConnection.objects.update(created_at=NOW - timedelta(days=2))
        CalendarEvent.objects.create(
            company=salon.company,
            trigger="BOOKING_CREATED",
            body={},
            received_at=NOW - timedelta(days=2),
            next_try_at=NOW,
        )
        appointment = salon.book(salon.cut, salon.emma, NOW.date() + timedelta(days=1), "10:00")
        CalendarBooking.objects.create(
            company=salon.company,
            appointment=appointment,
            state="exists",
            origin="created",
            uid="u1",
            starts_at=appointment.starts_at,
            ends_at=appointment.ends_at,
            created_at=NOW,
            settled_at=NOW - timedelta(hours=2),
        )
        assert [each.code for each in found("messages_stuck")] == ["new"]
        assert [each.subjects[0]["id"] for each in found("webhook_silent")] == [line.pk]
        assert [each.code for each in found("not_compared")] == ["never"]
        booking.cancel(appointment, now=NOW)
