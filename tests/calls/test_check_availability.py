"""``check_availability``: one exact time is free or it is not; what is said to be free is held."""

from datetime import timedelta
from typing import Any
from unittest.mock import ANY

import pytest
import time_machine

from appointments.models import (
    Absence,
    Allocation,
    Customer,
    Reservation,
    Staff,
    StaffServicePhases,
    StaffSkill,
)
from appointments.models.ledger import ReservationState
from calls.models import CallAppointment
from tests.calls.phone import CUT, PERM, Phone, give, held, nothing_blocks
from tests.salons import MONDAY, Salon, at, make_salon, make_service

OFFER_FIELDS = {"offer_id", "starts_at", "ends_at", "service", "staff", "spoken"}


def take(salon: Salon, clock_time: str = "10:00", *people: Staff) -> None:
    """Somebody else has an hour of ``people``, or of everybody."""
    for each in people or (salon.emma, salon.jonas):
        salon.book(salon.cut, each, MONDAY, clock_time)


class TestAvailable:
    def test_a_free_time_is_said_in_full_and_held(self, phone: Phone, salon: Salon) -> None:
        reply = phone.ask("check_availability", **PERM, mitarbeiter="Emma")

        assert reply == {
            "success": True,
            "status": "available",
            "message": ANY,
            "available": True,
            "reservation_id": Reservation.objects.get().token,
            "expires_in": 90,
            "expires_at": "2025-11-23T18:01:30+01:00",
            "service": "Dauerwelle",
            "duration_minutes": 135,
            "price": "85.00",
            "staff": "Emma Keller",
            "starts_at": "2025-11-24T10:00:00+01:00",
            "ends_at": "2025-11-24T12:15:00+01:00",
            "calendar": "none",
        }

    def test_the_hold_takes_the_busy_phases_and_leaves_the_gaps(self, phone: Phone, salon: Salon) -> None:
        phone.ask("check_availability", **PERM, mitarbeiter="Emma")

        taken = [(each.staff, each.period) for each in Allocation.objects.order_by("during")]
        assert taken == [
            (salon.emma, (at(MONDAY, "10:00"), at(MONDAY, "10:50"))),
            (salon.emma, (at(MONDAY, "11:05"), at(MONDAY, "11:10"))),
            (salon.emma, (at(MONDAY, "11:20"), at(MONDAY, "11:35"))),
            (salon.emma, (at(MONDAY, "11:35"), at(MONDAY, "12:15"))),
        ]

    def test_a_stylists_own_duration_counts(self, phone: Phone, salon: Salon) -> None:
        StaffServicePhases.objects.create(
            company=salon.company, staff=salon.jonas, service=salon.cut, minutes=[45]
        )

        reply = phone.ask("check_availability", **CUT, mitarbeiter="Jonas")

        assert (reply["duration_minutes"], reply["ends_at"]) == (45, "2025-11-24T10:45:00+01:00")

    def test_a_price_on_request_is_none(self, phone: Phone, salon: Salon) -> None:
        salon.cut.price = None
        salon.cut.save()

        assert phone.ask("check_availability", **CUT)["price"] is None

    @pytest.mark.parametrize(
        ("zone", "day", "starts_at"),
        [
            ("Europe/Berlin", "2026-03-30", "2026-03-30T10:00:00+02:00"),
            ("Europe/London", "2025-11-24", "2025-11-24T10:00:00+00:00"),
            ("Europe/Athens", "2026-03-30", "2026-03-30T10:00:00+03:00"),
        ],
    )
    def test_times_have_the_offset_of_the_branchs_zone(
        self, zone: str, day: str, starts_at: str, phone: Phone, salon: Salon
    ) -> None:
        """Incidents A20-A22."""
        salon.company.timezone = zone
        salon.company.save()

        assert phone.ask("check_availability", **{**CUT, "datum": day})["starts_at"] == starts_at

    @pytest.mark.parametrize(
        ("mode", "calendar"), [("off", "none"), ("mirror", "unverified"), ("strict", "unverified")]
    )
    def test_it_says_what_the_calendar_knows(self, mode: str, calendar: str, clock: object, db: None) -> None:
        phone = Phone(make_salon(calendar=mode).number)

        assert phone.ask("check_availability", **CUT)["calendar"] == calendar

    @pytest.mark.parametrize(
        "words",
        [
            {"datum": "2025-11-24", "uhrzeit": "16:30"},
            {"datum": "24.11.2025", "uhrzeit": "16 Uhr 30"},
            {"date": "24.11.2025", "time": "16:30"},
            {"datetime": "2025-11-24 16:30"},
            {"date_time": "2025-11-24T16:30:00"},
            {"date_time": "2025-11-24 16:30", "datum": "24.11.2025", "uhrzeit": "16:30"},
        ],
    )
    def test_the_same_time_in_other_words(self, words: dict[str, str], phone: Phone) -> None:
        reply = phone.ask("check_availability", dienstleistung="Herrenhaarschnitt", **words)

        assert (reply["status"], reply["starts_at"]) == ("available", "2025-11-24T16:30:00+01:00")

    def test_without_a_wish_whoever_is_free_is_taken(self, phone: Phone, salon: Salon) -> None:
        take(salon, "10:00", salon.emma)

        assert phone.ask("check_availability", **CUT)["staff"] == "Jonas Brandt"


