"""Every repair: what the dry run says is what is done, with a before and an after."""

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection

from appointments import booking, integrity
from appointments.availability import check as is_free
from appointments.integrity import daily
from appointments.integrity.adopting import refuses_overlaps
from appointments.models import (
    Absence,
    Allocation,
    Appointment,
    Customer,
    Finding,
    IntegrityReport,
    Repair,
)
from appointments.models.integrity import Trigger
from tests.appointments.integrity.planting import (
    drop_rule,
    found,
    old_row,
    past_the_triggers,
    spoken,
    take,
    told,
)
from tests.calls.phone import Phone
from tests.salons import MONDAY, NOW, Salon, at, make_salon

REPORT: dict[str, Any] = {"now": NOW, "trigger": Trigger.PERSON, "asks_outside": False}


def repaired(check: str) -> Repair:
    """The only finding of ``check``: tried, which changes nothing, then repaired; gone afterwards."""
    (finding,) = found(check)
    before = list(Appointment.objects.order_by("pk").values()), Allocation.objects.count()
    trial = integrity.dry_run(finding, now=NOW)
    assert (list(Appointment.objects.order_by("pk").values()), Allocation.objects.count()) == before
    made = integrity.repair(finding, now=NOW)
    assert made.outcome == "done", spoken(made)
    assert (trial.done, spoken(trial), trial.after) == (True, spoken(made), made.after)
    assert made.before != made.after
    assert not [each for each in found(check) if each.repairable]
    return made


@pytest.mark.django_db
class TestRepairs:
    def test_time_that_was_promised_is_taken(self, salon: Salon) -> None:
        perm = old_row(salon, "10:00", allocations=False)
        made = repaired("appointments.ledger")
        assert perm.allocations.count() == 4
        (after,) = made.after.values()
        assert len(after["ledger"]) == 4

    def test_time_that_is_no_longer_promised_is_freed(self, salon: Salon) -> None:
        gone = booking.cancel(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), now=NOW)
        with past_the_triggers():
            take(gone)
        repaired("appointments.ledger")
        assert not Allocation.objects.exists()

    def test_where_somebody_else_has_the_time_a_person_decides(self, salon: Salon) -> None:
        salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        late = old_row(salon, "10:30", service=salon.cut, allocations=False)
        repaired("appointments.ledger")
        late.refresh_from_db()
        assert late.status == "conflict"

    def test_phases_are_laid_anew_between_what_was_promised(self, salon: Salon) -> None:
        bare = old_row(salon, "10:00", phases=False, allocations=False)
        repaired("appointments.phases")
        bare.refresh_from_db()
        assert (bare.phases.count(), bare.allocations.count()) == (6, 4)
        assert (bare.starts_at, bare.ends_at) == (at(MONDAY, "10:00"), at(MONDAY, "12:15"))

    def test_whoever_was_promised_first_stays(self, salon: Salon) -> None:
        drop_rule()
        late = old_row(salon, "10:00", created_at=NOW - timedelta(days=1))
        first = old_row(salon, "11:00")
        repaired("appointments.overlap")
        late.refresh_from_db()
        first.refresh_from_db()
        assert (late.status, first.status) == ("conflict", "booked")

    def test_what_has_ended_becomes_completed_not_a_case(self, salon: Salon) -> None:
        drop_rule()
        day = NOW - timedelta(days=3)
        old_row(salon, "", starts_at=day)
        other = old_row(salon, "", starts_at=day + timedelta(minutes=30))
        repaired("appointments.overlap")
        other.refresh_from_db()
        assert other.status == "completed"

    @pytest.mark.parametrize("state", ["held", "released"])
    def test_holds_that_nobody_holds(self, salon: Salon, state: str) -> None:
        hold = booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "10:00"))
        type(hold).objects.update(state=state, expires_at=NOW - timedelta(minutes=6))
        (finding,) = found("appointments.hold")
        assert told([finding])[0][0] == ("overdue" if state == "held" else "ended")
        assert integrity.repair(finding, now=NOW).outcome == "done"
        assert not Allocation.objects.exists()
        assert found("appointments.hold") == []

    def test_a_conflict_whose_time_is_free_gets_it(self, salon: Salon) -> None:
        waits = old_row(salon, "10:00", status="conflict", allocations=False)
        repaired("appointments.conflict_free")
        waits.refresh_from_db()
        assert waits.status == "booked"

    def test_a_refusal_is_written_down_without_a_name(self, salon: Salon) -> None:
        drop_rule()
        old_row(salon, "10:00")
        old_row(salon, "10:30")
        (finding,) = found("appointments.overlap")
        integrity.repair(finding, now=NOW)
        again = integrity.repair(finding, now=NOW)
        assert (again.outcome, spoken(again)) == ("refused", ["Sie überschneiden sich nicht mehr."])


