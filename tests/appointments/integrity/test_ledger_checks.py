"""Overlaps, ledger and phases: each fault is found once, and nothing where all is well."""

from datetime import timedelta

import pytest
from django.db.models import F

from appointments import booking, integrity
from appointments.models import Allocation, Appointment, AppointmentPhase
from tests.appointments.integrity.planting import drop_rule, found, old_row, past_the_triggers, take, told
from tests.salons import MONDAY, NOW, Salon, at, make_salon

pytestmark = pytest.mark.django_db


def a_working_day(salon: Salon) -> list[Appointment]:
    """A perm with a cut in its gap, buffers, back to back, a hold, a cancelled one, mother and child."""
    salon.cut.phases.update(minutes=15)
    salon.cut.buffer_after_minutes = 0
    perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    in_the_gap = salon.book(salon.cut, salon.emma, MONDAY, "10:50")
    after = salon.book(salon.perm, salon.emma, MONDAY, "12:15")
    cancelled = booking.cancel(salon.book(salon.cut, salon.jonas, MONDAY, "10:00"), now=NOW)
    again = salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    booking.hold(salon.request(salon.cut, salon.jonas, holder="call:1"), start=at(MONDAY, "11:00"))
    moved = salon.book(salon.perm, salon.jonas, MONDAY, "13:00")
    until = NOW + timedelta(minutes=2)
    to = booking.Move(start=at(MONDAY, "13:10"))
    booking.reschedule(moved, to, now=NOW, keeps_old_until=until)
    return [perm, in_the_gap, after, cancelled, again, moved]


def test_a_healthy_salon_gives_no_cause_for_complaint(salon: Salon) -> None:
    a_working_day(salon)
    a_working_day(make_salon("abendstern"))
    result = integrity.run(now=NOW, asks_outside=False)
    assert (told(result.findings), result.failed, result.ratio) == ([], [], None)
    assert told(integrity.run(now=NOW, company=salon.company, asks_outside=False).findings) == []


class TestOverlaps:
    def test_each_that_meets_an_earlier_one_is_found_without_the_constraint(self, salon: Salon) -> None:
        """Incident 1: three perms that an admin without checks had taken."""
        drop_rule()
        eleven, one, two = (old_row(salon, clock) for clock in ("11:00", "13:00", "14:00"))
        findings = found("appointments.overlap")
        assert told(findings) == [
            ("booked", "critical", [eleven.pk, one.pk]),
            ("booked", "critical", [one.pk, two.pk]),
        ]
        assert integrity.sentence_of(findings[0]) == (
            "Emma Keller ist am Mo, 24. November 2025 um 13:00 doppelt vergeben: Dauerwelle (11:00 bis 13:15) und "
            "Dauerwelle (13:00 bis 15:15)."
        )

    def test_promises_count_whether_or_not_the_ledger_knows_of_them(self, salon: Salon) -> None:
        """The constraint is there and sees nothing: one has no allocations, the other not even phases."""
        first = salon.book(salon.perm, salon.emma, MONDAY, "11:00")
        unknown = old_row(salon, "11:30", allocations=False)
        formless = old_row(salon, "12:40", service=salon.cut, allocations=False, phases=False)
        assert told(found("appointments.overlap")) == [
            ("booked", "critical", [first.pk, unknown.pk]),
            ("booked", "critical", [first.pk, formless.pk]),
            ("booked", "critical", [unknown.pk, formless.pk]),
        ]

    def test_a_gap_may_be_sold_and_buffers_may_not(self, salon: Salon) -> None:
        salon.cut.phases.update(minutes=15)
        perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
        old_row(salon, "10:50", service=salon.cut, allocations=False)
        assert found("appointments.overlap") == []
        with past_the_triggers():
            late = old_row(salon, "12:15", service=salon.cut, allocations=False, buffer_before_minutes=5)
        assert told(found("appointments.overlap")) == [("booked", "critical", [perm.pk, late.pk])]

    def test_quarantine_is_told_with_what_stands_in_its_way(self, salon: Salon) -> None:
        one = salon.book(salon.perm, salon.emma, MONDAY, "11:00")
        other = salon.book(salon.cut, salon.emma, MONDAY, "13:15")
        waits = old_row(salon, "12:40", status="conflict", allocations=False)
        over = old_row(salon, "", starts_at=NOW - timedelta(days=3), status="completed", allocations=False)
        was = old_row(salon, "", starts_at=over.starts_at, status="conflict", allocations=False)
        assert told(found("appointments.overlap")) == [
            ("waiting", "warning", [was.pk, over.pk]),
            ("waiting", "warning", [waits.pk, one.pk, other.pk]),
        ]
        assert not any(each.repairable for each in found("appointments.overlap"))

    def test_a_hold_that_stands_on_an_appointment(self, salon: Salon) -> None:
        appointment = salon.book(salon.cut, salon.emma, MONDAY, "11:00")
        hold = booking.hold(salon.request(salon.cut, salon.emma, holder="call:1"), start=at(MONDAY, "15:00"))
        drop_rule()
        Allocation.objects.filter(reservation=hold).update(during=appointment.allocations.get().during)
        assert told(found("appointments.overlap")) == [("held", "critical", [hold.pk, appointment.pk])]
        assert found("appointments.overlap", now=NOW + timedelta(minutes=5)) == []

    def test_a_day_full_of_overlaps_is_as_many_findings_not_its_square(self, salon: Salon) -> None:
        for _each in range(30):
            old_row(salon, "10:00", allocations=False)
        assert len(found("appointments.overlap")) == 29