def taken(salon: Salon) -> dict[str, Any]:
    take(salon)
    return CUT


def taken_from_the_wished(salon: Salon) -> dict[str, Any]:
    take(salon, "10:00", salon.emma)
    return {**CUT, "mitarbeiter": "Emma Keller"}


def beyond_closing(salon: Salon) -> dict[str, Any]:
    return {**CUT, "uhrzeit": "19:30"}


def on_a_closed_day(salon: Salon) -> dict[str, Any]:
    return {**CUT, "datum": "2025-11-30"}


def on_christmas(salon: Salon) -> dict[str, Any]:
    return {**CUT, "datum": "2025-12-25"}


def while_she_is_away(salon: Salon) -> dict[str, Any]:
    Absence.objects.create(staff=salon.emma, starts_at=at(MONDAY, "00:00"), ends_at=at(MONDAY, "12:00"))
    return {**CUT, "mitarbeiter": "Emma"}


def what_she_does_not_do(salon: Salon) -> dict[str, Any]:
    Staff.objects.filter(pk=salon.emma.pk).update(offers_all_services=False)
    StaffSkill.objects.create(company=salon.company, staff=salon.emma, service=salon.perm)
    return {**CUT, "mitarbeiter": "Emma"}


def off_the_grid(salon: Salon) -> dict[str, Any]:
    return {**CUT, "uhrzeit": "10:02"}


def last_week(salon: Salon) -> dict[str, Any]:
    return {**CUT, "datum": "2025-11-17"}


def beyond_the_horizon(salon: Salon) -> dict[str, Any]:
    return {**CUT, "datum": "2026-08-03"}


REFUSED = [
    (taken, "taken"),
    (taken_from_the_wished, "taken"),
    (beyond_closing, "outside_hours"),
    (on_a_closed_day, "outside_hours"),
    (on_christmas, "holiday"),
    (while_she_is_away, "staff_absent"),
    (what_she_does_not_do, "staff_cannot_provide_service"),
    (off_the_grid, "off_grid"),
    (last_week, "past"),
    (beyond_the_horizon, "too_far"),
]


