"""``start_booking``: "gebucht" is said when it is stored, and a refusal leaves nothing that blocks."""

from typing import Any
from unittest.mock import ANY

import pytest
import time_machine

from appointments import booking
from appointments.models import Absence, Allocation, Appointment, AppointmentPhase, Customer, Reservation
from appointments.models.ledger import ReservationState
from calls.models import Call, CallAppointment
from tests.calls.phone import CALLER, CUT, PERM, Phone, booked, give, held, nothing_blocks
from tests.salons import MONDAY, NOW, Salon, at, make_salon

ANNA = {"name": "Anna Sommer"}


def hold(phone: Phone, wish: dict[str, str] = CUT, **more: Any) -> str:
    return str(phone.ask("check_availability", **{"mitarbeiter": "Emma", **wish, **more})["reservation_id"])


class TestBooked:
    def test_the_hold_becomes_the_appointment(self, phone: Phone, salon: Salon) -> None:
        reservation_id = hold(phone, PERM)
        taken = list(Allocation.objects.order_by("during").values_list("pk", "during"))

        reply = phone.ask("start_booking", reservation_id=reservation_id, **ANNA)

        appointment = Appointment.objects.get()
        assert reply == {
            "success": True,
            "status": "booked",
            "message": ANY,
            "appointment_id": appointment.pk,
            "service": "Dauerwelle",
            "staff": "Emma Keller",
            "starts_at": "2025-11-24T10:00:00+01:00",
            "ends_at": "2025-11-24T12:15:00+01:00",
            "calendar": "none",
        }
        # The very rows: nothing was released in between, so nothing could be lost.
        assert list(appointment.allocations.order_by("during").values_list("pk", "during")) == taken
        assert Reservation.objects.get().state == ReservationState.CONVERTED

    def test_everything_about_it_is_stored(self, phone: Phone, salon: Salon) -> None:
        phone.ask(
            "start_booking",
            reservation_id=hold(phone, PERM),
            **ANNA,
            email="Anna.Sommer@example.org",
            notiz="Kommt mit Kinderwagen.",
        )

        appointment = Appointment.objects.get()
        customer = Customer.objects.get()
        assert (customer.name, customer.phone, customer.email) == (
            "Anna Sommer",
            CALLER,
            "anna.sommer@example.org",
        )
        assert appointment.customer == customer
        assert (appointment.status, appointment.source) == ("booked", "phone")
        assert (str(appointment.price), appointment.currency) == ("85.00", "EUR")
        assert (appointment.attendee_name, appointment.notes) == ("", "Kommt mit Kinderwagen.")
        assert appointment.staff_wished is True
        phases = AppointmentPhase.objects.order_by("position").values_list("busy", flat=True)
        assert list(phases) == [True, False, True, False, True, True]

    def test_the_call_is_linked_to_appointment_and_customer(self, phone: Phone) -> None:
        """Incident G2."""
        reply = phone.ask("start_booking", reservation_id=hold(phone), **ANNA)

        link = CallAppointment.objects.get()
        assert (link.appointment_id, link.relationship) == (reply["appointment_id"], "original")
        assert (link.call.call_id, link.call.customer) == (phone.call_id, Customer.objects.get())

    def test_without_an_id_the_calls_own_hold_is_booked(self, phone: Phone) -> None:
        hold(phone)

        reply = phone.ask("start_booking", **CUT, **ANNA)

        assert (reply["status"], reply["staff"]) == ("booked", "Emma Keller")
        assert held() == []

    def test_without_any_hold_the_time_is_checked_and_booked(self, phone: Phone) -> None:
        reply = phone.ask("start_booking", **CUT, **ANNA, mitarbeiter="Jonas")

        assert reply["status"] == "booked"
        assert booked() == [("Jonas Brandt", "Mo 10:00", "Herrenhaarschnitt")]

    def test_an_offer_can_be_booked_at_once(self, phone: Phone, salon: Salon) -> None:
        offers = phone.ask("get_alternatives", **CUT)["alternatives"]

        for choice in ({"offer_id": offers[1]["offer_id"]}, {"position": 3}):
            phone.ask("start_booking", **choice, **ANNA)

        starts = sorted(each.starts_at for each in Appointment.objects.all())
        assert [each.isoformat() for each in starts] == sorted(
            at(MONDAY, offer["starts_at"][11:16]).isoformat() for offer in offers[1:]
        )

    @pytest.mark.parametrize("seconds", [91, 601])
    def test_an_expired_hold_whose_time_is_free_is_booked(
        self, seconds: int, phone: Phone, clock: time_machine.Traveller
    ) -> None:
        reservation_id = hold(phone)
        clock.shift(seconds)

        assert phone.ask("start_booking", reservation_id=reservation_id, **ANNA)["status"] == "booked"
        assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]

    def test_booking_again_what_staff_have_cancelled_meanwhile_books_it(self, phone: Phone) -> None:
        """Invariant I4: the reply is derived from what is stored, and a cancelled one blocks nothing."""
        reservation_id = hold(phone)
        first = phone.ask("start_booking", reservation_id=reservation_id, **ANNA)["appointment_id"]
        booking.cancel(Appointment.objects.get(pk=first), now=NOW)

        reply = phone.ask("start_booking", reservation_id=reservation_id, **ANNA)

        assert reply["status"] == "booked"
        assert [each.pk for each in Appointment.objects.blocking()] == [reply["appointment_id"]]

    @pytest.mark.parametrize(
        ("mode", "status", "calendar"),
        [
            ("off", "booked", "none"),
            ("mirror", "booked", "pending"),
            ("strict", "provisional", "pending"),
        ],
    )
    def test_what_the_calendar_has_to_say_first(
        self, mode: str, status: str, calendar: str, db: None, clock: object
    ) -> None:
        phone = Phone(make_salon(calendar=mode).number)

        reply = phone.ask("start_booking", reservation_id=hold(phone), **ANNA)

        assert (reply["status"], reply["calendar"]) == (status, calendar)
        assert [each.status for each in Appointment.objects.blocking()] == [status]

    def test_what_the_salon_must_still_confirm_is_not_called_booked_when_asked_again(
        self, db: None, clock: object
    ) -> None:
        phone = Phone(make_salon(calendar="strict").number)
        reservation_id = hold(phone)
        first = phone.ask("start_booking", reservation_id=reservation_id, **ANNA)

        again = phone.ask("start_booking", reservation_id=reservation_id, **ANNA)

        assert again == {**first, "status": "already_booked"}


