"""Repeating is safe (invariant I7): twice, or twice at once, has the effect and the answer of once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from appointments import booking, hooks
from appointments.models import Appointment, Reservation
from calls.models import FunctionCall
from tests.calls.phone import CUT, PERM, Phone, booked, held, nothing_blocks
from tests.salons import MONDAY, NOW, Salon

ANNA = {"name": "Anna Sommer"}


@pytest.fixture
def broken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is told of the first changed appointment fails; what had begun must be undone."""
    failures = [RuntimeError("the disk is full")]

    def fail_once(_appointment: Appointment) -> None:
        if failures:
            raise failures.pop()

    monkeypatch.setattr(hooks, "_changed", [fail_once])


class TestTheSameToolCall:
    """Same id, name and arguments: it is the platform that repeats itself (incidents D6, D8)."""

    def test_it_is_checked_once(self, phone: Phone) -> None:
        first = phone.ask("check_availability", tool_call_id="tool_1", **CUT)
        again = phone.ask("check_availability", tool_call_id="tool_1", **CUT)

        assert again == first
        assert Reservation.objects.count() == FunctionCall.objects.count() == 1

    def test_it_is_booked_once(self, phone: Phone) -> None:
        """Incident D6: the second answer was "vergeben"."""
        first = phone.ask("start_booking", tool_call_id="tool_1", **CUT, **ANNA)
        again = phone.ask("start_booking", tool_call_id="tool_1", **CUT, **ANNA)

        assert (again, again["status"]) == (first, "booked")
        assert len(booked()) == 1

    def test_its_refusal_is_repeated_even_if_the_slot_is_free_by_now(
        self, phone: Phone, salon: Salon
    ) -> None:
        other = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        first = phone.ask("check_availability", tool_call_id="tool_1", **CUT, mitarbeiter="Emma")
        booking.cancel(other, now=NOW)

        assert phone.ask("check_availability", tool_call_id="tool_1", **CUT, mitarbeiter="Emma") == first
        assert held() == []

    @pytest.mark.parametrize("order", [1, -1])
    def test_the_order_and_the_names_of_arguments_do_not_make_another_call(
        self, order: int, phone: Phone
    ) -> None:
        said = {"service_name": "Herrenhaarschnitt", "date": "2025-11-24", "time": "10:00"}
        first = phone.ask("check_availability", tool_call_id="tool_1", **CUT)

        again = phone.ask("check_availability", tool_call_id="tool_1", **dict(list(said.items())[::order]))

        assert again == first

    @pytest.mark.parametrize("other", [{"uhrzeit": "14:00"}, {"name": "Mia Sommer"}])
    def test_other_arguments_are_another_call(self, other: dict[str, str], phone: Phone) -> None:
        """Parallel tool calls can carry the same last invocation."""
        phone.ask("check_availability", tool_call_id="tool_1", **CUT)

        reply = phone.ask("check_availability", tool_call_id="tool_1", **{**CUT, **other})

        assert reply["status"] == "available"
        assert FunctionCall.objects.count() == 2

    def test_another_function_is_another_call(self, phone: Phone) -> None:
        phone.ask("check_availability", tool_call_id="tool_1", **CUT)

        assert phone.ask("start_booking", tool_call_id="tool_1", **CUT, **ANNA)["status"] == "booked"

    def test_another_conversation_is_another_call(self, phone: Phone, salon: Salon) -> None:
        phone.ask("check_availability", tool_call_id="tool_1", **CUT, mitarbeiter="Emma")

        reply = Phone(salon.number).ask(
            "check_availability", tool_call_id="tool_1", **CUT, mitarbeiter="Emma"
        )

        assert reply["status"] == "unavailable"

    def test_an_accident_is_not_repeated(self, phone: Phone, broken_once: None) -> None:
        first = phone.ask("start_booking", tool_call_id="tool_1", **CUT, **ANNA)
        assert (first["status"], nothing_blocks()) == ("error", True)

        again = phone.ask("start_booking", tool_call_id="tool_1", **CUT, **ANNA)

        assert again["status"] == "booked"
        assert [each.error for each in FunctionCall.objects.order_by("pk")] == [
            "RuntimeError: the disk is full",
            "",
        ]


