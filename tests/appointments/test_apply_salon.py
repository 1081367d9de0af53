"""Applying a salon file: what the database says afterwards, and what it never does."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from appointments import booking, salon
from appointments.availability import Request, check
from appointments.models import (
    Absence,
    Appointment,
    Branch,
    BranchPhoneNumber,
    Company,
    OpeningHours,
    Policy,
    Service,
    Staff,
    StaffServicePhases,
    WorkingHours,
)
from appointments.models.appointment import Source, Status
from appointments.salon import applying, extensions
from appointments.salon.affected import affected_appointments
from appointments.salon.application import Application
from tests.salon_files import CONTRACT, apply, changed, problems_of
from tests.salons import BERLIN, at

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=BERLIN)
TUESDAY = date(2026, 11, 24)
THURSDAY = date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def morgenrot(db: None) -> Company:
    apply(CONTRACT, now=NOW)
    return Company.objects.get(slug="morgenrot")


def book(name: str, staff: str, day: date, clock: str) -> Appointment:
    person = Staff.objects.select_related("branch__company").get(name=staff)
    service = Service.objects.get(name=name)
    request = Request(branch=person.branch, service=service, staff=person, now=NOW)
    return booking.book(request, start=at(day, clock), visit=booking.Visit(source=Source.STAFF))


def lines(report: salon.Report) -> list[str]:
    return [str(change) for change in report.changes]


def test_a_new_company_is_what_its_file_says(morgenrot: Company) -> None:
    branch = Branch.objects.get()
    emma, jonas = Staff.objects.order_by("name")
    perm = Service.objects.get(name="Dauerwelle")
    assert (morgenrot.timezone, morgenrot.holidays) == ("Europe/Berlin", "DE-BE")
    assert (branch.minimum_notice_minutes, branch.horizon_days, branch.slot_minutes, branch.calendar) == (
        15,
        180,
        5,
        "mirror",
    )
    assert [str(number.number) for number in branch.phone_numbers.all()] == ["+49301234501"]
    assert OpeningHours.objects.filter(branch=branch).count() == 3
    assert (emma.follows_branch_hours, emma.offers_all_services) == (True, True)
    assert (jonas.follows_branch_hours, jonas.offers_all_services) == (False, False)
    assert [skill.service.name for skill in jonas.skills.all()] == ["Herrenhaarschnitt"]
    assert jonas.plan_for(perm).minutes == 150
    assert [phase.minutes for phase in emma.plan_for(perm).phases] == [50, 15, 5, 10, 15, 40]
    assert perm.synonyms == ["Dauerwellen", "Perm"]
    assert WorkingHours.objects.filter(staff=jonas).count() == 3


def test_policies_stand_at_the_company_the_longest_notice_first(morgenrot: Company) -> None:
    policy = Policy.objects.get(company=morgenrot)
    assert (policy.cancel_hours_before, policy.reschedule_hours_before, policy.max_reschedules) == (
        24,
        None,
        3,
    )
    assert [(fee.hours, str(fee.amount)) for fee in policy.fee_steps] == [(48, "0.00"), (24, "10.00")]
    apply(CONTRACT[: CONTRACT.index("policies:")], now=NOW)
    assert not Policy.objects.exists()


def test_how_many_appointments_to_come_there_may_be(morgenrot: Company) -> None:
    """The key is optional: left out, there is no limit; one at least, or nobody could book."""
    assert Policy.objects.get(company=morgenrot).max_open_appointments is None
    key = "max_reschedules: 3"
    apply(changed((key, f"{key}, max_open_appointments: 2")), now=NOW)
    assert Policy.objects.get(company=morgenrot).max_open_appointments == 2
    assert apply(changed((key, f"{key}, max_open_appointments: 2")), now=NOW) == salon.Report((), ())
    apply(CONTRACT, now=NOW)
    assert Policy.objects.get(company=morgenrot).max_open_appointments is None
    for wrong in ("0", "-1", "1001", "zwei", '"2"', "1.5", "true"):
        (problem,) = problems_of(changed((key, f"{key}, max_open_appointments: {wrong}")))
        assert "max_open_appointments" in problem


def test_applying_twice_changes_nothing(morgenrot: Company) -> None:
    rows = [
        list(model.objects.order_by("pk").values())
        for model in (Branch, Staff, Service, OpeningHours, Absence)
    ]
    assert apply(CONTRACT, now=NOW) == salon.Report((), ())
    assert rows == [
        list(model.objects.order_by("pk").values())
        for model in (Branch, Staff, Service, OpeningHours, Absence)
    ]


def test_a_check_says_what_would_change_and_changes_nothing(morgenrot: Company) -> None:
    text = changed(('minutes: 55, price: "30.00"', 'minutes: 50, price: "32.00"'))
    expected = [
        "changed: service Herrenhaarschnitt (price: 30.00 → 32.00)",
        "changed: phases Herrenhaarschnitt (- 1. 55 min; + 1. 50 min)",
    ]
    assert lines(apply(text, now=NOW, dry_run=True)) == expected
    assert lines(apply(text, now=NOW)) == expected
    assert lines(apply(text, now=NOW)) == []


def test_what_is_no_longer_named_is_deactivated_and_comes_back(morgenrot: Company) -> None:
    jonas = CONTRACT[CONTRACT.index("  - name: Jonas") : CONTRACT.index("services:\n  - {name")]
    person = Staff.objects.get(name="Jonas Brandt")
    assert lines(apply(changed((jonas, "")), now=NOW)) == ["deactivated: stylist Jonas Brandt"]
    assert Staff.objects.get(name="Jonas Brandt").active is False
    assert lines(apply(CONTRACT, now=NOW)) == ["reactivated: stylist Jonas Brandt"]
    assert Staff.objects.get(name="Jonas Brandt", active=True) == person


def test_services_and_branches_are_deactivated_never_deleted(morgenrot: Company) -> None:
    text = changed(
        ("- name: Mitte", "- name: Ost"),
        ("name: Emma Keller, branch: Mitte", "name: Emma Keller, branch: Ost"),
        ("    branch: Mitte\n", "    branch: Ost\n"),
    )
    apply(text.replace("Herrenhaarschnitt", "Herrenschnitt kurz"), now=NOW)
    assert set(Branch.objects.values_list("name", "active")) == {("Mitte", False), ("Ost", True)}
    assert set(Service.objects.values_list("name", "active")) == {
        ("Herrenhaarschnitt", False),
        ("Herrenschnitt kurz", True),
        ("Dauerwelle", True),
    }
    assert BranchPhoneNumber.objects.get().branch.name == "Ost"


def test_settings_are_replaced_to_match(morgenrot: Company) -> None:
    text = changed(
        ('tue: ["10:00-14:00", "15:00-19:00"]', 'wed: ["10:00-14:00"]'),
        ("services: [Herrenhaarschnitt]  ", "services: [Dauerwelle]  "),
        ("{service: Herrenhaarschnitt, minutes: 45}, ", ""),
        ("+49301234501", "+49301234509"),
    )
    apply(text, now=NOW)
    jonas = Staff.objects.get(name="Jonas Brandt")
    assert set(jonas.working_hours.values_list("weekday", "start_minute", "end_minute")) == {
        (2, 600, 840),
        (5, 540, 840),
    }
    assert [skill.service.name for skill in jonas.skills.all()] == ["Dauerwelle"]
    assert StaffServicePhases.objects.get().minutes == [60, 15, 5, 10, 15, 45]
    assert str(BranchPhoneNumber.objects.get().number) == "+49301234509"


def test_an_absence_typed_in_by_hand_survives(morgenrot: Company) -> None:
    jonas = Staff.objects.get(name="Jonas Brandt")
    by_hand = Absence.objects.create(
        staff=jonas, starts_at=at(TUESDAY, "10:00"), ends_at=at(TUESDAY, "14:00")
    )
    apply(changed((", reason: Urlaub", "")), now=NOW)
    assert jonas.absences.filter(from_salon_file=False).get() == by_hand
    assert jonas.absences.filter(from_salon_file=True).get().reason == ""


def test_changed_phases_leave_promised_appointments_as_they_are(morgenrot: Company) -> None:
    appointment = book("Dauerwelle", "Emma Keller", TUESDAY, "10:00")
    report = apply(
        changed(("{name: Haare wickeln, minutes: 50}", "{name: Haare wickeln, minutes: 70}")), now=NOW
    )
    assert report.affected == ()
    assert Appointment.objects.get(pk=appointment.pk).plan.minutes == 135
    assert (
        Staff.objects.get(name="Emma Keller").plan_for(Service.objects.get(name="Dauerwelle")).minutes == 155
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "calcom_user_id: 101",
            "absences: [{from: 2026-11-24, to: 2026-11-24}]",
            "The stylist does not work at that time.",
        ),
        (
            "calcom_user_id: 101",
            'working_hours: {tue: ["09:00-10:30"]}',
            "The stylist does not work at that time.",
        ),
        ("calcom_user_id: 101", "services: [Herrenhaarschnitt]", "The stylist does not offer this here."),
        ('tue: ["09:00-18:00"]', 'tue: ["09:00-12:00"]', "The salon is closed at that time."),
    ],
)
def test_appointments_that_no_longer_fit_are_listed_and_not_moved(
    morgenrot: Company, old: str, new: str, reason: str
) -> None:
    appointment = book("Dauerwelle", "Emma Keller", TUESDAY, "10:00")
    text = changed((old, new))
    (affected,) = apply(text, now=NOW).affected
    assert str(affected) == (
        f"Appointment {appointment.pk}, Tue, 24. Nov. 2026, 10:00, Dauerwelle with Emma Keller: {reason}"
    )
    stored = Appointment.objects.get(pk=appointment.pk)
    assert (stored.status, stored.starts_at) == (Status.BOOKED, appointment.starts_at)
    assert apply(text, now=NOW).affected == ()


def test_what_the_report_lists_is_what_the_solver_refuses(morgenrot: Company) -> None:
    """One opinion on hours (invariant I2): for every kept appointment both say the same."""
    for clock in ("09:00", "10:00", "11:00", "12:00", "13:00", "16:00"):
        book("Herrenhaarschnitt", "Emma Keller", TUESDAY, clock)
    text = changed(("calcom_user_id: 101", 'working_hours: {tue: ["09:30-12:30", "13:00-14:00"]}'))
    affected = {one.appointment.pk for one in apply(text, now=NOW).affected}
    refused = set()
    for appointment in Appointment.objects.select_related("branch__company", "service", "staff"):
        request = Request(
            branch=appointment.branch,
            service=appointment.service,
            staff=appointment.staff,
            now=NOW,
            appointment_id=appointment.pk,
        )
        if not check(request, start=appointment.starts_at).is_free:
            refused.add(appointment.pk)
    assert affected == refused
    assert len(affected) == 3


def test_the_gap_of_a_perm_may_lie_in_a_break(morgenrot: Company) -> None:
    """Only busy phases need working hours: 10:50 to 11:05 she waits for the lotion."""
    book("Dauerwelle", "Emma Keller", TUESDAY, "10:00")
    text = changed(("calcom_user_id: 101", 'working_hours: {tue: ["09:00-10:50", "11:05-18:00"]}'))
    assert apply(text, now=NOW).affected == ()


def test_past_and_cancelled_appointments_affect_nobody(morgenrot: Company) -> None:
    booking.cancel(book("Herrenhaarschnitt", "Emma Keller", TUESDAY, "10:00"), now=NOW)
    book("Herrenhaarschnitt", "Emma Keller", TUESDAY, "09:00")
    text = changed(('tue: ["09:00-18:00"], ', ""))
    assert apply(text, now=NOW + timedelta(days=7)).affected == ()


def test_listing_costs_the_same_for_one_appointment_and_for_three(
    morgenrot: Company, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    book("Herrenhaarschnitt", "Emma Keller", TUESDAY, "09:00")
    with django_assert_num_queries(8):
        affected_appointments(morgenrot, now=NOW)
    book("Herrenhaarschnitt", "Emma Keller", TUESDAY, "10:00")
    book("Herrenhaarschnitt", "Emma Keller", THURSDAY, "10:00")
    with django_assert_num_queries(8):
        affected_appointments(morgenrot, now=NOW)


def test_another_companys_number_is_refused_with_its_line(morgenrot: Company) -> None:
    """A number decides the company (invariant I8); whose it is stays unsaid."""
    other = changed(("slug: morgenrot", "slug: zeitreise"), ("agent_morgenrot", "agent_zeitreise"))
    with pytest.raises(salon.SalonFileError) as caught:
        apply(other, now=NOW)
    assert str(caught.value) == "line 4: +49301234501 belongs to another company."
    assert list(Company.objects.values_list("slug", flat=True)) == ["morgenrot"]


def test_two_companies_may_name_everything_alike(morgenrot: Company) -> None:
    other = changed(
        ("slug: morgenrot", "slug: zeitreise"),
        ("+49301234501", "+49301234502"),
        ("agent_morgenrot", "agent_zeitreise"),
    )
    apply(other, now=NOW)
    assert list(
        Staff.objects.filter(name="Emma Keller")
        .values_list("company__slug", flat=True)
        .order_by("company__slug")
    ) == ["morgenrot", "zeitreise"]
    assert apply(CONTRACT, now=NOW).changes == ()


def test_a_number_may_move_to_another_branch_of_the_company(morgenrot: Company) -> None:
    text = changed(
        (
            '  - name: Mitte\n    phone_numbers: ["+49301234501"]',
            '  - {name: Ost, phone_numbers: ["+49301234501"]}\n  - name: Mitte\n    phone_numbers: []',
        )
    )
    apply(text, now=NOW)
    assert BranchPhoneNumber.objects.get().branch.name == "Ost"


def test_other_apps_store_their_parts_in_the_same_transaction(
    morgenrot: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An applier sees the domain's rows by name, and its refusal undoes everything."""
    seen: list[Branch] = []

    def applier(application: Application) -> None:
        seen.append(application.staff["Emma Keller"].branch)
        application.refuse(("branches", 0, "retell_agents", 0), "Taken.")

    monkeypatch.setattr(extensions, "_appliers", [applier])
    with pytest.raises(salon.SalonFileError) as caught:
        apply(changed(("minutes: 55, ", "minutes: 50, ")), now=NOW)
    assert str(caught.value) == "line 5: Taken."
    assert seen == [Branch.objects.get()]
    assert Service.objects.get(name="Herrenhaarschnitt").phases.get().minutes == 55


