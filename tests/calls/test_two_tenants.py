"""Two salons alike in everything: whatever function is asked in one, the other neither shows nor changes.

Same number of the same customer, same services, same stylists, same appointments at the same times. What
differs is what would give the other one away: its prices, its customer's name, its hours, its ids.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone

from appointments import booking
from appointments.models import Appointment, Customer, OpeningHours, Policy, Reservation
from calls.events.processing import process_due
from calls.functions.registry import FUNCTIONS
from calls.models import Call, Callback, CallEvent, Offer
from tests.calls.messages import analyzed, ended, started, tell
from tests.calls.phone import CALLER, CUT, WHEN, Phone, give, send
from tests.calls.rows import Rows, changed, everything, owners
from tests.salons import MONDAY, NOW, Salon, make_salon

# Nobody's of the first salon, everywhere in the second.
THEIRS = (
    "Zoe",
    "Fremd",
    "fremd.example",
    "77.00",
    "77 Euro",
    "66.00",
    "66 Euro",
    "23:45",
    "Kratzer",
    "Geheimnis",
)
WEDNESDAY = MONDAY + timedelta(days=2)
AT_TWO = {**CUT, "uhrzeit": "14:00", "mitarbeiter": "Emma"}
MOVED = {"neues_datum": "2025-11-25", "neue_uhrzeit": "10:00"}
NAME = {"name": "Jana Probst"}


@dataclass(frozen=True)
class Ids:
    """What a call in the second salon was given; in arguments, what stands for it."""

    appointment_id: int
    reservation_id: str
    offer_id: str

    def put_into(self, args: Mapping[str, Any]) -> dict[str, Any]:
        return {name: getattr(self, name) if value is ITS else value for name, value in args.items()}


class ITS:
    """Stands for an id that belongs to the second salon."""


# For each function what it is asked, in this order, each time in a call of its own, and its answer.
ASKED: dict[str, list[tuple[dict[str, Any], str]]] = {
    "check_availability": [
        (AT_TWO, "available"),
        (CUT, "existing"),
        ({**CUT, "uhrzeit": "nachmittags"}, "found"),
        ({"offer_id": ITS}, "needs_clarification"),
        ({"position": "1"}, "needs_clarification"),
    ],
    "pre_booking_revalidation": [
        ({"reservation_id": ITS}, "needs_clarification"),
        ({"offer_id": ITS}, "needs_clarification"),
        (AT_TWO, "valid"),
        (CUT, "existing"),
    ],
    "start_booking": [
        ({"reservation_id": ITS, **NAME}, "needs_clarification"),
        ({"offer_id": ITS, **NAME}, "needs_clarification"),
        ({**CUT, **NAME}, "existing"),
        ({**AT_TWO, "name": "Zoe Fremd"}, "booked"),
        ({**AT_TWO, "uhrzeit": "16:00"}, "booked"),
    ],
    "get_alternatives": [(CUT, "found"), (AT_TWO, "found"), ({"offer_id": ITS}, "needs_clarification")],
    "get_customer_appointments": [({}, "found"), ({"datum": "2025-11-24"}, "found")],
    "reschedule_appointment": [
        ({"appointment_id": ITS, **MOVED}, "needs_clarification"),
        ({**MOVED, "name": "Zoe Fremd"}, "needs_clarification"),
        ({"offer_id": ITS}, "needs_clarification"),
        ({**MOVED, "bestaetigung": False}, "ready_for_confirmation"),
        # Where the one before is held: it waits for a yes.
        (MOVED, "slot_taken"),
        ({**MOVED, "neue_uhrzeit": "14:00"}, "rescheduled"),
    ],
    "cancel_appointment": [
        ({"appointment_id": ITS}, "needs_clarification"),
        ({"name": "Zoe Fremd"}, "needs_clarification"),
        ({"datum": "2025-11-24", "uhrzeit": "10:00"}, "cancelled"),
        ({"appointment_id": ITS}, "none"),
    ],
    "request_callback": [({"grund": "Farbe", "name": "Zoe Fremd", "telefon": CALLER}, "callback_queued")],
    "list_services": [({}, "found"), ({"dienstleistung": "Dauerwelle"}, "found")],
    "get_current_context": [({"name": "Zoe Fremd"}, "known")],
    "get_opening_hours": [({}, "found"), ({"datum": "2025-11-24"}, "found")],
    "parse_date": [(WHEN, "found")],
    "release_reservation": [({"reservation_id": ITS}, "released"), ({}, "released")],
    "confirm_booking": [({}, "needs_clarification")],
    "collect_appointment_data": [
        (AT_TWO, "available"),
        ({**AT_TWO, "uhrzeit": "17:00", "bestaetigung": True}, "booked"),
        ({**CUT, **NAME, "bestaetigung": True}, "existing"),
    ],
}


@pytest.fixture
def mine(salon: Salon, jana: Customer) -> Salon:
    Customer.objects.filter(pk=jana.pk).update(email="jana@probst.example")
    _appointments(salon, jana)
    return salon


@pytest.fixture
def other(mine: Salon) -> Salon:
    other = make_salon("abendrot")
    other.company.services.update(price="77.00")
    zoe = Customer.objects.create(
        company=other.company, name="Zoe Fremd", phone=CALLER, email="zoe@fremd.example", notes="Kratzer"
    )
    for appointment in _appointments(other, zoe):
        booking.edit(appointment, {"notes": "Geheimnis"}, now=NOW)
    OpeningHours.objects.filter(branch=other.branch).update(end_minute=23 * 60 + 45)
    Policy.objects.create(
        company=other.company,
        cancel_hours_before=66,
        fees=[{"hours": 0, "amount": "66.00"}],
        max_reschedules=0,
    )
    return other


def _appointments(salon: Salon, customer: Customer) -> list[Appointment]:
    """One that is over, one to come: at the same times in both."""
    past = salon.book(salon.cut, salon.emma, date(2025, 11, 10), "10:00", now=NOW - timedelta(days=20))
    return [
        give(past, customer),
        give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), customer),
    ]


@pytest.fixture
def its(other: Salon) -> Ids:
    """A call of Zoe's: has a time held, was offered others, has booked, and waits to be called back."""
    phone = Phone(other.number)
    booked = phone.ask("start_booking", **{**AT_TWO, "datum": str(WEDNESDAY)})
    offers = phone.ask("get_alternatives", **CUT)["alternatives"]
    phone.ask("request_callback", grund="Geheimnis")
    held = phone.ask("check_availability", **AT_TWO)
    tell(started(phone))
    process_due(now=timezone.now())
    return Ids(booked["appointment_id"], held["reservation_id"], offers[0]["offer_id"])


