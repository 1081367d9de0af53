"""Each way out of a calendar case, from the button to what stands on both sides."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from appointments import booking
from appointments.access import Role
from appointments.models import Appointment, Company, Membership, Staff
from integrations.cases import open_case
from integrations.incoming.observing import observe
from integrations.incoming.seen import Seen
from integrations.models import CalendarCase, CalendarHost, CalendarSync, CaseKind, Solution, SyncState
from integrations.resolving import compare_now
from tests.admin.calendar_pages import (
    CASES,
    case_url,
    converged,
    messages,
    move_url,
    moved_there,
    refused,
    solve,
    solve_url,
    text_of,
    the_case,
)
from tests.integrations.calendar import CalendarSalon, sync_of
from tests.salons import MONDAY, at, make_salon

TAKEN = "Diese Zeit ist im Kalender belegt."
SOLVED = "Diesen Fall hat bereits jemand anderes gelöst, oder er hat sich von selbst gelöst."


def outcome(case: CalendarCase) -> tuple[str, str]:
    """How it was solved, and by whom."""
    case.refresh_from_db()
    return case.solution, case.solved_by.username if case.solved_by else ""


def foreign(calendar: CalendarSalon, clock: str, *, uid: str = "theirs", host: int = 101) -> Seen:
    """What Cal.com says of a stranger's haircut."""
    start = at(MONDAY, clock)
    end = datetime.fromtimestamp(start.timestamp() + 55 * 60, tz=UTC)
    seen = Seen(
        uid=uid,
        stands=True,
        start=start,
        end=end,
        host_id=host,
        event_type_id=3001,
        name="Nora Vogt",
        phone="+4930900333",
    )
    observe(calendar.salon.company, seen, now=datetime.now(UTC))
    return seen


def conflict(calendar: CalendarSalon) -> CalendarCase:
    """Somebody books at Cal.com what is already taken by a promise that is not there yet."""
    calendar.cut("10:00")
    booked = calendar.sandbox.book(3001, at(MONDAY, "10:00"), name="Nora Vogt")
    foreign(calendar, "10:00", uid=booked["uid"])
    return the_case(CaseKind.CONFLICT)