def run(*arguments: object) -> int:
    """The exit status of the command."""
    try:
        call_command("apply_salon", *map(str, arguments))
    except SystemExit as exit_:
        return int(exit_.code or 0)
    return 0


@pytest.mark.django_db
def test_the_command_says_by_its_status_what_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "salon.yaml"
    file.write_text(CONTRACT, encoding="utf-8")
    assert run(file, "--check") == 0
    assert capsys.readouterr().out.endswith("18 changes would be made.\n")
    assert run(file) == 0
    assert capsys.readouterr().out.endswith("18 changes made.\n")
    assert run(file, "--check") == 0
    assert capsys.readouterr().out == "Nothing to change.\n"
    file.write_text(changed(("slot_minutes: 5 ", "slot_minutes: 0 ")), encoding="utf-8")
    assert run(file) == 2
    assert capsys.readouterr().err == "line 9: “slot_minutes” must be 1 or more.\n"
    assert run(tmp_path / "missing.yaml") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_command_lists_affected_appointments(
    morgenrot: Company, tmp_path: Path, capsys: pytest.CaptureFixture[str], sunday_evening: None
) -> None:
    book("Dauerwelle", "Emma Keller", TUESDAY, "10:00")
    file = tmp_path / "salon.yaml"
    file.write_text(changed(('tue: ["09:00-18:00"], ', "")), encoding="utf-8")
    assert run(file) == 1
    assert "Dauerwelle with Emma Keller: The salon is closed at that time." in capsys.readouterr().out