def nothing_crossed(before: Rows, salon: Salon) -> set[type[Model]]:
    """Whatever has changed since belongs to ``salon`` and to nobody else; of which kinds it is."""
    rows = changed(before)
    for known in (before, everything()):
        for row in rows & known.keys():
            assert set(owners(row, known)) == {salon.company.pk}, (row, known[row])
    return {model for model, _pk in rows}


def expect_own(reply: Any, salon: Salon) -> None:
    """No word and no id of anybody else."""
    text = json.dumps(reply, ensure_ascii=False)
    for token in (*values_of(reply, "reservation_id"), *values_of(reply, "offer_id")):
        text = text.replace(token, "")  # which may spell anything
    assert [each for each in THEIRS if each in text] == []
    for name, model, key in (
        ("appointment_id", Appointment, "pk"),
        ("callback_id", Callback, "pk"),
        ("reservation_id", Reservation, "token"),
        ("offer_id", Offer, "token"),
    ):
        for value in values_of(reply, name):
            assert model._base_manager.get(**{key: value}).company == salon.company


def values_of(reply: Any, name: str) -> list[Any]:
    if isinstance(reply, list):
        return [value for each in reply for value in values_of(each, name)]
    if not isinstance(reply, dict):
        return []
    inner = [value for each in reply.values() for value in values_of(each, name)]
    return inner + ([reply[name]] if reply.get(name) else [])


@pytest.mark.parametrize("name", sorted({each.name for each in FUNCTIONS.values()}))
def test_nothing_crosses_in_any_function(name: str, mine: Salon, other: Salon, its: Ids) -> None:
    """Invariant I8; incidents G3, G15, G16, H18, I4, I7, I8. A function without a row fails here."""
    before = everything()

    for args, status in ASKED[name]:
        reply = Phone(mine.number).ask(name, **its.put_into(args))

        assert reply["status"] == status, (args, reply)
        expect_own({key: value for key, value in reply.items() if value not in args.values()}, mine)

    assert Call in nothing_crossed(before, mine)


def test_a_call_of_the_other_salon_is_none_of_this_one(mine: Salon, other: Salon, its: Ids) -> None:
    """Its very call id, with our number: nothing is said and nothing changes."""
    phone = Phone(mine.number, call_id=Call.objects.get(company=other.company).call_id)
    before = everything()

    for name, asked in ASKED.items():
        assert phone.ask(name, **its.put_into(asked[-1][0]))["status"] == "unknown_number"

    assert changed(before) == set()


def test_nothing_crosses_in_messages_about_calls(mine: Salon, other: Salon, its: Ids) -> None:
    phone = Phone(mine.number)
    before = everything()

    for message in (started(phone), ended(phone), analyzed(phone)):
        assert (tell(message).status_code, tell(message).content) == (204, b"")
    process_due(now=timezone.now())

    assert {Call, CallEvent} <= nothing_crossed(before, mine)
    call = Call.objects.get(call_id=phone.call_id)
    assert (call.company, call.customer and call.customer.name) == (mine.company, "Jana Probst")


def test_a_message_that_names_the_other_salons_call_changes_nothing_of_it(
    mine: Salon, other: Salon, its: Ids
) -> None:
    theirs = Call.objects.get(company=other.company)
    before = {row: values for row, values in everything().items() if row[0] is not CallEvent}

    tell(ended(Phone(mine.number, call_id=theirs.call_id)))
    process_due(now=timezone.now())

    assert {row: values for row, values in everything().items() if row[0] is not CallEvent} == before


def test_nothing_crosses_while_it_rings(mine: Salon, other: Salon, its: Ids) -> None:
    before = everything()
    ringing = {"event": "call_inbound", "call_inbound": {"from_number": CALLER, "to_number": mine.number}}

    answer = json.loads(send(ringing, path="/retell/inbound/").content)

    assert answer["call_inbound"]["dynamic_variables"]["customer_first_name"] == "Jana"
    expect_own(answer, mine)
    assert everything() == before


def test_the_test_sees_what_crosses(mine: Salon, other: Salon, its: Ids) -> None:
    """Negative control: a row, an id and a word of the other salon are each noticed."""
    before = everything()
    with pytest.raises(AssertionError):
        expect_own({"message": "Zoe Fremd"}, mine)
    with pytest.raises(AssertionError):
        expect_own({"appointments": [{"appointment_id": its.appointment_id}]}, mine)
    Appointment.objects.filter(pk=its.appointment_id).update(notes="changed")
    with pytest.raises(AssertionError):
        nothing_crossed(before, mine)
