"""What the checks say of calls, and of the queue."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import Schedule, Task

from appointments import integrity
from appointments.models import Customer, Finding, IntegrityReport
from calls.models import Call, CallAppointment, Callback, CallClaim, CallEvent
from config.schedules import PREFIX
from tests.appointments.integrity.planting import told
from tests.calls.phone import CUT, Phone
from tests.salons import NOW, Salon


def found(check: str) -> list[Finding]:
    result = integrity.run(now=timezone.now(), checks=[check], asks_outside=False)
    assert result.failed == []
    told(result.findings)
    return result.findings


def test_a_call_without_its_appointment(phone: Phone, jana: Customer) -> None:
    """Incidents 5, G2."""
    reply = phone.ask("start_booking", **CUT, name="Jana Probst")
    assert reply["status"] == "booked"
    assert found("calls.unlinked") == []
    CallAppointment.objects.all().delete()
    (finding,) = found("calls.unlinked")
    assert (finding.code, finding.repairable) == ("linked", True)
    assert integrity.dry_run(finding, now=NOW).done
    assert not CallAppointment.objects.exists()
    assert integrity.repair(finding, now=NOW).outcome == "done"
    assert CallAppointment.objects.get().appointment_id == reply["appointment_id"]
    assert found("calls.unlinked") == []


def test_claims_callbacks_and_messages(phone: Phone, jana: Customer) -> None:
    """Incidents C5, J12."""
    phone.ask("get_opening_hours")
    call = Call.objects.get()
    for check in ("claims", "callback_overdue", "messages_stuck", "number_silent"):
        assert found(f"calls.{check}") == []
    CallClaim.objects.create(call=call, kind="booked", line=3)
    Call.objects.update(contradictions=1)
    Callback.objects.create(
        company=call.company, branch=call.branch, call=call, matter="other", created_at=NOW, due_at=NOW
    )
    CallEvent.objects.create(
        event="call_ended", call_id="x", received_at=NOW - timedelta(hours=2), next_try_at=NOW
    )
    assert [(each.code, each.severity) for each in found("calls.claims")] == [("done", "error")]
    assert len(found("calls.callback_overdue")) == 1
    assert [each.code for each in found("calls.messages_stuck")] == ["new"]


def test_a_number_of_which_nothing_is_heard(salon: Salon) -> None:
    """Incidents J4, J5."""
    for _each in range(3):
        Phone(salon.number).ask("get_opening_hours")
    Call.objects.update(started_at=NOW - timedelta(hours=3))
    assert [each.code for each in found("calls.number_silent")] == ["webhook"]
    for number in range(14):
        Call.objects.create(
            company=salon.company,
            branch=salon.branch,
            call_id=f"old-{number}",
            started_at=NOW - timedelta(days=4),
        )
    Call.objects.filter(started_at__gt=NOW - timedelta(days=1)).update(started_at=NOW - timedelta(days=5))
    assert [each.code for each in found("calls.number_silent")] == ["no_calls"]


def test_a_worker_that_is_dead_and_a_schedule_that_is_not_run(salon: Salon) -> None:
    Schedule.objects.filter(name__startswith=PREFIX).update(next_run=NOW)
    assert (found("config.worker_dead"), found("config.schedule_not_run")) == ([], [])
    late = Schedule.objects.filter(name__startswith=PREFIX).order_by("pk").first()
    assert late is not None
    Task.objects.create(id="1", name="t", func="f", started=NOW, stopped=NOW, success=True)
    Schedule.objects.filter(pk=late.pk).update(next_run=NOW - timedelta(hours=1))
    assert [each.code for each in found("config.schedule_not_run")] == ["overdue"]
    Schedule.objects.filter(name__startswith=PREFIX).update(next_run=NOW - timedelta(hours=1))
    assert [each.code for each in found("config.worker_dead")] == ["schedules"]
    assert found("config.schedule_not_run") == []


@pytest.mark.django_db
def test_a_night_without_a_report(salon: Salon) -> None:
    row = IntegrityReport.objects.create(
        company=salon.company, day=NOW.date(), trigger="daily", started_at=NOW, finished_at=NOW
    )
    assert found("appointments.report_missing") == []
    IntegrityReport.objects.filter(pk=row.pk).update(finished_at=NOW - timedelta(hours=27))
    assert len(found("appointments.report_missing")) == 1