class TestWho:
    @pytest.mark.parametrize(
        "name", [None, "", "Unbekannt", "anonymous", "Gast", "Acht Uhr", "um 14 Uhr", "Vierzehn"]
    )
    def test_without_a_name_it_is_asked_for_and_the_hold_stands(self, name: str | None, phone: Phone) -> None:
        """Incidents H7, H9."""
        reservation_id = hold(phone)

        reply = phone.ask("start_booking", reservation_id=reservation_id, name=name)

        assert reply == {"success": False, "status": "needs_name", "message": ANY, "missing": ["name"]}
        assert booked() == []
        assert held() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]

    @pytest.mark.parametrize("name", ["bei Emma", "zu Jonas", "bei Frau Keller"])
    def test_a_wished_stylist_is_not_the_callers_name(self, name: str, phone: Phone) -> None:
        """Incident H10."""
        assert phone.ask("start_booking", reservation_id=hold(phone), name=name)["status"] == "needs_name"

    @pytest.mark.parametrize("name", [None, "Unbekannt", "Jana Probst", "Jana Propst", "jana probst"])
    def test_a_known_caller_needs_no_name(self, name: str | None, phone: Phone, jana: Customer) -> None:
        """Nor is their record changed by how it was heard this time (incidents H5, H6)."""
        reply = phone.ask("start_booking", reservation_id=hold(phone), name=name)

        appointment = Appointment.objects.get()
        assert reply["status"] == "booked"
        assert (appointment.customer, appointment.attendee_name) == (jana, "")
        assert [each.name for each in Customer.objects.all()] == ["Jana Probst"]

    def test_a_mother_books_for_her_child_and_keeps_her_record(self, phone: Phone, jana: Customer) -> None:
        """Incident H6."""
        phone.ask("start_booking", reservation_id=hold(phone), name="Mia Sommer", email="mia@example.org")

        appointment = Appointment.objects.get()
        jana.refresh_from_db()
        assert (appointment.customer, appointment.attendee_name) == (jana, "Mia Sommer")
        assert (jana.name, jana.email) == ("Jana Probst", None)

    @pytest.mark.parametrize("caller", ["anonymous", "Unbekannt", "", None])
    def test_a_hidden_number_may_book(self, caller: str | None, salon: Salon) -> None:
        """Incidents H1-H3. The number they name is kept, but proves nothing (invariant I9)."""
        phone = Phone(salon.number, caller)

        reply = phone.ask("start_booking", reservation_id=hold(phone), **ANNA, telefon="0150 00000003")

        appointment = Appointment.objects.get()
        assert reply["status"] == "booked"
        assert (appointment.attendee, appointment.contact_phone) == ("Anna Sommer", "+4915000000003")
        assert [each.phone for each in Customer.objects.all()] == [None]

    def test_naming_a_customers_number_makes_nobody_that_customer(self, salon: Salon, jana: Customer) -> None:
        phone = Phone(salon.number, "anonymous")

        reply = phone.ask("start_booking", reservation_id=hold(phone), telefon=CALLER)

        assert reply["status"] == "needs_name"

    def test_two_hidden_callers_of_one_name_are_two_customers(self, salon: Salon) -> None:
        for clock_time in ("10:00", "12:00"):
            Phone(salon.number, "anonymous").ask("start_booking", **{**CUT, "uhrzeit": clock_time}, **ANNA)

        assert [each.name for each in Customer.objects.all()] == ["Anna Sommer", "Anna Sommer"]

    @pytest.mark.parametrize("email", ["", "Trau ich nicht, danke", "jana probst at beispiel", None])
    def test_what_is_no_address_is_not_stored(self, email: str | None, phone: Phone) -> None:
        """Incident H4: two customers without an e-mail."""
        for caller, clock_time in (("+4915000000004", "10:00"), ("+4915000000005", "12:00")):
            phone = Phone(phone.number, caller)
            reply = phone.ask("start_booking", **{**CUT, "uhrzeit": clock_time}, **ANNA, email=email)
            assert reply["status"] == "booked"

        assert [each.email for each in Customer.objects.all()] == [None, None]


