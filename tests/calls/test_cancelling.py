"""``cancel_appointment``: the caller's own, and no other."""

from datetime import date
from typing import Any

import pytest

from appointments import booking
from appointments.models import Appointment, Customer, CustomerChange, Policy
from appointments.models.appointment import Status
from calls.models import CallAppointment
from tests.calls.phone import CALLER, CUT, Phone, booked, give
from tests.calls.test_idempotency import at_once
from tests.salons import MONDAY, NOW, Salon

TUESDAY = date(2025, 11, 25)


@pytest.fixture
def ten(salon: Salon, jana: Customer) -> Appointment:
    return give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)


@pytest.fixture
def two(salon: Salon, jana: Customer, ten: Appointment) -> list[Appointment]:
    return [ten, give(salon.book(salon.perm, salon.jonas, TUESDAY, "09:00"), jana)]


def statuses() -> list[str]:
    return list(Appointment.objects.order_by("pk").values_list("status", flat=True))


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"call_id": "call_1"},
        {"appointment_date": "2025-11-24", "customer_name": "Jana Probst"},
        {"datum": "am Montag", "uhrzeit": "um zehn"},
        {"altes_datum": "24.11."},
        {"bestaetigung": True},
        {"grund": "krank"},
    ],
)
def test_the_only_one_is_cancelled(said: dict[str, Any], phone: Phone, ten: Appointment) -> None:
    reply = phone.ask("cancel_appointment", **said)

    assert (reply["status"], reply["appointment_id"], reply["fee"]) == ("cancelled", ten.pk, "0.00")
    assert "abgesagt" in reply["message"]
    assert (booked(), statuses()) == ([], [Status.CANCELLED])
    assert [each.relationship for each in CallAppointment.objects.all()] == ["cancellation"]


def test_of_several_none_is_guessed(phone: Phone, two: list[Appointment]) -> None:
    """Incidents H12 and H17."""
    reply = phone.ask("cancel_appointment")

    assert reply["status"] == "several"
    assert [each["appointment_id"] for each in reply["appointments"]] == [each.pk for each in two]
    assert len(booked()) == 2


@pytest.mark.parametrize(
    "hint",
    [
        {"position": 2},
        {"datum": "Dienstag"},
        {"uhrzeit": "neun"},
        {"dienstleistung": "die Dauerwelle"},
        {"mitarbeiter": "bei Jonas"},
    ],
)
def test_a_hint_says_which(hint: dict[str, Any], phone: Phone, two: list[Appointment]) -> None:
    phone.ask("cancel_appointment")

    reply = phone.ask("cancel_appointment", **hint)

    assert (reply["status"], reply["appointment_id"]) == ("cancelled", two[1].pk)
    assert len(booked()) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"datum": "Mittwoch"}, {"appointment_id": "1000000"}, {"name": "Herbert Müller"}, {"position": 7}],
)
def test_a_wrong_hint_cancels_nothing(wrong: dict[str, Any], phone: Phone, ten: Appointment) -> None:
    reply = phone.ask("cancel_appointment", **wrong)

    assert (reply["status"], len(booked())) == ("needs_clarification", 1)

    agreed = phone.ask("cancel_appointment", bestaetigung="ja")
    assert (agreed["status"], agreed["appointment_id"]) == ("cancelled", ten.pk)


def test_a_no_asks_first(phone: Phone, salon: Salon, ten: Appointment) -> None:
    Policy.objects.create(company=salon.company, fees=[{"hours": 0, "amount": "10"}])

    reply = phone.ask("cancel_appointment", bestaetigung=False)
    assert (reply["status"], len(booked())) == ("needs_clarification", 1)
    assert "10 Euro" in reply["message"]

    assert phone.ask("cancel_appointment", bestaetigung="ja")["fee"] == "10.00"


def test_the_salons_rules_are_kept(phone: Phone, salon: Salon, ten: Appointment) -> None:
    Policy.objects.create(company=salon.company, cancel_hours_before=24)

    reply = phone.ask("cancel_appointment")

    assert (reply["status"], reply["reason"], len(booked())) == ("denied", "deadline_missed", 1)


def test_without_any_there_is_nothing_to_cancel(phone: Phone, jana: Customer) -> None:
    assert phone.ask("cancel_appointment")["status"] == "none"