class TestTryingAgain:
    def test_what_cal_com_now_takes_solves_the_case(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        assert solve(desk, case, "try_again") == ["Kalender und Termin stimmen überein."]
        assert outcome(case) == (Solution.RETRY, "desk")
        assert calendar.there() == [(101, "10:00", "10:55")]

    def test_what_it_still_refuses_stays_a_case(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar, times=2)
        assert solve(desk, case, "try_again") == [f"{TAKEN} Eine Entscheidung ist nötig."]
        assert outcome(case) == ("", "")
        assert sync_of(case.appointment).state == SyncState.HALTED

    def test_without_an_answer_the_worker_goes_on(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        calendar.sandbox.faults.add("unauthorized", "create")
        said = "Cal.com nimmt den Schlüssel nicht an, oder er darf das nicht. Es wird von selbst weiter versucht."
        assert solve(desk, case, "try_again") == [said]
        assert outcome(case) == ("", "")
        assert sync_of(case.appointment).state == SyncState.PENDING

    def test_a_booking_moved_there_is_moved_back(self, desk: Client, calendar: CalendarSalon) -> None:
        case = moved_there(calendar, to="13:00")
        assert solve(desk, case, "try_again") == ["Kalender und Termin stimmen überein."]
        assert outcome(case) == (Solution.RETRY, "desk")
        assert calendar.there() == [(101, "10:00", "10:55")]

    def test_an_overlap_is_gone_when_the_other_booking_is(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        appointment = converged(calendar.cut("10:00"))
        case = open_case(
            CaseKind.OVERLAP,
            company=appointment.company,
            appointment=appointment,
            uid="theirs",
            now=datetime.now(UTC),
        )
        assert solve(desk, case, "try_again") == ["Die andere Buchung ist weg."]
        assert outcome(case) == (Solution.RETRY, "desk")

    def test_a_booking_of_an_unknown_host_is_taken_over_once_the_host_is_known(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        booked = calendar.sandbox.book(3001, at(MONDAY, "10:00"), name="Nora Vogt")
        CalendarHost.objects.filter(calcom_user_id=101).delete()
        foreign(calendar, "10:00", uid=booked["uid"])
        case = CalendarCase.objects.get(kind=CaseKind.UNKNOWN_HOST)

        unknown = "Der Kalender ist noch unbekannt. Bitte ordnen Sie ihn zuerst jemandem zu."
        assert solve(desk, case, "try_again") == [unknown]
        CalendarHost.objects.create(
            company=calendar.salon.company, staff=calendar.salon.emma, calcom_user_id=101
        )
        assert solve(desk, case, "try_again") == ["Die Buchung wurde übernommen."]
        assert outcome(case) == (Solution.RETRY, "desk")
        assert Appointment.objects.get().starts_at == at(MONDAY, "10:00")


class TestKeeping:
    def test_the_promise_stands_without_an_entry(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        assert solve(desk, case, "keep") == ["Der Termin wird ohne Kalendereintrag behalten."]
        assert outcome(case) == (Solution.KEEP, "desk")
        sync = sync_of(case.appointment)
        assert (sync.exempt, sync.state, sync.error_code) == (True, SyncState.NONE, "")
        assert converged(case.appointment).status == "booked"
        assert calendar.there() == []

    def test_what_still_stands_there_is_taken_out(self, desk: Client, calendar: CalendarSalon) -> None:
        """Database and calendar agree in this too: nothing is expected there, nothing stands there."""
        case = moved_there(calendar, to="13:00")
        assert solve(desk, case, "keep") == ["Kalender und Termin stimmen überein."]
        assert calendar.there() == []
        assert (sync_of(case.appointment).state, sync_of(case.appointment).exempt) == (SyncState.NONE, True)
        case.appointment.refresh_from_db()
        assert case.appointment.starts_at == at(MONDAY, "10:00")

    def test_another_time_is_entered_again(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        solve(desk, case, "keep")
        case.appointment.refresh_from_db()
        converged(calendar.move(case.appointment, "15:00"))
        assert calendar.there() == [(101, "15:00", "15:55")]


class TestCancelling:
    def test_both_sides_are_free_and_the_page_says_whom_to_call(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        case = moved_there(calendar, to="13:00")
        assert solve(desk, case, "cancel") == ["Kalender und Termin stimmen überein."]
        assert outcome(case) == (Solution.CANCEL, "desk")
        assert calendar.there() == []
        case.appointment.refresh_from_db()
        assert case.appointment.status == "cancelled"
        page = desk.get(case_url(case))
        assert "Bitte rufen Sie Mara Test an: Der Termin wurde abgesagt. +49 30 900222" in text_of(page)
        assert 'href="tel:+4930900222"' in page.content.decode()

    def test_history_says_that_staff_did_it(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        solve(desk, case, "cancel")
        latest = case.appointment.history.order_by("history_id").last()
        assert (latest.status, latest.channel, latest.actor) == ("cancelled", "staff", "desk")

    def test_every_other_case_of_it_is_over(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        other = open_case(
            CaseKind.OVERLAP,
            company=case.company,
            appointment=case.appointment,
            uid="theirs",
            now=datetime.now(UTC),
        )
        solve(desk, case, "cancel")
        assert outcome(other) == (Solution.ITSELF, "")

    def test_it_asks_whether_it_is_meant(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        page = desk.get(solve_url(case, "cancel"))
        assert "Bitte rufen Sie die Kundin oder den Kunden an." in text_of(page)
        assert outcome(case) == ("", "")

    def test_what_was_changed_since_is_not_cancelled(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        booking.edit(case.appointment, {"notes": "Bitte leise"}, now=datetime.now(UTC))
        said = (
            "Jemand anderes hat diesen Termin inzwischen geändert. Bitte sehen Sie ihn sich noch einmal an."
        )
        assert solve(desk, case, "cancel") == [said]
        assert outcome(case) == ("", "")


class TestMoving:
    def choices(self, desk: Client, case: CalendarCase) -> list[tuple[str, str]]:
        page = desk.get(move_url(case))
        return [(choice.label, choice.staff.name) for choice in page.context["choices"]]

    def test_six_free_times_are_proposed_the_same_time_with_somebody_else_first(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        found = self.choices(desk, refused(calendar))
        assert len(found) == 6
        assert found[0] == ("Mo, 24. Nov. 2025, 10:00", "Jonas Brandt")
        assert {day[:20] for day, _staff in found} == {"Mo, 24. Nov. 2025, 1", "Mo, 24. Nov. 2025, 0"}

    def test_whoever_wished_for_a_stylist_keeps_them(self, desk: Client, calendar: CalendarSalon) -> None:
        found = self.choices(desk, refused(calendar, staff_wished=True))
        assert {staff for _day, staff in found} == {"Emma Keller"}
        assert "Mo, 24. Nov. 2025, 10:00" not in {day for day, _staff in found}

    def test_what_cal_com_calls_taken_is_not_proposed(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar, staff_wished=True)
        calendar.sandbox.book(3001, at(MONDAY, "10:55"))
        assert ("Mo, 24. Nov. 2025, 10:55", "Emma Keller") not in self.choices(desk, case)

    def test_what_cal_com_calls_free_is(self, desk: Client, calendar: CalendarSalon) -> None:
        """The control of the test before: nobody has booked it at Cal.com."""
        found = self.choices(desk, refused(calendar, staff_wished=True))
        assert ("Mo, 24. Nov. 2025, 10:55", "Emma Keller") in found

    def take(self, desk: Client, case: CalendarCase, staff: Staff, clock: str, **facts: Any) -> Any:
        choice = f"{staff.pk}@{at(MONDAY, clock).isoformat()}"
        data = {"choice": choice, "revision": case.appointment.revision, **facts}
        return desk.post(move_url(case), data, follow=True)

    def test_the_chosen_time_is_booked_on_both_sides(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        page = self.take(desk, case, calendar.salon.jonas, "12:00")
        assert messages(page) == ["Kalender und Termin stimmen überein."]
        assert outcome(case) == (Solution.MOVE, "desk")
        case.appointment.refresh_from_db()
        assert (case.appointment.starts_at, case.appointment.staff) == (
            at(MONDAY, "12:00"),
            calendar.salon.jonas,
        )
        assert calendar.there() == [(102, "12:00", "12:55")]

    def test_a_time_lost_meanwhile_is_said_and_others_are_proposed(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        case = refused(calendar)
        calendar.cut("12:00")
        page = self.take(desk, case, calendar.salon.emma, "12:00")
        taken = (
            "Emma Keller ist am Mo, 24. Nov. von 12:00 bis 12:55 Uhr belegt: Herrenhaarschnitt, Mara Test."
        )
        assert messages(page) == [taken]
        assert len(page.context["choices"]) == 6
        assert outcome(case) == ("", "")

    @pytest.mark.parametrize("choice", ["", "x", "1@", "1@gestern", "999999@2025-11-24T12:00:00+00:00"])
    def test_nonsense_is_no_choice(self, choice: str, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        page = desk.post(move_url(case), {"choice": choice, "revision": "1"})
        assert messages(page) == ["Bitte wählen Sie eine Zeit."]

    def test_another_companys_stylist_is_no_choice(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        page = self.take(desk, case, make_salon("abendrot").emma, "12:00")
        assert messages(page) == ["Bitte wählen Sie eine Zeit."]

    def test_outside_opening_hours_nothing_is_booked(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        page = self.take(desk, case, calendar.salon.emma, "22:00")
        assert messages(page) == ["Der Salon hat zu dieser Zeit geschlossen."]
        assert outcome(case) == ("", "")


class TestTakingOver:
    def test_the_appointment_goes_where_it_stands(self, desk: Client, calendar: CalendarSalon) -> None:
        case = moved_there(calendar, to="13:00")
        assert solve(desk, case, "take_over") == ["Kalender und Termin stimmen überein."]
        assert outcome(case) == (Solution.MOVE, "desk")
        case.appointment.refresh_from_db()
        assert case.appointment.starts_at == at(MONDAY, "13:00")
        assert calendar.there() == [(101, "13:00", "13:55")]

    def test_only_if_the_ledger_allows(self, desk: Client, calendar: CalendarSalon) -> None:
        case = moved_there(calendar, to="13:00")
        calendar.cut("13:30", attendee_name="Lena Vogel")
        said = (
            "Emma Keller ist am Mo, 24. Nov. von 13:30 bis 14:25 Uhr belegt: Herrenhaarschnitt, Lena Vogel."
        )
        assert solve(desk, case, "take_over") == [said]
        assert outcome(case) == ("", "")

    def test_a_part_of_a_perm_takes_its_siblings_along(self, desk: Client, calendar: CalendarSalon) -> None:
        appointment = converged(calendar.perm("10:00"))
        last = appointment.calendar_bookings.get(position=5)
        calendar.sandbox.reschedule(last.uid, at(MONDAY, "15:20"))
        compare_now(appointment)
        case = the_case(CaseKind.MOVED)

        assert solve(desk, case, "take_over") == ["Kalender und Termin stimmen überein."]
        appointment.refresh_from_db()
        assert appointment.starts_at == at(MONDAY, "14:00")
        assert calendar.there() == [(101, "14:00", "14:50"), (101, "15:05", "15:10"), (101, "15:20", "16:15")]

    def test_without_a_known_host_it_is_not_offered(self, desk: Client, calendar: CalendarSalon) -> None:
        case = moved_there(calendar, to="13:00")
        CalendarHost.objects.filter(calcom_user_id=101).delete()
        assert "Zeit aus Cal.com übernehmen" not in text_of(desk.get(case_url(case)))
        said = "Was bei Cal.com steht, lässt sich nicht übernehmen. Bitte wählen Sie einen anderen Ausweg."
        assert solve(desk, case, "take_over") == [said]


class TestConflicts:
    def test_what_fits_now_gets_its_time(self, desk: Client, calendar: CalendarSalon) -> None:
        case = conflict(calendar)
        first = Appointment.objects.get(status="booked")
        # Behind the writer's back, so that nobody promotes it before the desk does.
        first.allocations.all().delete()
        Appointment.objects.filter(pk=first.pk).update(status="cancelled")
        solve(desk, case, "promote")
        assert outcome(case) == (Solution.RETRY, "desk")
        case.appointment.refresh_from_db()
        assert case.appointment.status == "booked"

    def test_what_does_not_fit_stays_and_names_who_has_the_time(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        case = conflict(calendar)
        said = "Emma Keller ist am Mo, 24. Nov. von 10:00 bis 10:55 Uhr belegt: Herrenhaarschnitt, Mara Test."
        assert solve(desk, case, "promote") == [said]
        assert outcome(case) == ("", "")

    def test_moved_it_goes_along_at_cal_com(self, desk: Client, calendar: CalendarSalon) -> None:
        case = conflict(calendar)
        choice = f"{calendar.salon.emma.pk}@{at(MONDAY, '12:00').isoformat()}"
        desk.post(move_url(case), {"choice": choice, "revision": case.appointment.revision})
        assert outcome(case) == (Solution.MOVE, "desk")
        case.appointment.refresh_from_db()
        assert (case.appointment.status, case.appointment.starts_at) == ("booked", at(MONDAY, "12:00"))
        assert calendar.there() == [(101, "12:00", "12:55")]

    def test_cancelled_it_is_cancelled_at_cal_com(self, desk: Client, calendar: CalendarSalon) -> None:
        case = conflict(calendar)
        assert solve(desk, case, "cancel") == ["Kalender und Termin stimmen überein."]
        assert outcome(case) == (Solution.CANCEL, "desk")
        assert calendar.there() == []
        assert "Nora Vogt" in text_of(desk.get(case_url(case)))

    def test_its_page_shows_both_sides(self, desk: Client, calendar: CalendarSalon) -> None:
        page = text_of(desk.get(case_url(conflict(calendar))))
        assert "Der andere Termin" in page
        assert "Mara Test" in page
        assert "Nora Vogt" in page


class TestDismissing:
    def test_an_unknown_event_type_leads_to_the_mapping(self, desk: Client, calendar: CalendarSalon) -> None:
        seen = Seen(
            uid="theirs",
            stands=True,
            start=at(MONDAY, "10:00"),
            end=at(MONDAY, "10:30"),
            host_id=101,
            event_type_id=9999,
            name="Nora Vogt",
        )
        observe(calendar.salon.company, seen, now=datetime.now(UTC))
        case = the_case(CaseKind.UNKNOWN_EVENT_TYPE)
        page = text_of(desk.get(case_url(case)))
        assert "Ereignistypen den Leistungen zuordnen" in page
        assert "unbekannter Ereignistyp 9999" in page
        assert solve(desk, case, "dismiss") == ["Der Fall ist geschlossen."]
        assert outcome(case) == (Solution.DISMISS, "desk")

    def test_it_is_all_that_is_left_once_nobody_is_coming(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        case = refused(calendar)
        calendar.cancel(case.appointment)
        page = desk.get(case_url(case))
        assert [offer.way for offer in page.context["page"].offers] == ["dismiss"]
        assert solve(desk, case, "keep") == ["Dieser Ausweg passt nicht mehr zum Fall."]

    def test_what_was_refused_cannot_be_dismissed(self, desk: Client, calendar: CalendarSalon) -> None:
        """Something was promised: somebody has to decide what becomes of it."""
        case = refused(calendar)
        assert solve(desk, case, "dismiss") == ["Dieser Ausweg passt nicht mehr zum Fall."]


class TestOverlapsThatAreOver:
    """The facts close them, so that the list shows what is really to be done."""

    @pytest.fixture
    def case(self, calendar: CalendarSalon) -> CalendarCase:
        appointment = converged(calendar.cut("10:00"))
        booked = calendar.sandbox.book(3001, at(MONDAY, "12:00"))
        calendar.world.change(booked["uid"], start=at(MONDAY, "10:30"), end=at(MONDAY, "11:25"))
        compare_now(appointment)
        return the_case(CaseKind.OVERLAP)

    def test_moved_away_it_overlaps_no_more(self, case: CalendarCase, calendar: CalendarSalon) -> None:
        moved = calendar.move(case.appointment, "15:00")
        compare_now(moved)
        assert outcome(case) == (Solution.ITSELF, "")

    def test_who_does_not_come_overlaps_with_nobody(
        self, case: CalendarCase, calendar: CalendarSalon
    ) -> None:
        calendar.cancel(case.appointment)
        assert outcome(case) == (Solution.ITSELF, "")

    def test_looked_at_again_it_stays_while_it_is_so(
        self, case: CalendarCase, calendar: CalendarSalon
    ) -> None:
        compare_now(case.appointment)
        assert outcome(case) == ("", "")

    def test_two_people_may_agree_on_it(
        self, case: CalendarCase, desk: Client, calendar: CalendarSalon
    ) -> None:
        assert solve(desk, case, "dismiss") == ["Der Fall ist geschlossen."]
        assert outcome(case) == (Solution.DISMISS, "desk")
        compare_now(case.appointment)
        assert not CalendarCase.objects.filter(solved_at=None).exists()

    def test_what_they_agreed_on_holds_only_while_it_stays_there(
        self, case: CalendarCase, desk: Client, calendar: CalendarSalon
    ) -> None:
        solve(desk, case, "dismiss")
        calendar.world.change(case.uid, start=at(MONDAY, "10:00"), end=at(MONDAY, "10:55"))
        compare_now(case.appointment)
        assert the_case(CaseKind.OVERLAP).uid == case.uid


class TestTheList:
    def test_open_ones_come_first_the_newest_on_top(self, desk: Client, calendar: CalendarSalon) -> None:
        solved = refused(calendar, "09:00")
        solve(desk, solved, "keep")
        older, newer = refused(calendar, "11:00"), refused_again(calendar, "13:00")
        page = desk.get(CASES)
        assert list(page.context["cl"].result_list) == [newer, older, solved]
        assert list(desk.get(CASES, {"state": "open"}).context["cl"].result_list) == [newer, older]

    def test_the_navigation_counts_the_open_ones(self, desk: Client, calendar: CalendarSalon) -> None:
        refused(calendar)
        assert "Kalenderfälle 1 " in text_of(desk.get(CASES))

    def test_nothing_open_is_no_badge(self, desk: Client, calendar: CalendarSalon) -> None:
        assert "Kalenderfälle cable" in text_of(desk.get(CASES))  # the next entry's icon follows at once

    def test_fifty_cost_no_more_queries_than_one(
        self, desk: Client, calendar: CalendarSalon, django_assert_max_num_queries: Any
    ) -> None:
        refused(calendar)
        desk.get(CASES)
        with django_assert_max_num_queries(15):
            desk.get(CASES)
        many(calendar, 50)
        with django_assert_max_num_queries(15):
            assert len(desk.get(CASES).context["cl"].result_list) == 50


def refused_again(calendar: CalendarSalon, clock: str) -> CalendarCase:
    calendar.sandbox.faults.add("refused", "create")
    appointment = converged(calendar.cut(clock))
    return CalendarCase.objects.get(appointment=appointment)


def many(calendar: CalendarSalon, count: int) -> None:
    CalendarCase.objects.all().delete()
    appointment = Appointment.objects.get()
    CalendarCase.objects.bulk_create(
        CalendarCase(
            company=appointment.company,
            appointment=appointment,
            kind=CaseKind.OVERLAP,
            uid=f"uid-{number}",
            opened_at=datetime.now(UTC),
        )
        for number in range(count)
    )


class TestThePage:
    def test_it_shows_both_sides_in_words_and_german_times(
        self, desk: Client, calendar: CalendarSalon
    ) -> None:
        case = moved_there(calendar, to="13:00")
        page = text_of(desk.get(case_url(case)))
        assert "Mo, 24. Nov. 2025, 10:00 bis 10:55 Uhr" in page  # promised
        assert "Mo, 24. Nov. 2025, 13:00 bis 13:55 Uhr" in page  # stands there
        assert "Emma Keller" in page
        assert "Mara Test, +49 30 900222" in page
        assert "Herrenhaarschnitt (3001)" in page
        assert "Wartet seit" in page
        for label in (
            "Zeit aus Cal.com übernehmen",
            "Bei Cal.com zurückverschieben",
            "Ohne Kalendereintrag behalten",
            "Auf eine freie Zeit verschieben",
            "Absagen und anrufen",
        ):
            assert label in page

    def test_it_names_the_refusal_in_a_sentence(self, desk: Client, calendar: CalendarSalon) -> None:
        assert TAKEN in text_of(desk.get(case_url(refused(calendar))))

    def test_its_queries_do_not_depend_on_the_attempts(
        self, desk: Client, calendar: CalendarSalon, django_assert_max_num_queries: Any
    ) -> None:
        case = refused(calendar, times=12)
        desk.get(case_url(case))
        with django_assert_max_num_queries(20):
            desk.get(case_url(case))
        for _attempt in range(10):
            solve(desk, case, "try_again")
        with django_assert_max_num_queries(20):
            desk.get(case_url(case))


class TestTwoPeople:
    @pytest.mark.parametrize("way", ["try_again", "keep", "cancel"])
    def test_the_second_is_told_that_it_is_solved(
        self, way: str, desk: Client, calendar: CalendarSalon
    ) -> None:
        """Both have the page open; the second presses a button of a page that is no longer true."""
        case = refused(calendar)
        solve(desk, case, "cancel")
        assert solve(desk, case, way) == [SOLVED]
        assert outcome(case) == (Solution.CANCEL, "desk")

    def test_who_moves_what_is_solved_is_told_so_too(self, desk: Client, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        solve(desk, case, "keep")
        page = desk.get(move_url(case), follow=True)
        assert messages(page) == [SOLVED]


@pytest.mark.usefixtures("bare_roles")
class TestPermissions:
    def somebody(self, *codenames: str) -> Client:
        user = User.objects.create_user("aushilfe", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        Membership.objects.create(user=user, company=Company.objects.get(), role=Role.RECEPTIONIST)
        client = Client()
        client.force_login(user)
        return client

    def test_who_may_look_sees_no_ways_out(self, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        client = self.somebody("view_calendarcase")
        page = client.get(case_url(case))
        assert page.status_code == 200
        assert "Auswege" not in text_of(page)

    @pytest.mark.parametrize(
        "codenames",
        [
            ("view_calendarcase",),
            ("view_calendarcase", "change_calendarcase"),
            ("view_calendarcase", "change_appointment"),
        ],
    )
    def test_who_may_not_change_both_decides_nothing(
        self, codenames: tuple[str, ...], calendar: CalendarSalon
    ) -> None:
        case = refused(calendar)
        client = self.somebody(*codenames)
        for way in ("try_again", "keep", "cancel", "take_over", "promote", "dismiss"):
            assert client.post(solve_url(case, way)).status_code == 403
        assert client.get(move_url(case)).status_code == 403
        assert client.post(move_url(case)).status_code == 403
        assert outcome(case) == ("", "")

    def test_with_both_it_goes(self, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        client = self.somebody("view_calendarcase", "change_calendarcase", "change_appointment")
        solve(client, case, "keep")
        assert outcome(case) == (Solution.KEEP, "aushilfe")

    def test_who_may_not_even_look_is_refused(self, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        assert self.somebody("view_appointment").get(case_url(case)).status_code == 403

    def test_a_form_from_elsewhere_is_refused(self, calendar: CalendarSalon) -> None:
        case = refused(calendar)
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.create_superuser("chef"))
        assert client.post(solve_url(case, "keep")).status_code == 403
        token = client.get(case_url(case)).context["csrf_token"]
        page = client.post(solve_url(case, "keep"), {"csrfmiddlewaretoken": str(token)})
        assert page.status_code == 302

    def test_an_unknown_way_does_not_exist(self, desk: Client, calendar: CalendarSalon) -> None:
        assert desk.post(solve_url(refused(calendar), "delete")).status_code == 404


def test_cases_without_a_calendar_state_can_be_decided(desk: Client, calendar: CalendarSalon) -> None:
    """The branch's calendar was switched off and its states removed meanwhile."""
    case = refused(calendar)
    CalendarSync.objects.all().delete()
    assert desk.get(case_url(case)).status_code == 200
    solve(desk, case, "cancel")
    assert outcome(case) == (Solution.CANCEL, "desk")
