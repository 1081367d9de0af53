"""``reschedule_appointment``: the caller's own, to exactly the time they name, or it stays where it is."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from appointments import booking
from appointments.models import Appointment, Customer, CustomerChange, Policy
from calls.models import CallAppointment
from tests.calls.phone import CUT, Phone, booked, give, held
from tests.salons import MONDAY, NOW, Salon, at, make_service

TUESDAY = date(2025, 11, 25)
TO_TUESDAY = {"neues_datum": "2025-11-25", "neue_uhrzeit": "14:00"}
MOVED = [("Emma Keller", "Di 14:00", "Herrenhaarschnitt")]
STANDS = [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]


@pytest.fixture
def ten(salon: Salon, jana: Customer) -> Appointment:
    """Jana's haircut on Monday at ten, with Emma."""
    return give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)


@pytest.fixture
def two(salon: Salon, jana: Customer, ten: Appointment) -> list[Appointment]:
    """And a perm on Tuesday at nine."""
    return [ten, give(salon.book(salon.perm, salon.jonas, TUESDAY, "09:00"), jana)]


def links() -> list[str]:
    return list(CallAppointment.objects.order_by("pk").values_list("relationship", flat=True))


class TestOne:
    @pytest.mark.parametrize(
        "said",
        [
            TO_TUESDAY,
            {"new_datum": "Dienstag", "new_uhrzeit": "vierzehn Uhr"},
            {"new_date": "25.11.", "new_time": "14 Uhr"},
            {"neues_datum": "Dienstag um vierzehn Uhr"},
            {"datetime": "2025-11-25 14:00"},
            {"datum": "Dienstag", "uhrzeit": "14 Uhr"},
            {"altes_datum": "Montag", "alte_uhrzeit": "10 Uhr", **TO_TUESDAY},
            {"old_datum": "24.11.", "new_datum": "25.11.", "new_uhrzeit": "14 Uhr"},
            {"datum": "Montag", "uhrzeit": "10:00", **TO_TUESDAY},
            {**TO_TUESDAY, "bestaetigung": True},
            {**TO_TUESDAY, "bestaetigung": "ja, bitte"},
            {**TO_TUESDAY, "bestaetigung": None},
            {**TO_TUESDAY, "name": "Jana Propst"},
        ],
    )
    def test_it_is_moved_at_once(self, said: dict[str, Any], phone: Phone, ten: Appointment) -> None:
        """Incidents A14, H14: one understanding, and the German names of arguments are read."""
        reply = phone.ask("reschedule_appointment", **said)

        assert reply["status"] == "rescheduled"
        assert (reply["appointment_id"], reply["fee"]) == (ten.pk, "0.00")
        assert reply["old_starts_at"] == "2025-11-24T10:00:00+01:00"
        assert (reply["starts_at"], reply["ends_at"]) == (
            "2025-11-25T14:00:00+01:00",
            "2025-11-25T14:55:00+01:00",
        )
        assert "Dienstag, dem 25. November, um 14 Uhr" in reply["message"]
        assert (booked(), links()) == (MOVED, ["reschedule"])

    def test_on_the_same_day_if_the_caller_says_so(self, phone: Phone, ten: Appointment) -> None:
        """Real: "Ich würde das gerne auf denselben Tag neun Uhr verschieben"."""
        reply = phone.ask("reschedule_appointment", neues_datum="denselben Tag neun Uhr")

        assert reply["starts_at"] == "2025-11-24T09:00:00+01:00"

    def test_into_its_own_time(self, phone: Phone, ten: Appointment) -> None:
        """Incident C16: it is not in its own way."""
        reply = phone.ask("reschedule_appointment", neues_datum="2025-11-24", neue_uhrzeit="10:30")

        assert (reply["status"], booked()) == (
            "rescheduled",
            [("Emma Keller", "Mo 10:30", "Herrenhaarschnitt")],
        )

    def test_all_phases_move(self, phone: Phone, salon: Salon, jana: Customer) -> None:
        """Incident E10."""
        perm = give(salon.book(salon.perm, salon.emma, MONDAY, "10:00"), jana)

        phone.ask("reschedule_appointment", **TO_TUESDAY)

        assert {phase.starts_at.date() for phase in perm.phases.all()} == {TUESDAY}
        assert {each.period.start.date() for each in perm.allocations.all()} == {TUESDAY}

    def test_with_another_stylist_if_named(self, phone: Phone, ten: Appointment) -> None:
        reply = phone.ask("reschedule_appointment", **TO_TUESDAY, mitarbeiter="zu Jonas")

        assert reply["staff"] == "Jonas Brandt"

    def test_a_stylist_who_does_not_exist_is_said(self, phone: Phone, ten: Appointment) -> None:
        """Incident B13."""
        reply = phone.ask("reschedule_appointment", **TO_TUESDAY, mitarbeiter="Udo")

        assert (reply["status"], reply["reason"]) == ("slot_taken", "staff_unknown")
        assert booked() == STANDS

    def test_of_ordered_wishes_the_first_that_is_free(
        self, phone: Phone, salon: Salon, ten: Appointment
    ) -> None:
        salon.book(salon.cut, salon.emma, TUESDAY, "09:00")

        reply = phone.ask(
            "reschedule_appointment",
            neues_datum="Dienstag",
            neue_uhrzeit="neun Uhr, wenn das nicht geht, fünfzehn Uhr",
        )

        assert reply["starts_at"] == "2025-11-25T15:00:00+01:00"

    def test_the_appointment_that_was_booked_in_this_call(self, phone: Phone, salon: Salon) -> None:
        """Real: "Den gerade gebuchten Termin auf morgen fünfzehn Uhr"."""
        phone.ask("start_booking", **CUT, name="Anna Sommer")

        reply = phone.ask("reschedule_appointment", neues_datum="morgen", neue_uhrzeit="15 Uhr")

        assert (reply["status"], len(booked())) == ("rescheduled", 1)

    def test_a_child_of_the_caller_is_the_callers(self, phone: Phone, ten: Appointment) -> None:
        booking.edit(ten, {"attendee_name": "Mia Kind"}, now=NOW)

        assert phone.ask("reschedule_appointment", **TO_TUESDAY)["status"] == "rescheduled"

    def test_in_another_branch_of_the_salon(self, phone: Phone, salon: Salon, jana: Customer) -> None:
        other = Phone(salon.number)
        branch = type(salon.branch).objects.create(
            company=salon.company, name="Süd", calendar="off", slot_minutes=5
        )
        for hours in salon.branch.opening_hours.all():
            hours.pk, hours.branch = None, branch
            hours.save()
        lena = type(salon.emma).objects.create(company=salon.company, branch=branch, name="Lena Süd")
        there = give(
            booking.book(
                booking_request(salon, branch, lena), start=at(MONDAY, "10:00"), visit=booking.Visit("staff")
            ),
            jana,
        )

        reply = other.ask("reschedule_appointment", **TO_TUESDAY)

        assert (reply["status"], reply["appointment_id"], reply["staff"]) == (
            "rescheduled",
            there.pk,
            "Lena Süd",
        )