class TestRefused:
    @pytest.mark.parametrize(
        ("words", "reason"),
        [
            ({"uhrzeit": "19:30"}, "outside_hours"),
            ({"datum": "2025-12-25"}, "holiday"),
            ({"uhrzeit": "10:02"}, "off_grid"),
            ({"datum": "2025-11-17"}, "past"),
            ({"datum": "2026-08-03"}, "too_far"),
            ({"mitarbeiter": "Jonas"}, "staff_absent"),
        ],
    )
    def test_what_the_salon_does_not_allow_was_never_taken(
        self, words: dict[str, str], reason: str, phone: Phone, salon: Salon
    ) -> None:
        Absence.objects.create(staff=salon.jonas, starts_at=at(MONDAY, "00:00"), ends_at=at(MONDAY, "23:00"))

        reply = phone.ask("start_booking", **{**CUT, **words}, **ANNA)

        assert reply == {
            "success": False,
            "status": "refused",
            "message": ANY,
            "reason": reason,
            "alternatives": [ANY, ANY, ANY],
        }
        assert nothing_blocks()
        assert not Customer.objects.exists()

    def test_nobody_of_that_name(self, phone: Phone) -> None:
        reply = phone.ask("start_booking", **CUT, **ANNA, mitarbeiter="Xaver")

        assert (reply["status"], reply["reason"]) == ("refused", "staff_unknown")
        assert nothing_blocks()

    def test_too_soon(self, phone: Phone, clock: time_machine.Traveller) -> None:
        clock.move_to(at(MONDAY, "09:50"))

        reply = phone.ask("start_booking", **CUT, **ANNA)

        assert (reply["status"], reply["reason"]) == ("refused", "notice_too_short")

    def test_a_taken_time_is_refused_with_alternatives(self, phone: Phone, salon: Salon) -> None:
        """Incidents 3 and D5: and no row that says something else."""
        salon.book(salon.cut, salon.emma, MONDAY, "10:00")

        reply = phone.ask("start_booking", **CUT, **ANNA, mitarbeiter="Emma")

        assert reply == {
            "success": False,
            "status": "slot_taken",
            "message": ANY,
            "reason": "taken",
            "alternatives": [ANY, ANY, ANY],
        }
        assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]
        assert (held(), Customer.objects.count(), CallAppointment.objects.count()) == ([], 0, 0)

    def test_a_lost_hold_is_refused_with_alternatives(
        self, phone: Phone, salon: Salon, clock: time_machine.Traveller
    ) -> None:
        reservation_id = hold(phone)
        clock.shift(91)
        other = Phone(salon.number, "+4915000000002")
        other.ask("start_booking", **CUT, name="Mia Sommer", mitarbeiter="Emma")

        reply = phone.ask("start_booking", reservation_id=reservation_id, **ANNA)

        assert (reply["status"], reply["reason"]) == ("slot_taken", "taken")
        assert (
            phone.ask("start_booking", offer_id=reply["alternatives"][0]["offer_id"], **ANNA)["status"]
            == "booked"
        )

    @pytest.mark.parametrize(
        "beside",
        [
            {"datum": "2025-11-25"},
            {"uhrzeit": "10:30"},
            {"datetime": "2025-11-24 11:00"},
            {"dienstleistung": "Dauerwelle"},
            {"mitarbeiter": "Jonas"},
        ],
    )
    @pytest.mark.parametrize("chosen_by", ["reservation_id", "offer_id"])
    def test_an_id_and_words_that_say_something_else_are_a_question(
        self, chosen_by: str, beside: dict[str, str], phone: Phone, salon: Salon
    ) -> None:
        """Incidents A17, A25: never one of the two, guessed."""
        if chosen_by == "reservation_id":
            chosen = hold(phone)
        else:
            offers = phone.ask("get_alternatives", **CUT, mitarbeiter="Emma")["alternatives"]
            chosen = offers[0]["offer_id"]
        before = held()

        reply = phone.ask("start_booking", **{chosen_by: chosen}, **beside, **ANNA)

        assert reply["status"] == "needs_clarification"
        assert (held(), booked()) == (before, [])

    def test_another_time_than_the_held_one_is_another_booking(self, phone: Phone) -> None:
        """Without an id the words count, not what was held before."""
        hold(phone)

        reply = phone.ask("start_booking", **{**CUT, "uhrzeit": "14:00"}, **ANNA, mitarbeiter="Emma")

        assert (reply["status"], reply["starts_at"]) == ("booked", "2025-11-24T14:00:00+01:00")

    @pytest.mark.parametrize(
        "choice", [{"reservation_id": "made-up"}, {"offer_id": "made-up"}, {"position": 1}]
    )
    def test_an_invented_id_is_a_question(self, choice: dict[str, Any], phone: Phone) -> None:
        assert phone.ask("start_booking", **choice, **ANNA)["status"] == "needs_clarification"
        assert nothing_blocks()

    @pytest.mark.parametrize("kind", ["reservation_id", "offer_id"])
    def test_the_id_of_another_call_is_as_good_as_none(self, kind: str, phone: Phone, salon: Salon) -> None:
        """Invariant I8."""
        if kind == "reservation_id":
            foreign = hold(phone)
        else:
            foreign = phone.ask("get_alternatives", **CUT)["alternatives"][0]["offer_id"]

        reply = Phone(salon.number, "+4915000000002").ask("start_booking", **{kind: foreign}, **ANNA)

        assert reply["status"] == "needs_clarification"
        assert booked() == []

    def test_a_wish_for_several_times_that_holds_none_is_a_question(self, phone: Phone) -> None:
        reply = phone.ask("start_booking", **{**CUT, "uhrzeit": "vormittags"}, **ANNA)

        assert reply["status"] == "needs_clarification"
        assert nothing_blocks()


