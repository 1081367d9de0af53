"""What else a receptionist does: look up, call back, know who calls, repeat what was agreed."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from appointments import booking
from appointments.models import Appointment, Customer
from appointments.models.appointment import Source, Status
from calls.models import CallAppointment, Callback
from tests.calls.phone import CUT, PERM, Phone, booked, give, held, nothing_blocks
from tests.salons import BERLIN, MONDAY, NOW, Salon, at

ANNA = {"name": "Anna Sommer"}


@pytest.fixture
def ten(salon: Salon, jana: Customer) -> Appointment:
    return give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)


def visit(salon: Salon, customer: Customer, days_ago: int, service: str = "cut") -> Appointment:
    """Written past the writer: what is over takes no time."""
    start = NOW - timedelta(days=days_ago)
    return Appointment.objects.create(
        company=salon.company,
        branch=salon.branch,
        customer=customer,
        staff=salon.jonas,
        service=getattr(salon, service),
        starts_at=start,
        ends_at=start + timedelta(minutes=55),
        status=Status.COMPLETED,
        source=Source.IMPORT,
        currency="EUR",
        created_at=start,
        updated_at=start,
    )


class TestAppointments:
    @pytest.mark.parametrize("name", ["get_customer_appointments", "query_appointment"])
    def test_the_caller_hears_their_own(self, name: str, phone: Phone, ten: Appointment) -> None:
        reply = phone.ask(name, call_id="", appointment_date="not specified")

        assert (reply["status"], [each["appointment_id"] for each in reply["appointments"]]) == (
            "found",
            [ten.pk],
        )
        assert "morgen um 10 Uhr" in reply["message"]
        assert [each.relationship for each in CallAppointment.objects.all()] == ["enquiry"]

    def test_a_day_narrows_it_down(
        self, phone: Phone, salon: Salon, jana: Customer, ten: Appointment
    ) -> None:
        give(salon.book(salon.perm, salon.emma, date(2025, 11, 25), "10:00"), jana)

        assert len(phone.ask("query_appointment", datum="Dienstag")["appointments"]) == 1
        nothing_then = phone.ask("query_appointment", datum="Mittwoch")
        assert (nothing_then["status"], len(nothing_then["appointments"])) == ("found", 2)
        assert "finde ich nicht" in nothing_then["message"]

    def test_none(self, phone: Phone, jana: Customer) -> None:
        assert phone.ask("query_appointment")["status"] == "none"

    def test_a_list_of_a_dozen_is_not_too_long(self, phone: Phone, salon: Salon, jana: Customer) -> None:
        """Incident H13."""
        for n in range(10):
            give(salon.book(salon.cut, salon.emma, MONDAY + timedelta(days=7 * n), "10:00"), jana)

        reply = phone.ask("query_appointment")

        assert len(reply["appointments"]) == 10
        assert reply["message"].count("Herrenhaarschnitt") == 5


class TestCallbacks:
    def test_it_is_queued_with_the_callers_number(self, phone: Phone, jana: Customer) -> None:
        reply = phone.ask("request_callback", reason="Buchung fehlgeschlagen", call_id="call_1")

        callback = Callback.objects.get()
        assert (reply["status"], reply["callback_id"]) == ("callback_queued", callback.pk)
        assert (callback.phone, callback.name, callback.customer, callback.reason) == (
            phone.caller,
            "Jana Probst",
            jana,
            "Buchung fehlgeschlagen",
        )

    def test_a_number_that_is_named_wins(self, phone: Phone) -> None:
        phone.ask("request_callback", phone_number="030 1234567", customer_name="Jana Probst")

        callback = Callback.objects.get()
        assert (callback.phone, callback.name) == ("+49301234567", "Jana Probst")

    @pytest.mark.parametrize("named", [None, "", "keine Ahnung", "{{phone}}"])
    def test_without_any_number_it_is_a_question(self, named: str | None, salon: Salon) -> None:
        reply = Phone(salon.number, "anonymous").ask("request_callback", telefon=named, grund="Rechnung")

        assert (reply["status"], reply["missing"]) == ("needs_clarification", ["telefon"])
        assert not Callback.objects.exists()

    @pytest.mark.parametrize(
        "again", [{}, {"grund": "Rechnung"}, {"grund": "Rechnung", "name": "Jana Probst"}]
    )
    def test_twice_for_the_same_is_one(self, again: dict[str, str], phone: Phone) -> None:
        first = phone.ask("request_callback", grund="Rechnung")

        assert phone.ask("request_callback", **again)["callback_id"] == first["callback_id"]
        assert Callback.objects.count() == 1

    @pytest.mark.parametrize("function", ["cancel_appointment", "reschedule_appointment"])
    def test_a_hidden_number_is_asked_for_and_taken_for_what_was_wanted(
        self, function: str, salon: Salon, ten: Appointment
    ) -> None:
        """Incident H11."""
        phone = Phone(salon.number, "anonymous")
        first = phone.ask(function, name="Jana Probst")
        assert (first["status"], Callback.objects.get().phone) == ("not_identified", None)

        reply = phone.ask("request_callback", telefon="030 1234567")

        assert reply["callback_id"] == first["callback_id"]
        assert Callback.objects.get().phone == "+49301234567"

    @pytest.mark.parametrize(
        ("moment", "due"),
        [
            ("2025-11-24T10:00", "2025-11-24T11:00"),  # open
            ("2025-11-24T19:30", "2025-11-25T08:30"),  # half an hour today, the other tomorrow
            ("2025-11-23T18:00", "2025-11-24T09:00"),  # Sunday
            ("2025-12-24T19:59", "2025-12-27T08:59"),  # two public holidays
            ("2026-03-28T23:00", "2026-03-30T09:00"),  # the night of the clock change
        ],
    )
    def test_it_is_due_within_opening_hours(
        self, moment: str, due: str, phone: Phone, clock: time_machine.Traveller
    ) -> None:
        clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=BERLIN))

        phone.ask("request_callback", grund="Rechnung")

        assert Callback.objects.get().due_at == datetime.fromisoformat(due).replace(tzinfo=BERLIN)

    def test_of_a_salon_that_is_never_open_it_is_due_all_the_same(self, phone: Phone, salon: Salon) -> None:
        salon.branch.opening_hours.all().delete()

        phone.ask("request_callback")

        assert Callback.objects.get().due_at == NOW + timedelta(hours=1)

    def test_staff_see_it_and_say_that_it_is_done(self, phone: Phone, jana: Customer) -> None:
        phone.ask("request_callback", grund="Rechnung")
        desk = Client()
        user = User.objects.create_superuser("desk", password="desk")
        desk.force_login(user)
        url = reverse("admin:calls_callback_changelist")
        page = desk.get(url).content.decode()
        assert "Jana Probst" in page
        assert "Rechnung" in page

        chosen = {"action": "mark_done", "_selected_action": [Callback.objects.get().pk]}
        page = desk.post(url, chosen, follow=True).content.decode()

        assert "Ein Rückruf ist erledigt." in page
        callback = Callback.objects.get()
        assert (callback.state, callback.done_by, callback.done_at) == ("done", user, timezone.now())
        desk.post(url, chosen)
        assert desk.get(f"{url}?due=open").status_code == desk.get(f"{url}?due=overdue").status_code == 200

    def test_what_is_done_can_be_asked_for_again(self, phone: Phone) -> None:
        phone.ask("request_callback", grund="Rechnung")
        Callback.objects.update(state="done", done_at=NOW)

        phone.ask("request_callback", grund="Rechnung")

        assert Callback.objects.open().count() == 1


class TestContext:
    @pytest.mark.parametrize("name", ["get_current_context", "initialize_call", "check_customer"])
    def test_a_known_number(self, name: str, phone: Phone, salon: Salon, jana: Customer) -> None:
        """Incidents A3, A11, H15, J15: the day and its weekday, and the first name at most."""
        visit(salon, jana, 30)

        reply = phone.ask(name, call_id="call_001")

        assert reply["status"] == "known"
        assert reply["customer"] == {
            "first_name": "Jana",
            "usual_service": "Herrenhaarschnitt",
            "usual_staff": "Jonas Brandt",
        }
        assert (reply["now"], reply["weekday"], reply["opening_hours_today"]) == (
            "2025-11-23T18:00:00+01:00",
            "Sonntag",
            [],
        )
        assert "Probst" not in str(reply)
        assert reply["message"].startswith("Guten Tag Jana, heute ist Sonntag, der 23. November.")

    @pytest.mark.parametrize("caller", ["anonymous", "+4915000000002", None])
    def test_any_other(self, caller: str | None, salon: Salon, jana: Customer) -> None:
        said = {"name": "Jana Probst", "telefon": "+4915000000001"}

        reply = Phone(salon.number, caller).ask("get_current_context", **said)

        assert (reply["status"], reply["customer"]) == ("unknown", None)

    def test_without_a_call_id_the_day_is_known_and_nobody(self, salon: Salon, jana: Customer) -> None:
        reply = Phone(salon.number, call_id="").ask("get_current_context")

        assert (reply["status"], reply["weekday"]) == ("unknown", "Sonntag")

    def test_the_hours_of_today(self, phone: Phone, clock: time_machine.Traveller) -> None:
        clock.move_to(at(MONDAY, "09:00"))

        assert phone.ask("get_current_context")["opening_hours_today"] == [["08:00", "20:00"]]


class TestParseDate:
    @pytest.mark.parametrize(
        ("said", "day", "weekday", "time"),
        [
            ("nächste Woche Montag", "2025-11-24", "Montag", None),
            ("morgen zehn Uhr", "2025-11-24", "Montag", "10:00"),
            ("Dienstag, den 25. November", "2025-11-25", "Dienstag", None),
            ("11.12.", "2025-12-11", "Donnerstag", None),
        ],
    )
    def test_with_its_weekday(
        self, said: str, day: str, weekday: str, time: str | None, phone: Phone
    ) -> None:
        reply = phone.ask("parse_date", date_string=said)

        assert (reply["status"], reply["date"], reply["weekday"], reply["time"]) == (
            "found",
            day,
            weekday,
            time,
        )
        assert weekday in reply["message"]

    @pytest.mark.parametrize(
        "said", ["31.2", "2024-06-17", "vormittags", "diese Woche", "", None, "{{datum}}"]
    )
    def test_what_is_no_day_is_a_question(self, said: str | None, phone: Phone) -> None:
        assert phone.ask("parse_date", date_string=said)["status"] == "needs_clarification"


class TestConfirmBooking:
    def test_it_repeats_what_is_stored(self, phone: Phone) -> None:
        first = phone.ask("start_booking", **CUT, **ANNA)

        assert phone.ask("confirm_booking", call_id="12345") == first

    def test_nothing_booked_is_not_booked(self, phone: Phone) -> None:
        phone.ask("check_availability", **CUT)

        reply = phone.ask("confirm_booking")

        assert (reply["status"], reply["success"]) == ("needs_clarification", False)
        assert booked() == []

    def test_a_refusal_after_a_booking_is_the_last_outcome(self, phone: Phone, salon: Salon) -> None:
        phone.ask("start_booking", **CUT, **ANNA)
        salon.book(salon.perm, salon.emma, MONDAY, "13:00")
        phone.ask("start_booking", **{**PERM, "uhrzeit": "13:00"}, mitarbeiter="Emma", name="Mia Sommer")

        reply = phone.ask("confirm_booking")

        assert (reply["status"], reply["success"], reply["reason"]) == ("slot_taken", False, "taken")

    def test_what_was_cancelled_meanwhile_is_said(self, phone: Phone) -> None:
        phone.ask("start_booking", **CUT, **ANNA)
        booking.cancel(Appointment.objects.get(), now=NOW)

        assert phone.ask("confirm_booking")["status"] == "cancelled"

    def test_what_was_moved_meanwhile_is_said_as_it_is(self, phone: Phone) -> None:
        phone.ask("start_booking", **CUT, **ANNA)
        phone.ask("reschedule_appointment", neues_datum="morgen", neue_uhrzeit="15 Uhr")

        assert phone.ask("confirm_booking")["starts_at"] == "2025-11-24T15:00:00+01:00"

    def test_another_calls_booking_is_not_confirmed(self, phone: Phone, salon: Salon) -> None:
        phone.ask("start_booking", **CUT, **ANNA)

        assert Phone(salon.number).ask("confirm_booking")["status"] == "needs_clarification"


class TestCollectAppointmentData:
    @pytest.mark.parametrize("no", [False, "false", "nein", None, "", "{{bestaetigung}}", 0])
    def test_without_a_yes_it_checks(self, no: Any, phone: Phone) -> None:
        """Incident C2: a free time was answered with "no slots", because nothing had been said."""
        reply = phone.ask("collect_appointment_data", **CUT, **ANNA, bestaetigung=no)

        assert (reply["status"], len(held()), booked()) == ("available", 1, [])

    @pytest.mark.parametrize("yes", [True, "true", "Ja", "ja, gerne", 1])
    def test_a_yes_books(self, yes: Any, phone: Phone) -> None:
        reply = phone.ask("collect_appointment_data", **CUT, **ANNA, bestaetigung=yes)

        assert (reply["status"], len(booked()), held()) == ("booked", 1, [])

    @pytest.mark.parametrize("value", [True, False])
    def test_taken(self, phone: Phone, salon: Salon, *, value: bool) -> None:
        salon.book(salon.cut, salon.emma, MONDAY, "10:00")

        reply = phone.ask("collect_appointment_data", **CUT, **ANNA, mitarbeiter="Emma", bestaetigung=value)

        assert (reply["status"], reply["reason"]) == ("slot_taken" if value else "unavailable", "taken")

    @pytest.mark.parametrize("value", [True, False])
    def test_nobody_of_that_name(self, phone: Phone, *, value: bool) -> None:
        reply = phone.ask("collect_appointment_data", **CUT, **ANNA, mitarbeiter="Udo", bestaetigung=value)

        assert (reply["status"], reply["reason"]) == ("refused" if value else "unavailable", "staff_unknown")

    def test_neither_yes_nor_no_is_asked(self, phone: Phone) -> None:
        reply = phone.ask("collect_appointment_data", **CUT, **ANNA, bestaetigung="vielleicht")

        assert (reply["status"], nothing_blocks()) == ("needs_clarification", True)

    def test_the_template_for_the_date_is_no_date(self, phone: Phone) -> None:
        said = {"datum": "{{current_date}}", "uhrzeit": "16:00", "name": "Jana Probst"}

        reply = phone.ask("collect_appointment_data", **said, dienstleistung="Herrenhaarschnitt")

        assert (reply["status"], reply["missing"]) == ("needs_clarification", ["datum"])


class TestAsLastTime:
    """Incidents B7, B11: asked back by name, never taken for granted; other words win."""

    @pytest.mark.parametrize("yes", ["ja", "Ja, genau", "Dauerwelle"])
    def test_it_is_asked_and_a_yes_is_enough(
        self, yes: str, phone: Phone, salon: Salon, jana: Customer
    ) -> None:
        visit(salon, jana, 10, "perm")
        for days in (20, 40, 60):
            visit(salon, jana, days)

        asked = phone.ask("check_availability", **{**CUT, "dienstleistung": "das Gleiche wie letztes Mal"})
        assert (asked["status"], asked["missing"], asked["candidates"]) == (
            "needs_clarification",
            ["dienstleistung"],
            ["Dauerwelle"],
        )
        assert (nothing_blocks(), "Dauerwelle" in asked["message"]) == (True, True)

        reply = phone.ask("check_availability", **{**CUT, "dienstleistung": yes})
        assert (reply["status"], reply["service"]) == ("available", "Dauerwelle")

    def test_as_always_is_what_is_usual(self, phone: Phone, salon: Salon, jana: Customer) -> None:
        visit(salon, jana, 10, "perm")
        for days in (20, 40):
            visit(salon, jana, days)

        asked = phone.ask("check_availability", **{**CUT, "dienstleistung": "wie immer"})

        assert asked["candidates"] == ["Herrenhaarschnitt"]

    def test_with_the_same_stylist(self, phone: Phone, salon: Salon, jana: Customer) -> None:
        visit(salon, jana, 10)

        asked = phone.ask("check_availability", **CUT, mitarbeiter="bei dem Gleichen wie immer")
        assert asked["candidates"] == ["Jonas Brandt"]

        assert phone.ask("check_availability", **CUT, mitarbeiter="ja")["staff"] == "Jonas Brandt"

    @pytest.mark.parametrize("caller", ["anonymous", "+4915000000002"])
    def test_nobody_else_hears_what_that_was(self, caller: str, salon: Salon, jana: Customer) -> None:
        visit(salon, jana, 10, "perm")

        reply = Phone(salon.number, caller).ask(
            "check_availability", **{**CUT, "dienstleistung": "wie letztes Mal"}, name="Jana Probst"
        )

        assert (reply["status"], reply["candidates"]) == ("needs_clarification", [])

    def test_ten_haircuts_make_no_haircut_of_a_perm(self, phone: Phone, salon: Salon, jana: Customer) -> None:
        """Dialogue 7 of ``german.md``."""
        for days in range(10, 110, 10):
            visit(salon, jana, days)

        reply = phone.ask("start_booking", **PERM)

        appointment = Appointment.objects.get(pk=reply["appointment_id"])
        assert (reply["service"], appointment.plan.minutes, appointment.phases.count()) == (
            "Dauerwelle",
            135,
            6,
        )

    def test_a_yes_to_nothing_is_no_service(self, phone: Phone) -> None:
        reply = phone.ask("check_availability", **{**CUT, "dienstleistung": "ja"})

        assert reply["status"] == "needs_clarification"