def booking_request(salon: Salon, branch: Any, staff: Any) -> Any:
    from appointments.availability import Request  # noqa: PLC0415 - only here

    return Request(branch=branch, service=salon.cut, staff=staff, now=NOW)


class TestQuestions:
    """What is missing is never success (incident H14), and never guessed (H12)."""

    @pytest.mark.parametrize(
        ("said", "missing"),
        [
            ({}, ["neues_datum", "neue_uhrzeit"]),
            ({"altes_datum": "Montag"}, ["neues_datum", "neue_uhrzeit"]),
            ({"datum": "Montag"}, ["neues_datum", "neue_uhrzeit"]),
            ({"neues_datum": "Dienstag"}, ["neue_uhrzeit"]),
            ({"neue_uhrzeit": "14 Uhr"}, ["neues_datum"]),
            ({"neues_datum": "{{new_datum}}", "neue_uhrzeit": "None"}, ["neues_datum", "neue_uhrzeit"]),
            ({**TO_TUESDAY, "bestaetigung": "vielleicht"}, ["bestaetigung"]),
        ],
    )
    def test_what_is_missing_is_asked(
        self, said: dict[str, Any], missing: list[str], phone: Phone, ten: Appointment
    ) -> None:
        reply = phone.ask("reschedule_appointment", **said)

        assert (reply["status"], reply["missing"]) == ("needs_clarification", missing)
        assert booked() == STANDS

    def test_a_time_alone_asks_for_the_same_day(self, phone: Phone, ten: Appointment) -> None:
        """Real: "von elf Uhr auf vierzehn Uhr"."""
        reply = phone.ask("reschedule_appointment", alte_uhrzeit="zehn Uhr", neue_uhrzeit="vierzehn Uhr")
        assert reply["candidates"] == ["2025-11-24"]

        again = phone.ask("reschedule_appointment", neues_datum="am selben Tag")
        assert (again["status"], again["starts_at"]) == ("rescheduled", "2025-11-24T14:00:00+01:00")

    def test_a_part_of_a_day_is_answered_with_what_is_free(self, phone: Phone, ten: Appointment) -> None:
        reply = phone.ask("reschedule_appointment", neues_datum="Dienstag", neue_uhrzeit="vormittags")

        assert reply["status"] == "needs_clarification"
        assert {each["starts_at"][:10] for each in reply["alternatives"]} == {"2025-11-25"}
        assert (booked(), held()) == (STANDS, [])

        chosen = phone.ask("reschedule_appointment", position=2)
        assert (chosen["status"], chosen["starts_at"]) == (
            "rescheduled",
            reply["alternatives"][1]["starts_at"],
        )

    def test_about_three_is_not_three(self, phone: Phone, ten: Appointment) -> None:
        reply = phone.ask("reschedule_appointment", neues_datum="Dienstag", neue_uhrzeit="so gegen drei")

        assert (reply["status"], reply["starts_at"]) == (
            "ready_for_confirmation",
            "2025-11-25T15:00:00+01:00",
        )

    def test_of_several_none_is_guessed(self, phone: Phone, two: list[Appointment]) -> None:
        """Incident H12: the newest, or the oldest, was moved."""
        before = booked()

        reply = phone.ask("reschedule_appointment", neues_datum="Mittwoch", neue_uhrzeit="16 Uhr")

        assert reply["status"] == "several"
        assert [each["appointment_id"] for each in reply["appointments"]] == [each.pk for each in two]
        assert booked() == before

    @pytest.mark.parametrize(
        "hint",
        [
            {"position": 2},
            {"position": "2"},
            {"altes_datum": "Dienstag"},
            {"alte_uhrzeit": "neun Uhr"},
            {"dienstleistung": "Dauerwelle"},
        ],
    )
    def test_a_hint_says_which(self, hint: dict[str, Any], phone: Phone, two: list[Appointment]) -> None:
        said = {"neues_datum": "Mittwoch", "neue_uhrzeit": "16 Uhr"}
        phone.ask("reschedule_appointment", **said)

        reply = phone.ask("reschedule_appointment", **hint)

        assert (reply["status"], reply["appointment_id"]) == ("rescheduled", two[1].pk)
        assert reply["starts_at"] == "2025-11-26T16:00:00+01:00"

    def test_its_id_says_which(self, phone: Phone, two: list[Appointment]) -> None:
        reply = phone.ask("reschedule_appointment", termin_id=two[0].pk, **TO_TUESDAY)

        assert (reply["status"], reply["appointment_id"]) == ("rescheduled", two[0].pk)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"altes_datum": "Mittwoch"},
            {"appointment_id": "999999"},
            {"appointment_id": "call_1"},
            {"position": 3},
            {"name": "Herbert Müller"},
            {"dienstleistung": "Dauerwelle"},
        ],
    )
    def test_a_wrong_hint_moves_nothing(self, wrong: dict[str, Any], phone: Phone, ten: Appointment) -> None:
        """Also where there is only one: that Tuesday's is meant was never said."""
        reply = phone.ask("reschedule_appointment", **wrong, **TO_TUESDAY)

        assert reply["status"] == "needs_clarification"
        assert [each["appointment_id"] for each in reply["appointments"]] == [ten.pk]
        assert booked() == STANDS

    def test_the_only_one_after_a_wrong_hint_and_a_yes(self, phone: Phone, ten: Appointment) -> None:
        phone.ask("reschedule_appointment", altes_datum="Mittwoch", **TO_TUESDAY)

        assert phone.ask("reschedule_appointment", bestaetigung="ja")["status"] == "rescheduled"

    def test_without_any_there_is_nothing_to_move(self, phone: Phone, jana: Customer) -> None:
        assert phone.ask("reschedule_appointment", **TO_TUESDAY)["status"] == "none"

    def test_what_has_begun_or_was_cancelled_is_none(
        self, phone: Phone, ten: Appointment, clock: time_machine.Traveller
    ) -> None:
        clock.move_to(at(MONDAY, "10:05"))

        assert phone.ask("reschedule_appointment", **TO_TUESDAY)["status"] == "none"


