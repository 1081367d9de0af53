"""Nothing personal before proof (invariant I9), and nothing personal in the log."""

import json
import logging
from typing import Any

import pytest

from appointments import booking, hooks
from appointments.models import Appointment, Customer
from calls.models import Call, FunctionCall
from calls.signature import sign
from tests.calls.phone import CUT, WHEN, Phone, expect_reply, give, now_ms, post, send
from tests.salons import MONDAY, NOW, Salon

KLARA = {"name": "Klara Engelhardt", "phone": "+4915000000077", "email": "klara.engelhardt@example.org"}
SECRETS = ("Klara", "Engelhardt", "15000000077", "example.org", "Allergie", "Mia Kind")
ASKED = [
    ("check_availability", {**CUT, "mitarbeiter": "Emma"}),
    ("check_availability", CUT),
    ("check_availability", {**CUT, "uhrzeit": "vormittags"}),
    ("pre_booking_revalidation", {**CUT, "mitarbeiter": "Emma"}),
    ("start_booking", {**CUT, "mitarbeiter": "Emma", "name": "Anna Sommer"}),
    ("get_alternatives", {**CUT, "mitarbeiter": "Emma"}),
    ("release_reservation", {}),
    ("list_services", {}),
    ("get_opening_hours", {"datum": "2025-11-24"}),
    ("get_customer_appointments", {"datum": "2025-11-24"}),
    ("reschedule_appointment", {"neues_datum": "2025-11-25", "neue_uhrzeit": "10:00"}),
    ("reschedule_appointment", {"altes_datum": "2025-11-24", "alte_uhrzeit": "10:00"}),
    ("cancel_appointment", {}),
    ("cancel_appointment", {"datum": "2025-11-24", "uhrzeit": "10:00"}),
    ("request_callback", {"grund": "Termin"}),
    ("get_current_context", {}),
    ("parse_date", {"datum": "2025-11-24"}),
    ("confirm_booking", {}),
    ("collect_appointment_data", CUT),
]
TRICKS: list[dict[str, Any]] = [
    {},
    {"name": "Klara Engelhardt", "telefon": "+4915000000077", "email": "klara.engelhardt@example.org"},
    {"appointment_id": 1, "customer_id": 1, "reservation_id": "1"},
]


@pytest.fixture
def klaras(salon: Salon) -> Appointment:
    """Emma's ten o'clock: a customer, her number, her address, a note, and who comes instead."""
    klara = Customer.objects.create(company=salon.company, **KLARA)
    appointment = give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), klara)
    changes = {"notes": "Allergie", "attendee_name": "Mia Kind", "contact_phone": "+4915000000077"}
    return booking.edit(appointment, changes, now=NOW)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("caller", ["anonymous", "+4915000000002"])
@pytest.mark.parametrize(("function", "args"), ASKED)
def test_a_stranger_hears_nothing_about_whose_appointment_it_is(
    function: str, args: dict[str, Any], caller: str, trick: dict[str, Any], klaras: Appointment
) -> None:
    """Incident H16: a refusal read out the number of whoever had booked."""
    number = klaras.branch.phone_numbers.get().number
    response = send(Phone(number, caller).message(function, {**trick, **args}))

    assert expect_reply(response)["status"] != "existing"
    text = response.content.decode()
    assert [each for each in SECRETS if each in text] == []
    assert "appointment_id" not in text or function == "start_booking"


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("caller", ["anonymous", "+4915000000002"])
@pytest.mark.parametrize("function", ["reschedule_appointment", "cancel_appointment"])
def test_a_stranger_changes_nothing(
    function: str, caller: str, trick: dict[str, Any], klaras: Appointment
) -> None:
    """Incident H17: without arguments the company's first appointment was cancelled."""
    phone = Phone(klaras.branch.phone_numbers.get().number, caller)
    said = {"neues_datum": "2025-11-25", "neue_uhrzeit": "10:00"} if function.startswith("re") else {}

    reply = phone.ask(function, **said, **{**trick, "appointment_id": klaras.pk})

    assert (reply["status"], reply["success"]) == ("not_identified", False)
    before = klaras.revision
    klaras.refresh_from_db()
    assert (klaras.status, klaras.revision) == ("booked", before)


