"""``link_calls``: many calls, one appointment (incident 5, G2, G3), repaired for old rows."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from appointments.models import Appointment, Customer
from calls import tasks
from calls.models import Call, CallAppointment, FunctionCall
from tests.calls.phone import CUT, Phone, give, new_call_id
from tests.salons import MONDAY, NOW, Salon, at, make_salon

Made = Callable[..., FunctionCall]


def run(*args: str) -> tuple[str, int]:
    """What it says, and its exit status."""
    said = StringIO()
    try:
        call_command("link_calls", *args, stdout=said, stderr=said)
    except SystemExit as end:
        return said.getvalue(), int(end.code or 0)
    return said.getvalue(), 0


def links() -> set[tuple[str, int, str]]:
    return set(CallAppointment.objects.values_list("call__call_id", "appointment", "relationship"))


def make(
    salon: Salon,
    customer: Customer | None,
    reply: Any = None,
    *,
    name: str = "start_booking",
    args: Any = None,
    when: datetime = NOW,
) -> FunctionCall:
    """A call of old, of which only what it asked and was answered is known."""
    call = Call.objects.create(
        company=salon.company,
        branch=salon.branch,
        customer=customer,
        caller=customer.phone if customer else None,
        call_id=new_call_id(),
        started_at=when - timedelta(seconds=30),
    )
    status = reply.get("status", "") if isinstance(reply, dict) else ""
    return FunctionCall.objects.create(
        call=call, name=name, args=args or {}, args_digest="", reply=reply, status=status, created_at=when
    )


@pytest.fixture
def booked(salon: Salon, jana: Customer) -> Appointment:
    """Jana's, booked the day before by staff."""
    appointment = give(salon.book(salon.cut, salon.emma, MONDAY, "10:00"), jana)
    Appointment.objects.filter(pk=appointment.pk).update(created_at=NOW - timedelta(days=1))
    return appointment


@pytest.mark.parametrize(
    ("status", "relationship"),
    [
        ("booked", "original"),
        ("provisional", "original"),
        ("already_booked", "original"),
        ("existing", "duplicate_attempt"),
        ("rescheduled", "reschedule"),
        ("cancelled", "cancellation"),
    ],
)
def test_what_the_answer_names_is_linked(
    status: str, relationship: str, salon: Salon, jana: Customer, booked: Appointment
) -> None:
    asked = make(salon, jana, {"status": status, "appointment_id": booked.pk})

    said, code = run()

    assert code == 0
    assert links() == {(asked.call.call_id, booked.pk, relationship)}
    assert f"{asked.call.call_id}: mit Termin {booked.pk} verknüpft" in said
    assert CallAppointment.objects.get().created_at == NOW


@pytest.mark.parametrize(
    "args",
    [
        {"datum": "2025-11-24", "uhrzeit": "10:00"},
        {"datum": "morgen", "uhrzeit": "um zehn"},
        {"date": "24.11.", "time": "10 Uhr"},  # names that only models use
        {"datetime": "2025-11-24 10:00"},
    ],
)
@pytest.mark.parametrize(
    "reply", [None, {"status": "error"}, {"status": "booked"}, "erfolgreich gebucht", []]
)
def test_incident_5_the_call_that_linked_nothing(
    reply: Any, args: dict[str, str], salon: Salon, jana: Customer, booked: Appointment
) -> None:
    """Call 766: the same slot, by the same customer, the day after; the words mean what they meant then."""
    asked = make(salon, jana, reply, args={**args, "dienstleistung": "Herrenhaarschnitt"})

    assert run()[1] == 0
    assert links() == {(asked.call.call_id, booked.pk, "duplicate_attempt")}