class TestTwoSteps:
    @pytest.mark.parametrize("no", [False, "false", "nein", "noch nicht", 0])
    def test_it_says_first_what_it_would_do(self, no: Any, phone: Phone, ten: Appointment) -> None:
        reply = phone.ask("reschedule_appointment", **TO_TUESDAY, bestaetigung=no)

        assert (reply["status"], reply["success"]) == ("ready_for_confirmation", True)
        assert (reply["appointment_id"], reply["old_starts_at"], reply["starts_at"]) == (
            ten.pk,
            "2025-11-24T10:00:00+01:00",
            "2025-11-25T14:00:00+01:00",
        )
        assert (booked(), held()) == (STANDS, MOVED)

    @pytest.mark.parametrize("again", [{}, TO_TUESDAY])
    def test_a_yes_does_just_that(self, again: dict[str, str], phone: Phone, ten: Appointment) -> None:
        phone.ask("reschedule_appointment", **TO_TUESDAY, bestaetigung=False)

        reply = phone.ask("reschedule_appointment", bestaetigung=True, **again)

        assert (reply["status"], booked(), held()) == ("rescheduled", MOVED, [])

    def test_the_time_is_held_meanwhile(self, phone: Phone, salon: Salon, ten: Appointment) -> None:
        """Incidents 3 and 4, for moves."""
        phone.ask("reschedule_appointment", **TO_TUESDAY, bestaetigung=False)
        with pytest.raises(booking.SlotTaken):
            salon.book(salon.cut, salon.emma, TUESDAY, "14:00")

        assert phone.ask("reschedule_appointment", bestaetigung=True)["status"] == "rescheduled"

    def test_a_move_within_its_own_time_needs_no_hold(self, phone: Phone, ten: Appointment) -> None:
        half = {"neues_datum": "2025-11-24", "neue_uhrzeit": "10:30"}

        assert phone.ask("reschedule_appointment", **half, bestaetigung=False)["success"] is True
        assert phone.ask("reschedule_appointment", bestaetigung=True)["status"] == "rescheduled"

    def test_another_time_instead_of_yes(self, phone: Phone, ten: Appointment) -> None:
        phone.ask("reschedule_appointment", **TO_TUESDAY, bestaetigung=False)

        reply = phone.ask("reschedule_appointment", neues_datum="Mittwoch", neue_uhrzeit="9 Uhr")

        assert (reply["status"], reply["starts_at"]) == ("rescheduled", "2025-11-26T09:00:00+01:00")