@pytest.fixture
def sunday_evening() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


class TestRace:
    """Somebody books while a file with an absence is applied."""

    ABSENT = changed(("calcom_user_id: 101", "absences: [{from: 2026-11-24, to: 2026-11-24}]"))

    @pytest.mark.django_db(transaction=True)
    def test_a_booking_that_runs_meanwhile_is_listed(self) -> None:
        apply(CONTRACT, now=NOW)
        assert len(self.apply_while_booking()) == 1

    @pytest.mark.django_db(transaction=True)
    def test_without_the_locks_it_would_be_overlooked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The negative control."""
        apply(CONTRACT, now=NOW)
        monkeypatch.setattr(applying, "lock_staff_of", lambda _company: None)
        assert self.apply_while_booking() == []

    def apply_while_booking(self) -> list[object]:
        """What an application lists that starts when a booking has been made but not yet committed."""
        affected: list[object] = []

        def work() -> None:
            try:
                affected.extend(apply(self.ABSENT, now=NOW).affected)
            finally:
                connections.close_all()

        thread = threading.Thread(target=work)
        with transaction.atomic():
            book("Dauerwelle", "Emma Keller", TUESDAY, "10:00")
            thread.start()
            for _attempt in range(1000):
                if not thread.is_alive() or self.somebody_waits():
                    break
                thread.join(0.005)
        thread.join(10)
        return affected

    @staticmethod
    def somebody_waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the first answer only
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return bool(cursor.fetchone()[0])