def test_what_the_call_itself_had_booked_is_its_original(
    salon: Salon, jana: Customer, booked: Appointment
) -> None:
    Appointment.objects.filter(pk=booked.pk).update(created_at=NOW + timedelta(seconds=2))
    asked = make(salon, jana, None, args=CUT)

    run()

    assert links() == {(asked.call.call_id, booked.pk, "original")}


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("start_booking", {**CUT, "uhrzeit": "11:00"}),  # another slot is another appointment
        ("start_booking", {"datum": "Montag"}),
        ("start_booking", {"datum": "gestern", "uhrzeit": "zehn"}),
        ("start_booking", {}),
        ("start_booking", ["not a dictionary"]),
        ("collect_appointment_data", {**CUT, "bestaetigung": "false"}),  # it only looked
        ("check_availability", CUT),
    ],
)
def test_another_slot_or_none_links_nothing(
    name: str, args: Any, salon: Salon, jana: Customer, booked: Appointment
) -> None:
    make(salon, jana, None, name=name, args=args)

    assert run()[1] == 0
    assert links() == set()


@pytest.mark.parametrize("by_id", [True, False])
def test_a_slot_that_was_past_is_not_linked(
    salon: Salon, jana: Customer, booked: Appointment, *, by_id: bool
) -> None:
    reply = {"status": "existing", "appointment_id": booked.pk} if by_id else None
    make(salon, jana, reply, args={"datum": "2025-11-24", "uhrzeit": "10:00"}, when=at(MONDAY, "10:30"))

    said, code = run()

    assert (links(), code) == (set(), 0)
    assert str(booked.pk) in said or not by_id


def test_another_customers_is_refused(salon: Salon, jana: Customer, booked: Appointment) -> None:
    nora = Customer.objects.create(company=salon.company, name="Nora Vogt", phone="+4915000000008")
    make(salon, nora, {"status": "booked", "appointment_id": booked.pk})

    said, code = run()

    assert (links(), code) == (set(), 1)
    assert "Probst" not in said


@pytest.mark.parametrize("status", ["existing", "cancelled", "rescheduled", "booked"])
def test_without_a_number_nobody_is_proven(status: str, salon: Salon, booked: Appointment) -> None:
    make(salon, None, {"status": status, "appointment_id": booked.pk})

    assert (run()[1], links()) == (1, set())


def test_an_anonymous_call_is_linked_to_what_it_booked_itself(salon: Salon, booked: Appointment) -> None:
    Appointment.objects.filter(pk=booked.pk).update(created_at=NOW + timedelta(seconds=1))
    asked = make(salon, None, {"status": "booked", "appointment_id": booked.pk})

    assert run()[1] == 0
    assert links() == {(asked.call.call_id, booked.pk, "original")}


def test_another_companys_is_refused(salon: Salon, booked: Appointment) -> None:
    """Incident G3: call 15 of one company, appointment 1 of another."""
    other = make_salon("abendstern")
    namesake = Customer.objects.create(company=other.company, name="Jana Probst", phone="+4915000000001")
    make(other, namesake, {"status": "booked", "appointment_id": booked.pk})
    make(other, namesake, None, args=CUT)

    assert (run()[1], links()) == (1, set())


def test_an_appointment_that_is_gone_is_a_finding(salon: Salon, jana: Customer) -> None:
    make(salon, jana, {"status": "booked", "appointment_id": 10**6})

    assert (run()[1], links()) == (1, set())


@pytest.mark.parametrize("appointment_id", [True, "12", None, 1.5, [1]])
def test_what_is_no_id_names_nothing(appointment_id: Any, salon: Salon, jana: Customer) -> None:
    make(salon, jana, {"status": "booked", "appointment_id": appointment_id})

    assert (run()[1], links()) == (0, set())


def test_a_dry_run_says_the_same_and_does_nothing(salon: Salon, jana: Customer, booked: Appointment) -> None:
    asked = make(salon, jana, {"status": "existing", "appointment_id": booked.pk})

    said, code = run("--dry-run")

    assert (links(), code) == (set(), 0)
    assert asked.call.call_id in said