@pytest.mark.django_db
class TestOtherChecks:
    def test_the_same_customer_twice_but_not_mother_and_child(self, salon: Salon) -> None:
        jana = Customer.objects.create(company=salon.company, name="Jana Probst")
        one, other = (salon.book(salon.cut, each, MONDAY, "10:00") for each in (salon.emma, salon.jonas))
        booking.edit(one, {"customer": jana}, now=NOW)
        booking.edit(other, {"customer": jana, "attendee_name": "Mia"}, now=NOW)
        assert found("appointments.duplicate") == []
        booking.edit(other, {"attendee_name": ""}, now=NOW)
        assert told(found("appointments.duplicate")) == [("", "warning", [one.pk, other.pk])]

    def test_hours_absences_holidays_and_people_who_left(self, salon: Salon) -> None:
        early = salon.book(salon.cut, salon.emma, MONDAY, "07:30", overrides_hours=True)
        ill = salon.book(salon.cut, salon.emma, MONDAY, "12:00")
        Absence.objects.create(staff=salon.emma, starts_at=at(MONDAY, "12:30"), ends_at=at(MONDAY, "15:00"))
        feast = salon.book(
            salon.cut, salon.emma, MONDAY.replace(month=12, day=25), "10:00", overrides_hours=True
        )
        left = salon.book(salon.cut, salon.jonas, MONDAY, "13:00")
        salon.jonas.active = False
        salon.jonas.save()
        assert [each[0::2] for each in told(found("appointments.outside_hours"))] == [
            ("closed", [early.pk]),
            ("absent", [ill.pk]),
            ("gone", [left.pk]),
            ("holiday", [feast.pk]),
        ]

    def test_tenants_crossed_past_the_foreign_keys(self, salon: Salon) -> None:
        appointment = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        other = make_salon("abendstern")
        with past_the_triggers():
            Appointment.objects.filter(pk=appointment.pk).update(service=other.cut)
        (finding,) = found("appointments.tenants", salon)
        assert told([finding]) == [("crossed", "critical", [appointment.pk])]
        assert found("appointments.tenants", other) == []

    def test_rules_that_are_absent_unproven_or_switched_off(self, salon: Salon) -> None:
        assert found("appointments.constraint") == []
        drop_rule()
        drop_rule("allocation_staff_same_company")
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE appointments_allocation ADD CONSTRAINT allocation_staff_same_company FOREIGN KEY "
                "(staff_id, company_id) REFERENCES appointments_staff (id, company_id) NOT VALID"
            )
            cursor.execute("ALTER TABLE appointments_appointment DISABLE TRIGGER appointment_ledger")
        rules = {(each.code, each.facts["rule"]) for each in found("appointments.constraint")}
        assert rules == {
            ("absent", "allocation_one_place_at_a_time"),
            ("unproven", "allocation_staff_same_company"),
            ("off", "appointment_ledger"),
        }
        for finding in found("appointments.constraint"):
            assert integrity.dry_run(finding, now=NOW).done
            assert integrity.repair(finding, now=NOW).outcome == "done"
        assert found("appointments.constraint") == []


@pytest.mark.django_db
class TestReports:
    def test_a_finding_over_days(self, salon: Salon) -> None:
        old_row(salon, "10:00", allocations=False)
        first = integrity.report(salon.company, **REPORT)
        again = integrity.report(salon.company, **REPORT)
        assert [(each.new, each.open, each.solved) for each in (first, again)] == [(1, 1, 0), (0, 1, 0)]
        finding = Finding.objects.get()
        Finding.objects.update(acknowledged_at=NOW, reason="ist so gewollt")
        assert integrity.report(salon.company, **REPORT).acknowledged == 1
        Allocation.objects.all().delete()
        booking.mend_ledger(Appointment.objects.get(), now=NOW)
        last = integrity.report(salon.company, **REPORT)
        assert (last.solved, last.open, last.acknowledged) == (1, 0, 0)
        assert Finding.objects.get().pk == finding.pk

    def test_only_what_was_looked_for_is_solved(self, salon: Salon) -> None:
        old_row(salon, "10:00", allocations=False)
        integrity.report(salon.company, **REPORT)
        integrity.report(salon.company, checks=["appointments.overlap"], **REPORT)
        assert Finding.objects.unsolved().count() == 1

    @pytest.mark.parametrize(
        ("before", "after"),
        [("2026-03-29T00:59:00Z", "2026-03-29T01:00:00Z"), ("2026-10-24T23:59:00Z", "2026-10-25T00:00:00Z")],
        ids=["spring: 2:00 does not exist", "autumn: the first of two"],
    )
    def test_once_a_night_also_when_the_clocks_change(self, salon: Salon, before: str, after: str) -> None:
        early, at_two = datetime.fromisoformat(before), datetime.fromisoformat(after)
        assert daily.due(now=early) == []
        assert daily.due(now=at_two) == [None, salon.company]
        assert daily.report_due(salon.company, now=at_two) is not None
        assert daily.report_due(salon.company, now=at_two) is None
        for hours in (1, 2, 20):
            assert salon.company not in daily.due(now=at_two + timedelta(hours=hours))
        assert IntegrityReport.objects.count() == 1