class TestAnotherToolCall:
    """What the model or the caller says once more."""

    @pytest.mark.parametrize(
        "again",
        [
            CUT,
            {**CUT, "uhrzeit": "10:00:00"},
            {"datetime": "2025-11-24T10:00:00", "service_name": "Herrenhaarschnitt"},
        ],
    )
    @pytest.mark.parametrize("tools", [("", ""), ("tool_1", "tool_2")])
    def test_a_booking_once_more_is_already_booked(
        self, tools: tuple[str, str], again: dict[str, str], phone: Phone
    ) -> None:
        first = phone.ask("start_booking", tool_call_id=tools[0], **CUT, **ANNA)

        second = phone.ask("start_booking", tool_call_id=tools[1], **again, **ANNA)

        assert second == {**first, "status": "already_booked"}
        assert len(booked()) == 1

    @pytest.mark.parametrize("by", ["reservation_id", "offer_id"])
    def test_a_choice_booked_once_more_is_already_booked(self, by: str, phone: Phone) -> None:
        if by == "reservation_id":
            chosen = phone.ask("check_availability", **CUT)["reservation_id"]
        else:
            chosen = phone.ask("get_alternatives", **CUT)["alternatives"][0]["offer_id"]
        replies = [phone.ask("start_booking", **{by: chosen}, **ANNA) for _twice in range(2)]

        assert [each["status"] for each in replies] == ["booked", "already_booked"]
        assert [each.pk for each in Appointment.objects.all()] == [replies[1]["appointment_id"]]

    @pytest.mark.parametrize("function", ["check_availability", "start_booking"])
    def test_a_refusal_is_asked_anew(self, function: str, phone: Phone, salon: Salon) -> None:
        """The slot may have become free."""
        other = salon.book(salon.cut, salon.emma, MONDAY, "10:00")
        first = phone.ask(function, tool_call_id="tool_1", **CUT, **ANNA, mitarbeiter="Emma")
        booking.cancel(other, now=NOW)

        again = phone.ask(function, tool_call_id="tool_2", **CUT, **ANNA, mitarbeiter="Emma")

        assert (first["success"], again["success"]) == (False, True)

    def test_two_bookings_in_one_call_are_two(self, phone: Phone) -> None:
        """Incident D15: the second was taken for a repetition of the first."""
        wishes = (
            {**CUT, **ANNA, "mitarbeiter": "Emma"},
            {**CUT, **ANNA, "uhrzeit": "14:00"},
            {**PERM, **ANNA, "uhrzeit": "15:00"},
            {**CUT, **ANNA, "mitarbeiter": "Jonas"},
        )

        replies = [phone.ask("start_booking", **wish) for wish in wishes]

        assert [each["status"] for each in replies] == ["booked"] * 4
        assert len({each["appointment_id"] for each in replies}) == len(booked()) == 4

    def test_what_was_cancelled_meanwhile_is_booked_again(self, phone: Phone) -> None:
        """Already booked is only what blocks."""
        first = phone.ask("start_booking", **CUT, **ANNA)
        booking.cancel(Appointment.objects.get(), now=NOW)

        again = phone.ask("start_booking", **CUT, **ANNA)

        assert again["status"] == "booked"
        assert again["appointment_id"] != first["appointment_id"]


def at_once(count: int, ask: Callable[[int], Any]) -> list[Any]:
    """Calls ``ask`` in so many threads, each with its own database connection."""
    start = Barrier(count)

    def run(number: int) -> Any:
        try:
            start.wait(timeout=10)
            return ask(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Up to six deliveries of one call can arrive together (``retell.md`` §1)."""

    def test_one_tool_call_delivered_six_times(self, phone: Phone) -> None:
        replies = at_once(6, lambda _n: phone.ask("start_booking", tool_call_id="tool_1", **CUT, **ANNA))

        assert replies == [replies[0]] * 6
        assert replies[0]["status"] == "booked"
        assert [each.pk for each in Appointment.objects.all()] == [replies[0]["appointment_id"]]

    def test_the_same_booking_without_an_id_of_its_own(self, phone: Phone) -> None:
        replies = at_once(6, lambda _n: phone.ask("start_booking", **CUT, **ANNA))

        assert sorted(each["status"] for each in replies) == ["already_booked"] * 5 + ["booked"]
        assert {each["appointment_id"] for each in replies} == {Appointment.objects.get().pk}

    def test_a_hold_booked_and_confirmed_and_asked_for_at_once(self, phone: Phone) -> None:
        reservation_id = phone.ask("check_availability", **CUT, mitarbeiter="Emma")["reservation_id"]
        functions = ("start_booking", "pre_booking_revalidation", "start_booking")

        replies = at_once(3, lambda n: phone.ask(functions[n], reservation_id=reservation_id, **ANNA))

        assert sorted(replies[n]["status"] for n in (0, 2)) == ["already_booked", "booked"]
        assert replies[1]["status"] in ("valid", "existing")
        assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]

    def test_different_bookings_of_one_call(self, phone: Phone) -> None:
        hours = ("09:00", "11:00", "13:00", "15:00")

        replies = at_once(4, lambda n: phone.ask("start_booking", **{**CUT, "uhrzeit": hours[n]}, **ANNA))

        assert [each["status"] for each in replies] == ["booked"] * 4

    def test_different_calls_for_one_slot(self, phone: Phone, salon: Salon) -> None:
        """Incidents D1, D14: one has it, the others hear that it is taken."""
        phones = [Phone(salon.number, f"+491500000010{n}") for n in range(8)]

        replies = at_once(8, lambda n: phones[n].ask("start_booking", **CUT, **ANNA, mitarbeiter="Emma"))

        assert sorted(each["status"] for each in replies) == ["booked"] + ["slot_taken"] * 7
        assert booked() == [("Emma Keller", "Mo 10:00", "Herrenhaarschnitt")]

    def test_after_an_accident_the_next_message_is_not_kept_waiting(
        self, phone: Phone, broken_once: None
    ) -> None:
        """From another process, so to say: nothing of the failed one is still locked."""
        assert phone.ask("start_booking", **CUT, **ANNA)["status"] == "error"

        replies = at_once(1, lambda _n: phone.ask("start_booking", **CUT, **ANNA))

        assert [each["status"] for each in replies] == ["booked"]