class TestRefusals:
    def test_a_taken_time_changes_nothing_and_offers_others(
        self, phone: Phone, salon: Salon, ten: Appointment
    ) -> None:
        salon.book(salon.cut, salon.emma, TUESDAY, "14:00")

        reply = phone.ask("reschedule_appointment", **TO_TUESDAY)

        assert (reply["status"], reply["reason"]) == ("slot_taken", "taken")
        assert "14:00" not in [each["starts_at"][11:16] for each in reply["alternatives"]]
        assert len(reply["alternatives"]) == 3
        assert STANDS[0] in booked()
        assert links() == []

        chosen = phone.ask("reschedule_appointment", offer_id=reply["alternatives"][0]["offer_id"])
        assert (chosen["status"], chosen["starts_at"]) == (
            "rescheduled",
            reply["alternatives"][0]["starts_at"],
        )

    def test_where_it_stands_is_no_alternative(self, phone: Phone, salon: Salon, ten: Appointment) -> None:
        salon.book(salon.cut, salon.emma, MONDAY, "11:00")

        reply = phone.ask("reschedule_appointment", neues_datum="2025-11-24", neue_uhrzeit="10:55")

        starts = [each["starts_at"][11:16] for each in reply["alternatives"]]
        assert "10:00" not in starts
        assert starts[0] in ("10:05", "12:00", "09:55")

    @pytest.mark.parametrize(
        ("day", "hour", "reason"),
        [
            ("2025-11-30", "10:00", "outside_hours"),
            ("2025-12-25", "10:00", "holiday"),
            ("2025-11-25", "19:30", "outside_hours"),
            ("2026-11-10", "10:00", "too_far"),
        ],
    )
    def test_a_time_that_cannot_be_is_refused_with_its_reason(
        self, day: str, hour: str, reason: str, phone: Phone, ten: Appointment
    ) -> None:
        reply = phone.ask("reschedule_appointment", neues_datum=day, neue_uhrzeit=hour)

        assert (reply["status"], reply["reason"], booked()) == ("slot_taken", reason, STANDS)

    @pytest.mark.parametrize(
        ("rules", "reason", "said"),
        [
            ({"reschedule_hours_before": 24}, "deadline_missed", "24 Stunden vorher"),
            ({"max_reschedules": 0}, "max_reschedules_reached", "am Telefon nicht"),
        ],
    )
    @pytest.mark.parametrize("confirmed", [True, False])
    def test_the_salons_rules_are_kept(
        self, rules: dict[str, int], reason: str, said: str, ten: Appointment, *, confirmed: bool
    ) -> None:
        Policy.objects.create(company=ten.company, **rules)
        phone = Phone(ten.branch.phone_numbers.get().number)

        reply = phone.ask("reschedule_appointment", **TO_TUESDAY, bestaetigung=confirmed)

        assert (reply["status"], reply["reason"]) == ("denied", reason)
        assert said in reply["message"]
        assert booked() == STANDS

    def test_the_fee_is_said_and_noted(self, phone: Phone, salon: Salon, ten: Appointment) -> None:
        Policy.objects.create(company=salon.company, fees=[{"hours": 0, "amount": "12.50"}])

        asked = phone.ask("reschedule_appointment", **TO_TUESDAY, bestaetigung=False)
        moved = phone.ask("reschedule_appointment", bestaetigung=True)

        assert asked["fee"] == moved["fee"] == "12.50"
        assert "12 Euro 50" in asked["message"]
        assert "12 Euro 50" in moved["message"]
        assert str(CustomerChange.objects.get().fee) == "12.50"

    def test_after_the_last_move_the_next_is_denied(
        self, phone: Phone, salon: Salon, ten: Appointment
    ) -> None:
        Policy.objects.create(company=salon.company, max_reschedules=1)
        phone.ask("reschedule_appointment", **TO_TUESDAY)

        reply = Phone(salon.number).ask(
            "reschedule_appointment", neues_datum="2025-11-26", neue_uhrzeit="9:00"
        )

        assert (reply["status"], reply["reason"]) == ("denied", "max_reschedules_reached")
        assert booked() == MOVED