class TestExisting:
    def test_what_the_customer_has_from_before_is_not_booked_twice(
        self, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        """Incident 5: and the call is linked to what it asked for."""
        own = give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)

        reply = phone.ask("start_booking", **CUT)

        assert (reply["status"], reply["appointment_id"]) == ("existing", own.pk)
        link = CallAppointment.objects.get()
        assert (link.appointment, link.relationship) == (own, "duplicate_attempt")
        assert len(booked()) == 1

    def test_a_cancelled_one_is_no_duplicate(self, phone: Phone, salon: Salon, jana: Customer) -> None:
        own = give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)
        booking.cancel(own, now=NOW)

        assert phone.ask("start_booking", **CUT)["status"] == "booked"

    def test_mother_and_child_at_ten_are_two_appointments(self, phone: Phone) -> None:
        """Invariant I7, incident D15."""
        mothers = hold(phone)
        childs = hold(phone, mitarbeiter="", name="Mia Sommer")

        for reservation_id, name in ((mothers, "Anna Sommer"), (childs, "Mia Sommer")):
            assert phone.ask("start_booking", reservation_id=reservation_id, name=name)["status"] == "booked"

        assert booked() == [
            ("Emma Keller", "Mo 10:00", "Herrenhaarschnitt"),
            ("Jonas Brandt", "Mo 10:00", "Herrenhaarschnitt"),
        ]
        rows = Appointment.objects.order_by("pk")
        assert [(each.customer.name, each.attendee) for each in rows if each.customer] == [
            ("Anna Sommer", "Anna Sommer"),
            ("Anna Sommer", "Mia Sommer"),
        ]

    def test_the_name_given_with_a_hold_need_not_be_given_again(self, phone: Phone) -> None:
        reservation_ids = [hold(phone, **ANNA), hold(phone, mitarbeiter="", name="Mia Sommer")]

        for reservation_id in reservation_ids:
            assert phone.ask("start_booking", reservation_id=reservation_id)["status"] == "booked"

        rows = Appointment.objects.order_by("pk")
        assert [each.attendee for each in rows] == ["Anna Sommer", "Mia Sommer"]

    def test_a_call_is_the_customers_from_its_first_booking_on(self, phone: Phone) -> None:
        phone.ask("start_booking", **CUT, **ANNA)
        phone.ask("start_booking", **{**CUT, "uhrzeit": "14:00"})

        assert [each.attendee for each in Appointment.objects.all()] == ["Anna Sommer", "Anna Sommer"]
        assert Call.objects.get().customer == Customer.objects.get()


@pytest.mark.parametrize(
    ("said", "question", "candidates"),
    [
        ("vormittags", "Um wie viel Uhr möchten Sie morgen kommen?", []),
        ("neun Uhr, sonst fünfzehn Uhr", "Meinen Sie 9 Uhr oder 15 Uhr?", ["09:00", "15:00"]),
    ],
)
def test_a_booking_is_of_one_start(said: str, question: str, candidates: list[str], phone: Phone) -> None:
    """Which one is asked, and not the day again."""
    reply = phone.ask("start_booking", **{**CUT, "uhrzeit": said}, name="Jana Probst")

    assert (reply["status"], reply["missing"]) == ("needs_clarification", ["uhrzeit"])
    assert (reply["message"], reply["candidates"]) == (question, candidates)