def command(*args: str) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    try:
        call_command("check_integrity", "--offline", "--format", "json", *args, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(end.code or 0), json.loads(out.getvalue() or "{}")
    return 0, json.loads(out.getvalue())


@pytest.mark.django_db
class TestCommand:
    def test_healthy_is_nothing_and_0(self, salon: Salon) -> None:
        assert command() == (0, {"ratio": None, "findings": []})

    def test_findings_are_1_with_the_words_of_the_contract(self, salon: Salon) -> None:
        with time_machine.travel(NOW, tick=False):
            row = old_row(salon, "10:00", allocations=False)
            status, document = command("--company", "morgenrot", "--check", "appointments.ledger")
            (finding,) = document["findings"]
            assert status == 1
            assert set(finding) == {"check", "severity", "message", "objects", "repairable"}
            assert finding["objects"] == [{"model": "appointments.appointment", "id": row.pk}]
            status, document = command("--repair", "--dry-run")
            assert (status, len(document["repairs"])) == (1, 1)
            assert command("--repair")[0] == 0

    @pytest.mark.parametrize("args", [("--company", "nobody"), ("--check", "no.such"), ("--dry-run",)])
    def test_bad_input_is_2(self, salon: Salon, args: tuple[str, ...]) -> None:
        assert command(*args)[0] == 2


@pytest.mark.django_db(transaction=True)
def test_the_24th_of_november_is_adopted(committed: Salon) -> None:
    """Incident 1 as old data: found, explained, repaired, the rule added and proven, the four times bookable."""
    salon = committed
    with time_machine.travel(NOW, tick=False):
        drop_rule()
        try:
            rows = [old_row(salon, clock) for clock in ("11:00", "13:00", "14:00")]
            assert len(found("appointments.overlap")) == 2
            assert refuses_overlaps() is False
            with pytest.raises(SystemExit):
                call_command("adopt_ledger", "--dry-run", stdout=StringIO())
            assert set(Appointment.objects.values_list("status", flat=True)) == {"booked"}
        finally:
            call_command("adopt_ledger", stdout=StringIO())
        for row in rows:
            row.refresh_from_db()
        assert [row.status for row in rows] == ["booked", "conflict", "booked"]
        assert refuses_overlaps() is True
        assert found("appointments.constraint") == []
        free = {
            (staff.first_name, clock): bool(
                is_free(salon.request(salon.perm, staff), start=at(MONDAY, clock)).slots
            )
            for staff in (salon.emma, salon.jonas)
            for clock in ("16:30", "17:30", "15:00", "12:00")
        }
        assert {key for key, value in free.items() if not value} == {("Emma", "15:00"), ("Emma", "12:00")}
        booked_by_phone(salon)


def booked_by_phone(salon: Salon) -> None:
    """The four times that were refused in one call on that day: what is free is said to be, and is booked."""
    perm = {"datum": "2025-11-24", "dienstleistung": "Dauerwelle"}
    for clock, status in (("16:30", "available"), ("15:00", "unavailable"), ("12:00", "unavailable")):
        asking = Phone(salon.number)
        reply = asking.ask("check_availability", **perm, uhrzeit=clock, mitarbeiter="Emma")
        assert (clock, reply["status"]) == (clock, status)
        assert reply.get("reason") == (None if status == "available" else "taken")
        asking.ask("release_reservation")
    for clock, staff in (("16:30", "Emma"), ("17:30", "Jonas"), ("15:00", "Jonas"), ("12:00", "Jonas")):
        phone = Phone(salon.number)
        checked = phone.ask("check_availability", **perm, uhrzeit=clock, mitarbeiter=staff)
        assert (clock, checked["status"]) == (clock, "available")
        reply = phone.ask("start_booking", reservation_id=checked["reservation_id"], name="Jana Probst")
        assert (clock, reply["status"]) == (clock, "booked")
    assert integrity.run(now=NOW, company=salon.company, checks=["appointments.ledger"]).findings == []