def test_repeating_it_changes_nothing(salon: Salon, jana: Customer, booked: Appointment) -> None:
    make(salon, jana, {"status": "existing", "appointment_id": booked.pk})
    run()
    before = links()

    said, code = run()

    assert (links(), code) == (before, 0)
    assert str(booked.pk) not in said


def test_calls_of_today_are_linked_already(salon: Salon, jana: Customer, phone: Phone) -> None:
    """Booked, asked for again, and repeated: the dispatcher has said it all."""
    phone.ask("start_booking", **CUT)
    phone.ask("start_booking", **CUT)
    Phone(salon.number).ask("start_booking", **CUT)
    before = links()

    assert run()[1] == 0
    assert links() == before
    assert sorted(each[2] for each in before) == ["duplicate_attempt", "original"]


def test_only_one_companys(salon: Salon, jana: Customer, booked: Appointment) -> None:
    make_salon("abendstern")
    make(salon, jana, {"status": "existing", "appointment_id": booked.pk})

    assert (run("--company", "abendstern")[1], links()) == (0, set())
    assert run("--company", "morgenrot")[1] == 0
    assert len(links()) == 1


@pytest.mark.parametrize(("there", "linked"), [("enquiry", 2), ("original", 1), ("reschedule", 1)])
def test_who_has_only_asked_about_it_may_still_have_asked_again(
    there: str, linked: int, salon: Salon, jana: Customer, booked: Appointment
) -> None:
    asked = make(salon, jana, {"status": "existing", "appointment_id": booked.pk})
    CallAppointment.objects.create(
        company=salon.company,
        call=asked.call,
        appointment=booked,
        relationship=there,
        created_at=NOW,
    )

    run()

    assert len(links()) == linked


def test_a_company_that_does_not_exist_is_bad_input(db: None) -> None:
    said, code = run("--company", "nowhere")

    assert (code, said.count("\n")) == (2, 1)


def test_one_appointment_many_calls(salon: Salon, jana: Customer, booked: Appointment) -> None:
    for status in ("booked", "existing", "existing", "cancelled"):
        make(salon, jana, {"status": status, "appointment_id": booked.pk})

    run()

    relationships = [each[2] for each in links()]
    assert sorted(relationships) == ["cancellation", "duplicate_attempt", "duplicate_attempt", "original"]


def test_it_asks_as_often_for_many_as_for_few(salon: Salon, jana: Customer, booked: Appointment) -> None:
    def queries(count: int) -> int:
        for number in range(count):
            make(salon, jana, {"status": "existing", "appointment_id": booked.pk})
            make(salon, jana, None, args={**CUT, "reservation_id": f"res{number}"})
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run()
        return len(captured)

    assert queries(1) == queries(20)


def test_it_says_how_far_it_is(salon: Salon, jana: Customer, booked: Appointment) -> None:
    for _number in range(5):
        make(salon, jana, {"status": "existing", "appointment_id": booked.pk})

    with patch("calls.linking.CHUNK", 2), patch("calls.management.commands.link_calls.CHUNK", 2):
        said, code = run()

    assert code == 0
    assert len(links()) == 5
    assert all(f"{done} von 5" in said for done in (2, 4, 5))


def test_in_the_admin_it_is_shown_first_and_then_done(phone: Phone, jana: Customer, client: Client) -> None:
    client.force_login(User.objects.create_superuser("desk"))
    page = reverse("admin:calls_call_link_calls")
    phone.ask("start_booking", **CUT, name="Jana Probst")
    assert "Es gibt nichts zu tun." in client.get(page).content.decode()
    CallAppointment.objects.all().delete()
    assert "würde mit Termin" in client.get(page).content.decode()
    assert not CallAppointment.objects.exists()
    client.post(page)
    (queued,) = [each for each in OrmQ.objects.all() if each.task["func"] == "calls.tasks.link_calls"]
    assert tasks.link_calls(*queued.task["args"]) == 1
    assert "Es gibt nichts zu tun." in client.get(page).content.decode()