class TestRepeating:
    """Invariant I7."""

    @pytest.mark.parametrize("tools", [("tool_1", "tool_1"), ("tool_1", "tool_2")])
    @pytest.mark.parametrize("said", [{}, {"datum": "Montag"}])
    def test_it_is_cancelled_once(
        self, said: dict[str, str], tools: tuple[str, str], phone: Phone, ten: Appointment
    ) -> None:
        replies = [phone.ask("cancel_appointment", tool_call_id=tool, **said) for tool in tools]

        assert replies[0] == replies[1]
        assert CustomerChange.objects.count() == 1

    def test_a_repetition_does_not_cost_the_other_appointment(
        self, phone: Phone, two: list[Appointment]
    ) -> None:
        phone.ask("cancel_appointment", datum="Montag")

        reply = phone.ask("cancel_appointment")

        assert (reply["status"], len(booked())) == ("needs_clarification", 1)
        assert [each["appointment_id"] for each in reply["appointments"]] == [two[1].pk]

    def test_both_if_both_are_meant(self, phone: Phone, two: list[Appointment]) -> None:
        for day in ("Montag", "Dienstag"):
            assert phone.ask("cancel_appointment", datum=day)["status"] == "cancelled"

        assert booked() == []

    def test_what_was_booked_again_is_cancelled_again(self, phone: Phone, ten: Appointment) -> None:
        phone.ask("cancel_appointment")
        again = phone.ask("start_booking", **CUT)

        reply = phone.ask("cancel_appointment", datum="Montag")

        assert (reply["status"], reply["appointment_id"]) == ("cancelled", again["appointment_id"])
        assert booked() == []


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_one_call_delivered_six_times(self, phone: Phone, ten: Appointment) -> None:
        replies = at_once(6, lambda _n: phone.ask("cancel_appointment"))

        assert replies == [replies[0]] * 6
        assert CustomerChange.objects.count() == 1

    def test_two_calls_cancel_it(self, salon: Salon, ten: Appointment) -> None:
        """The second hears that it is cancelled, or that there is none: both are true."""
        phones = [Phone(salon.number), Phone(salon.number)]

        replies = at_once(2, lambda n: phones[n].ask("cancel_appointment"))

        assert {each["status"] for each in replies} <= {"cancelled", "none"}
        assert "cancelled" in {each["status"] for each in replies}
        assert CustomerChange.objects.count() == 1

    def test_one_call_moves_it_and_one_cancels_it(self, salon: Salon, ten: Appointment) -> None:
        phones = [Phone(salon.number), Phone(salon.number)]
        to = {"neues_datum": "2025-11-25", "neue_uhrzeit": "14:00"}

        replies = at_once(
            2,
            lambda n: (
                phones[0].ask("reschedule_appointment", **to) if n else phones[1].ask("cancel_appointment")
            ),
        )

        ten.refresh_from_db()
        assert replies[0]["status"] == "cancelled"
        assert replies[1]["status"] in ("rescheduled", "none")
        assert (ten.status, ten.allocations.count()) == (Status.CANCELLED, 0)

    @pytest.mark.parametrize("limit", [1, None])
    def test_two_calls_move_it(self, limit: int | None, salon: Salon, ten: Appointment) -> None:
        """Where one move is allowed the other is denied; each is told what has become of its own."""
        Policy.objects.create(company=salon.company, max_reschedules=limit)
        phones, hours = [Phone(salon.number), Phone(salon.number)], ("14:00", "16:00")

        replies = at_once(
            2,
            lambda n: phones[n].ask(
                "reschedule_appointment", neues_datum="2025-11-25", neue_uhrzeit=hours[n]
            ),
        )

        expected = ["denied", "rescheduled"] if limit else ["rescheduled"] * 2
        assert sorted(each["status"] for each in replies) == expected
        assert CustomerChange.objects.count() == len([each for each in expected if each != "denied"])
        assert len(booked()) == 1


def test_a_child_of_the_caller_is_the_callers(phone: Phone, ten: Appointment) -> None:
    booking.edit(ten, {"attendee_name": "Mia Kind"}, now=NOW)

    assert phone.ask("cancel_appointment", name="Mia Kind")["status"] == "cancelled"


def test_another_number_of_the_same_name_cancels_nothing(salon: Salon, ten: Appointment) -> None:
    Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4915000000002")

    reply = Phone(salon.number, "+4915000000002").ask(
        "cancel_appointment", name="Jana Probst", telefon=CALLER
    )

    assert (reply["status"], len(booked())) == ("none", 1)