def test_what_a_stranger_hears_is_the_same_whether_there_is_an_appointment_or_not(
    klaras: Appointment,
) -> None:
    number = klaras.branch.phone_numbers.get().number
    for function in ("get_customer_appointments", "cancel_appointment", "reschedule_appointment"):
        replies = [
            Phone(number, "+4915000000002").ask(function, appointment_id=pk) for pk in (klaras.pk, 10**9)
        ]
        assert replies[0]["message"] == replies[1]["message"]


def test_another_customer_cannot_reach_it_by_id(klaras: Appointment, salon: Salon) -> None:
    """Invariant I8: ids of appointments are bound to the caller."""
    Customer.objects.create(company=salon.company, name="Otto Fremd", phone="+4915000000002")
    phone = Phone(salon.number, "+4915000000002")

    for function in ("cancel_appointment", "reschedule_appointment"):
        assert phone.ask(function, appointment_id=klaras.pk)["status"] == "none"

    klaras.refresh_from_db()
    assert klaras.status == "booked"


def test_the_owner_is_told_of_it_and_nobody_elses_facts(klaras: Appointment, salon: Salon) -> None:
    reply = Phone(salon.number, KLARA["phone"]).ask("check_availability", **CUT)

    assert (reply["status"], reply["appointment_id"]) == ("existing", klaras.pk)
    assert [each for each in SECRETS if each in json.dumps(reply)] == []


@pytest.mark.parametrize("caller", ["+4315000000077", "+49915000000077", "+4915000000078"])
def test_a_number_that_only_resembles_hers_is_not_hers(
    caller: str, klaras: Appointment, salon: Salon
) -> None:
    """Incident H18: the last eight digits were compared."""
    assert Phone(salon.number, caller).ask("check_availability", **CUT)["status"] == "available"


PERSONAL = {
    "name": "Zacharias Qwertz",
    "email": "zacharias.qwertz@example.org",
    "telefon": "+4915000000088",
    "notiz": "Schwanger",
    "geheim": "Unbekanntes",
}
IN_THE_CALL = {
    "access_token": "token-of-a-web-call",
    "transcript": "Mein Name ist Zacharias Qwertz",
    "metadata": {"customer": "Zacharias"},
}
NEVER_LOGGED = (
    *("Zacharias", "Qwertz", "example.org", "15000000088", "Schwanger", "Unbekanntes"),
    *("token-of-a-web-call", "Herrenhaarschnitt", "v="),
)


def break_it(_appointment: Appointment) -> None:
    raise RuntimeError


@pytest.mark.parametrize(
    "function", ["check_availability", "start_booking", "list_services", "zaubern", "release_reservation"]
)
@pytest.mark.parametrize("fails", [False, True])
def test_bodies_and_signatures_are_never_logged(
    function: str,
    phone: Phone,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    *,
    fails: bool,
) -> None:
    """Incident J18. Also not when something breaks, with its traceback."""
    if fails:
        monkeypatch.setattr(hooks, "_changed", [break_it])
    caplog.set_level(logging.DEBUG)
    message = phone.message(function, {**CUT, **PERSONAL})
    message["call"] |= {**IN_THE_CALL, "from_number": "+4915000000088"}
    raw = json.dumps(message).encode()
    signature = sign(raw, key="test-api-key-of-retell", now_ms=now_ms())

    post(raw, **{"X-Retell-Signature": signature})
    post(raw, **{"X-Retell-Signature": f"{signature}0"})
    post(raw[:-1])

    digest = signature.partition("d=")[2]
    assert [each for each in (*NEVER_LOGGED, digest) if each in caplog.text] == []


def test_of_a_message_only_what_the_call_needs_is_stored(phone: Phone) -> None:
    """Transcripts come by webhook, and with a retention; tokens are nobody's business."""
    message = phone.message("check_availability", {**CUT, **PERSONAL})
    message["call"] |= IN_THE_CALL
    send(message)

    stored = json.dumps([*Call.objects.values(), *FunctionCall.objects.values()], default=str)
    assert [each for each in ("token-of-a-web-call", "Mein Name", "Unbekanntes") if each in stored] == []
    assert FunctionCall.objects.get().args == {
        **WHEN,
        "dienstleistung": "Herrenhaarschnitt",
        **{name: value for name, value in PERSONAL.items() if name != "geheim"},
    }