class TestUnavailable:
    @pytest.mark.parametrize(("situation", "reason"), REFUSED)
    def test_it_says_why_and_offers_what_is_free(
        self, situation: Any, reason: str, phone: Phone, salon: Salon
    ) -> None:
        reply = phone.ask("check_availability", **situation(salon))

        assert reply == {
            "success": False,
            "status": "unavailable",
            "message": ANY,
            "available": False,
            "reason": reason,
            "alternatives": [ANY, ANY, ANY],
        }
        assert held() == []

    @pytest.mark.parametrize(("situation", "reason"), REFUSED)
    def test_every_alternative_can_be_had(
        self, situation: Any, reason: str, phone: Phone, salon: Salon
    ) -> None:
        """Incidents C1, C14: times were offered that nobody had looked for."""
        offers = phone.ask("check_availability", **situation(salon))["alternatives"]

        for offer in offers:
            reply = phone.ask("check_availability", offer_id=offer["offer_id"])
            assert offer.keys() == OFFER_FIELDS
            assert reply["status"] == "available"
            shared = OFFER_FIELDS & reply.keys()
            assert {name: reply[name] for name in shared} == {name: offer[name] for name in shared}

    @pytest.mark.parametrize(("minutes", "status"), [(15, "available"), (14, "unavailable")])
    def test_the_minimum_notice_is_kept(
        self, minutes: int, status: str, phone: Phone, clock: time_machine.Traveller
    ) -> None:
        """Incident C6: free seven minutes ahead, and then refused."""
        clock.move_to(at(MONDAY, "10:00") - timedelta(minutes=minutes))

        reply = phone.ask("check_availability", **CUT)

        assert (reply["status"], reply.get("reason")) == (
            status,
            None if status == "available" else "notice_too_short",
        )

    def test_a_time_earlier_today_has_passed(self, phone: Phone, clock: time_machine.Traveller) -> None:
        """Incidents A9, A10: refused, and not quietly moved to some other time."""
        clock.move_to(at(MONDAY, "15:00"))

        reply = phone.ask("check_availability", **CUT)

        assert (reply["status"], reply["reason"]) == ("unavailable", "past")

    def test_nobody_of_that_name(self, phone: Phone) -> None:
        """Incident B13: the wish was silently replaced."""
        reply = phone.ask("check_availability", **CUT, mitarbeiter="Xaver")

        assert (reply["status"], reply["reason"], reply["available"]) == (
            "unavailable",
            "staff_unknown",
            False,
        )
        assert nothing_blocks()

    def test_a_time_nearby_is_not_the_time(self, phone: Phone, salon: Salon) -> None:
        """Incidents A26, A27, D2: 12:45 and 13:15 were free, and 13:00 was called free."""
        for person, clock_time in ((salon.emma, "13:40"), (salon.jonas, "12:20")):
            salon.book(salon.cut, person, MONDAY, clock_time)

        reply = phone.ask("check_availability", **{**CUT, "uhrzeit": "13:00"})

        assert (reply["status"], reply["reason"]) == ("unavailable", "taken")
        assert [each["starts_at"][11:16] for each in reply["alternatives"][:2]] == ["13:15", "12:45"]
        assert held() == []

    def test_who_can_do_it_is_offered_where_the_wished_cannot(self, phone: Phone, salon: Salon) -> None:
        """Incident B14."""
        reply = phone.ask("check_availability", **what_she_does_not_do(salon))

        assert {each["staff"] for each in reply["alternatives"]} == {"Jonas Brandt"}

    def test_nothing_is_offered_at_the_callers_own_appointment(
        self, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        """Incident C3."""
        give(salon.book(salon.perm, salon.emma, MONDAY, "11:00"), jana)
        take(salon)

        offers = phone.ask("check_availability", **CUT)["alternatives"]

        assert [each for each in offers if "11:00" <= each["starts_at"][11:16] < "13:15"] == []


class TestWindow:
    WINDOW = {"datum": "2025-11-24", "uhrzeit": "vormittags", "dienstleistung": "Herrenhaarschnitt"}

    def test_a_window_is_answered_with_options_and_holds_nothing(self, phone: Phone) -> None:
        reply = phone.ask("check_availability", **self.WINDOW)

        assert reply == {"success": True, "status": "found", "message": ANY, "alternatives": [ANY, ANY, ANY]}
        starts = [each["starts_at"] for each in reply["alternatives"]]
        assert [each for each in starts if not "2025-11-24T09:00" <= each < "2025-11-24T12:00"] == []
        assert nothing_blocks()

    def test_a_full_window_is_answered_with_what_is_nearest(self, phone: Phone, salon: Salon) -> None:
        for clock_time in ("08:10", "09:05", "10:00", "10:55", "11:50"):
            take(salon, clock_time)

        reply = phone.ask("check_availability", **self.WINDOW)

        assert reply["status"] == "found"
        assert reply["alternatives"][0]["starts_at"] == "2025-11-24T12:45:00+01:00"

    def test_one_of_the_options_can_be_chosen_by_its_position(self, phone: Phone) -> None:
        offers = phone.ask("check_availability", **self.WINDOW)["alternatives"]

        reply = phone.ask("check_availability", position=3)

        assert (reply["status"], reply["starts_at"]) == ("available", offers[2]["starts_at"])


class TestQuestions:
    @pytest.mark.parametrize(
        ("given", "missing"),
        [
            ({}, ["dienstleistung"]),
            ({"dienstleistung": "Herrenhaarschnitt"}, ["datum", "uhrzeit"]),
            ({"dienstleistung": "Herrenhaarschnitt", "datum": "2025-11-24"}, ["uhrzeit"]),
            ({"dienstleistung": "Herrenhaarschnitt", "uhrzeit": "10:00"}, ["datum"]),
        ],
    )
    def test_what_is_missing_is_asked_for(
        self, given: dict[str, str], missing: list[str], phone: Phone
    ) -> None:
        """Incidents A17, A18, A30, B4, B5: no default day, hour or service."""
        reply = phone.ask("check_availability", **given)

        assert (reply["status"], reply["missing"]) == ("needs_clarification", missing)
        assert nothing_blocks()

    def test_a_word_that_fits_several_services_is_a_question(self, phone: Phone, salon: Salon) -> None:
        """Incident B10."""
        make_service(salon.company, "Damenhaarschnitt", [("", 45, True)])

        reply = phone.ask("check_availability", **{**CUT, "dienstleistung": "Haarschnitt"})

        assert reply["status"] == "needs_clarification"
        assert sorted(reply["candidates"]) == ["Damenhaarschnitt", "Herrenhaarschnitt"]
        assert nothing_blocks()

    def test_a_name_that_fits_several_stylists_is_a_question(self, phone: Phone, salon: Salon) -> None:
        Staff.objects.create(company=salon.company, branch=salon.branch, name="Emma Vogt")

        reply = phone.ask("check_availability", **CUT, mitarbeiter="Emma")

        assert reply["status"] == "needs_clarification"
        assert sorted(reply["candidates"]) == ["Emma Keller", "Emma Vogt"]

    def test_what_the_salon_does_not_do(self, phone: Phone) -> None:
        reply = phone.ask("check_availability", **{**CUT, "dienstleistung": "Haarverlängerung"})

        assert reply == {
            "success": False,
            "status": "not_offered",
            "message": ANY,
            "services": ["Dauerwelle", "Herrenhaarschnitt"],
        }

    def test_what_is_no_longer_done_is_not_offered(self, phone: Phone, salon: Salon) -> None:
        salon.cut.active = False
        salon.cut.save()

        assert phone.ask("check_availability", **CUT)["status"] == "not_offered"

    @pytest.mark.parametrize(
        ("beside", "status"),
        [
            ({}, "available"),
            ({"datum": "2025-11-24"}, "available"),
            ({"dienstleistung": "Herrenhaarschnitt", "uhrzeit": "11:00"}, "available"),
            ({"datum": "2025-11-25"}, "needs_clarification"),
            ({"uhrzeit": "10:00"}, "needs_clarification"),
            ({"dienstleistung": "Dauerwelle"}, "needs_clarification"),
            ({"mitarbeiter": "Jonas"}, "needs_clarification"),
        ],
    )
    def test_an_offer_and_the_words_beside_it_must_agree(
        self, beside: dict[str, str], status: str, phone: Phone, salon: Salon
    ) -> None:
        """Incident A25: checked for the 13th, booked for the 12th."""
        take(salon, "10:00", salon.emma)
        offers = phone.ask("check_availability", **CUT, mitarbeiter="Emma")["alternatives"]
        eleven = next(each for each in offers if each["starts_at"] == "2025-11-24T10:55:00+01:00")

        words = {name: "10:55" if value == "11:00" else value for name, value in beside.items()}
        reply = phone.ask("check_availability", offer_id=eleven["offer_id"], **words)

        assert reply["status"] == status

    @pytest.mark.parametrize("position", ["0", "4", "-1", "zwei", "1.5", "99999999999999999999"])
    def test_a_position_that_was_not_offered_is_a_question(
        self, position: str, phone: Phone, salon: Salon
    ) -> None:
        take(salon)
        phone.ask("check_availability", **CUT)

        assert phone.ask("check_availability", position=position)["status"] == "needs_clarification"
        assert held() == []

    def test_a_position_means_what_was_offered_last(self, phone: Phone, salon: Salon) -> None:
        take(salon)
        phone.ask("check_availability", **CUT)
        tuesday = phone.ask("check_availability", **{**CUT, "datum": "2025-11-25", "uhrzeit": "10:02"})

        reply = phone.ask("check_availability", position=1)

        assert reply["starts_at"] == tuesday["alternatives"][0]["starts_at"]

    @pytest.mark.parametrize("choice", [{"position": 1}, {"offer_id": "made-up"}])
    def test_nothing_can_be_chosen_before_anything_was_offered(
        self, choice: dict[str, Any], phone: Phone
    ) -> None:
        assert phone.ask("check_availability", **choice)["status"] == "needs_clarification"


class TestExisting:
    def own(self, salon: Salon, customer: Customer) -> int:
        return give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), customer).pk

    def test_the_callers_own_appointment_is_not_taken_but_theirs(
        self, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        own = self.own(salon, jana)

        reply = phone.ask("check_availability", **CUT)

        assert reply == {
            "success": True,
            "status": "existing",
            "message": ANY,
            "appointment_id": own,
            "service": "Herrenhaarschnitt",
            "staff": "Emma Keller",
            "starts_at": "2025-11-24T10:00:00+01:00",
            "ends_at": "2025-11-24T10:55:00+01:00",
        }
        assert held() == []

    def test_whoever_only_asks_and_hangs_up_belongs_to_it_too(
        self, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        """Incidents 5, G2: the integrity report would otherwise find a call that knows of nothing."""
        own = self.own(salon, jana)

        for _again in range(2):
            phone.ask("check_availability", **CUT)

        link = CallAppointment.objects.get()
        assert (link.appointment_id, link.relationship) == (own, "duplicate_attempt")

    def test_what_this_call_has_booked_itself_is_no_second_attempt(
        self, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        phone.ask("start_booking", **CUT)

        assert phone.ask("check_availability", **CUT)["status"] == "existing"
        assert [each.relationship for each in CallAppointment.objects.all()] == ["original"]

    @pytest.mark.parametrize("caller", ["anonymous", "+4915000000002"])
    def test_it_is_not_said_to_others(self, caller: str, phone: Phone, salon: Salon, jana: Customer) -> None:
        """Invariant I9: not even to somebody who gives the customer's name."""
        self.own(salon, jana)
        phone.caller = caller

        assert phone.ask("check_availability", **CUT, name="Jana Probst")["status"] == "available"

    @pytest.mark.parametrize(
        ("wish", "staff"),
        [({"dienstleistung": "Dauerwelle"}, "Jonas Brandt"), ({"name": "Mia Sommer"}, "Jonas Brandt")],
    )
    def test_another_service_or_another_person_is_another_appointment(
        self, wish: dict[str, str], staff: str, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        self.own(salon, jana)

        reply = phone.ask("check_availability", **{**CUT, **wish})

        assert (reply["status"], reply["staff"]) == ("available", staff)


class TestHolds:
    def test_what_one_call_holds_is_taken_for_the_others(self, phone: Phone, salon: Salon) -> None:
        """Incidents D1, D12."""
        phone.ask("check_availability", **CUT, mitarbeiter="Emma")

        reply = Phone(salon.number).ask("check_availability", **CUT, mitarbeiter="Emma")

        assert (reply["status"], reply["reason"]) == ("unavailable", "taken")

    def test_a_calls_own_hold_does_not_stand_in_its_way(self, phone: Phone) -> None:
        """Incident D10."""
        for _again in range(3):
            assert phone.ask("check_availability", **CUT, mitarbeiter="Emma")["status"] == "available"

        assert held() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]

    def test_a_changed_wish_replaces_the_hold(self, phone: Phone) -> None:
        first = phone.ask("check_availability", **CUT, mitarbeiter="Emma")
        phone.ask("check_availability", **{**CUT, "uhrzeit": "14:00"}, mitarbeiter="Jonas")

        assert held() == [("Jonas Brandt", "Mo 14:00", "Herrenhaarschnitt")]
        replaced = Reservation.objects.get(token=first["reservation_id"])
        assert replaced.state == ReservationState.REPLACED
        assert not replaced.allocations.exists()

    def test_a_changed_wish_that_is_refused_leaves_the_hold(self, phone: Phone, salon: Salon) -> None:
        take(salon, "14:00")
        phone.ask("check_availability", **CUT, mitarbeiter="Emma")
        phone.ask("check_availability", **{**CUT, "uhrzeit": "14:00"})

        assert held() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]

    def test_another_service_and_another_person_are_held_beside_it(self, phone: Phone) -> None:
        phone.ask("check_availability", **CUT, mitarbeiter="Emma")
        phone.ask("check_availability", **{**PERM, "uhrzeit": "12:00"}, mitarbeiter="Emma")
        phone.ask("check_availability", **CUT, name="Mia Sommer")

        assert held() == [
            ("Emma Keller", "Mo 10:00", "Herrenhaarschnitt"),
            ("Jonas Brandt", "Mo 10:00", "Herrenhaarschnitt"),
            ("Emma Keller", "Mo 12:00", "Dauerwelle"),
        ]

    def test_the_fourth_hold_drops_the_oldest(self, phone: Phone, clock: time_machine.Traveller) -> None:
        for person, clock_time in (
            ("Jana Probst", "9"),
            ("Mia Sommer", "10"),
            ("Ole Berger", "11"),
            ("Nils Arndt", "12"),
        ):
            reply = phone.ask("check_availability", **{**CUT, "uhrzeit": f"{clock_time}:00"}, name=person)
            assert reply["status"] == "available"
            clock.shift(1)

        assert [start for _staff, start, _service in held()] == ["Mo 10:00", "Mo 11:00", "Mo 12:00"]

    @pytest.mark.parametrize(("seconds", "status"), [(89, "unavailable"), (90, "available")])
    def test_a_hold_ends_after_ninety_seconds(
        self, seconds: int, status: str, phone: Phone, salon: Salon, clock: time_machine.Traveller
    ) -> None:
        phone.ask("check_availability", **CUT, mitarbeiter="Emma")
        clock.shift(seconds)

        assert Phone(salon.number).ask("check_availability", **CUT, mitarbeiter="Emma")["status"] == status

    def test_talk_keeps_it_for_ten_minutes_and_no_longer(
        self, phone: Phone, salon: Salon, clock: time_machine.Traveller
    ) -> None:
        """Incidents D3, 4: between "ist frei" and the spelling of a name lies more than a minute."""
        phone.ask("check_availability", **CUT, mitarbeiter="Emma")
        other = Phone(salon.number)

        for _minute in range(9):
            clock.shift(60)
            phone.ask("list_services")
            assert other.ask("check_availability", **CUT, mitarbeiter="Emma")["reason"] == "taken"
        clock.shift(60)
        phone.ask("list_services")

        assert other.ask("check_availability", **CUT, mitarbeiter="Emma")["status"] == "available"