class TestRepeating:
    """Invariant I7."""

    def test_the_same_tool_call_is_answered_the_same(self, phone: Phone, ten: Appointment) -> None:
        first = phone.ask("reschedule_appointment", tool_call_id="tool_1", **TO_TUESDAY)
        again = phone.ask("reschedule_appointment", tool_call_id="tool_1", **TO_TUESDAY)

        assert again == first
        assert CustomerChange.objects.count() == 1

    @pytest.mark.parametrize("old", [{}, {"altes_datum": "Montag", "alte_uhrzeit": "10:00"}])
    @pytest.mark.parametrize("limit", [None, 1])
    def test_another_tool_call_says_so_again(
        self, limit: int | None, old: dict[str, str], phone: Phone, salon: Salon, ten: Appointment
    ) -> None:
        """The old time names it still, although it is no longer there."""
        Policy.objects.create(company=salon.company, max_reschedules=limit)
        first = phone.ask("reschedule_appointment", **old, **TO_TUESDAY)

        again = phone.ask("reschedule_appointment", **old, **TO_TUESDAY)

        assert again == first
        assert (booked(), CustomerChange.objects.count(), links()) == (MOVED, 1, ["reschedule"])

    def test_there_and_back_are_two_moves(self, phone: Phone, ten: Appointment) -> None:
        phone.ask("reschedule_appointment", **TO_TUESDAY)

        reply = phone.ask("reschedule_appointment", neues_datum="2025-11-24", neue_uhrzeit="10:00")

        assert (reply["status"], booked()) == ("rescheduled", STANDS)
        assert CustomerChange.objects.count() == 2

    def test_where_it_stood_all_the_time_costs_nothing(
        self, phone: Phone, salon: Salon, ten: Appointment
    ) -> None:
        Policy.objects.create(company=salon.company, fees=[{"hours": 0, "amount": "12.50"}])

        reply = phone.ask("reschedule_appointment", neues_datum="2025-11-24", neue_uhrzeit="10:00")

        assert (reply["status"], reply["fee"], reply["old_starts_at"]) == (
            "rescheduled",
            "0.00",
            reply["starts_at"],
        )
        assert "schon" in reply["message"]
        assert (links(), CustomerChange.objects.count()) == ([], 0)

    def test_what_staff_have_cancelled_meanwhile_is_not_moved(self, phone: Phone, ten: Appointment) -> None:
        phone.ask("reschedule_appointment", **TO_TUESDAY, bestaetigung=False)
        booking.cancel(ten, now=NOW)

        assert phone.ask("reschedule_appointment", bestaetigung=True)["status"] == "none"