class TestLedger:
    def test_what_is_promised_without_time_or_takes_other_time(self, salon: Salon) -> None:
        without = old_row(salon, "10:00", allocations=False)
        shifted, narrow, wide = (
            salon.book(salon.cut, salon.jonas, MONDAY, each) for each in ("10:00", "12:00", "14:00")
        )
        given_up = booking.cancel(salon.book(salon.cut, salon.jonas, MONDAY, "16:00"), now=NOW)
        with past_the_triggers():
            shifted.allocations.update(position=4)
            narrow.allocations.update(during=(at(MONDAY, "12:00"), at(MONDAY, "12:30")))
            take(given_up)
            extra = wide.allocations.get()
            extra.pk, extra.position, extra.during = None, 2, (at(MONDAY, "15:00"), at(MONDAY, "15:30"))
            extra.save()
        assert told(found("appointments.ledger")) == [
            ("missing", "critical", [without.pk]),
            ("missing", "critical", [shifted.pk]),
            ("missing", "critical", [narrow.pk]),
            ("surplus", "critical", [wide.pk]),
            ("stray", "critical", [given_up.pk]),
        ]

    def test_equality_not_coverage(self, salon: Salon) -> None:
        """The trigger asks whether the phases are covered; more than that is blocked for nothing."""
        perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
        perm.allocations.filter(position=1).update(during=(at(MONDAY, "09:00"), at(MONDAY, "10:50")))
        assert told(found("appointments.ledger")) == [("missing", "critical", [perm.pk])]

    def test_buffers_and_blocks_belong_to_it(self, salon: Salon) -> None:
        salon.perm.buffer_before_minutes, salon.perm.buffer_after_minutes = 10, 5
        salon.perm.save()
        salon.book(salon.perm, salon.emma, MONDAY, "10:00")
        salon.branch.calendar, salon.cut.calendar_layout = "mirror", "block"
        salon.branch.save()
        salon.cut.save()
        salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
        assert found("appointments.ledger") == []
        Appointment.objects.update(buffer_after_minutes=20)
        assert len(found("appointments.ledger")) == 2


class TestPhases:
    @pytest.mark.parametrize(
        ("code", "fault"),
        [
            ("none", lambda rows: rows.delete()),
            ("sum", lambda rows: rows.filter(position=6).delete()),
            ("sum", lambda rows: rows.filter(position=3).delete()),
            ("sum", lambda rows: rows.filter(position=2).update(ends_at=F("ends_at") + timedelta(minutes=5))),
            ("sum", lambda rows: rows.filter(position=6).update(position=12)),
            ("idle", lambda rows: rows.update(busy=False)),
        ],
        ids=["none", "end cut off", "one missing", "torn", "counted wrongly", "idle"],
    )
    def test_parts_that_are_not_the_whole(self, salon: Salon, code: str, fault: object) -> None:
        """Incidents E2, E4, E9."""
        perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
        with past_the_triggers():
            fault(AppointmentPhase.objects.filter(appointment=perm))
        assert told(found("appointments.phases")) == [(code, "error", [perm.pk])]

    def test_twelve_instead_of_six(self, salon: Salon) -> None:
        """Incident E2."""
        perm = salon.book(salon.perm, salon.emma, MONDAY, "10:00")
        with past_the_triggers():
            for phase in AppointmentPhase.objects.filter(appointment=perm):
                phase.pk, phase.position = None, phase.position + 6
                phase.save()
        assert told(found("appointments.phases")) == [("sum", "error", [perm.pk])]

    def test_services_that_nobody_can_book(self, salon: Salon) -> None:
        salon.cut.phases.all().delete()
        salon.perm.phases.update(busy=False)
        assert told(found("appointments.service_phases")) == [
            ("none", "error", [salon.cut.pk]),
            ("idle", "error", [salon.perm.pk]),
        ]
        salon.cut.active = salon.perm.active = False
        salon.cut.save()
        salon.perm.save()
        assert found("appointments.service_phases") == []

    def test_own_times_that_no_longer_fit(self, salon: Salon) -> None:
        own = salon.emma.own_phases.create(company=salon.company, service=salon.perm, minutes=[60, 40])
        assert told(found("appointments.service_phases")) == [
            ("own", "warning", [own.pk, salon.emma.pk, salon.perm.pk])
        ]