def test_daylight_saving_moves_no_wall_clock(
    salon: Salon, jana: Customer, clock: time_machine.Traveller
) -> None:
    """From winter to summer: ten o'clock stays ten o'clock (incident A21)."""
    clock.move_to(at(date(2026, 3, 26), "12:00"))
    give(
        salon.book(salon.cut, salon.emma, date(2026, 3, 27), "10:00", now=at(date(2026, 3, 26), "12:00")),
        jana,
    )

    reply = Phone(salon.number).ask(
        "reschedule_appointment", neues_datum="2026-03-30", neue_uhrzeit="zehn Uhr"
    )

    assert (reply["old_starts_at"], reply["starts_at"]) == (
        "2026-03-27T10:00:00+01:00",
        "2026-03-30T10:00:00+02:00",
    )


def test_a_service_that_is_no_longer_sold_can_still_be_moved(
    phone: Phone, salon: Salon, jana: Customer
) -> None:
    service = make_service(salon.company, "Lockenwickler", [("", 30, True)])
    give(salon.book(service, salon.emma, MONDAY, "10:00"), jana)
    service.active = False
    service.save()

    assert phone.ask("reschedule_appointment", **TO_TUESDAY)["status"] == "rescheduled"


def test_of_many_all_are_listed_and_five_are_said(phone: Phone, salon: Salon, jana: Customer) -> None:
    """Incident H13: whatever came after the third could not be reached."""
    for n in range(8):
        give(salon.book(salon.cut, salon.emma, MONDAY + timedelta(days=7 * n), "10:00"), jana)

    reply = phone.ask("reschedule_appointment", **TO_TUESDAY)

    assert (reply["status"], len(reply["appointments"])) == ("several", 8)
    assert reply["message"].count("Herrenhaarschnitt") == 5
    assert "8 Termine" in reply["message"]

    eighth = phone.ask("reschedule_appointment", position=8)
    assert eighth["appointment_id"] == reply["appointments"][7]["appointment_id"]
