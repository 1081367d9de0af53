"""What the planner's script sends: one writer, honest refusals, nobody else's rows."""

import json
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from appointments import booking
from appointments.access import Role
from appointments.audit import Channel, acting
from appointments.models import Appointment, Customer, WaitlistEntry
from appointments.models.appointment import Source
from tests.admin.test_scoping import member
from tests.salons import MONDAY, NOW, Salon, at, make_salon

START = f"{MONDAY.isoformat()}T%s"


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(salon: Salon) -> Client:
    return member(salon, Role.RECEPTIONIST)


@pytest.fixture
def appointment(salon: Salon) -> Appointment:
    return salon.book(salon.cut, salon.emma, MONDAY, "10:00")


def send(client: Client, name: str, body: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(reverse(name), text, content_type="application/json")


def moved(appointment: Appointment, clock: str, **facts: Any) -> dict[str, Any]:
    place = {"start": START % clock, "staff": appointment.staff_id, "revision": appointment.revision}
    return {"appointment": appointment.pk, **place, **facts}


def booked(salon: Salon, clock: str, **facts: Any) -> dict[str, Any]:
    place = {"branch": salon.branch.pk, "staff": salon.emma.pk, "service": salon.cut.pk}
    return {**place, "start": START % clock, "name": "Jana Probst", **facts}


def test_moves_and_says_where_it_stands(desk: Client, salon: Salon, appointment: Appointment) -> None:
    answer = send(desk, "planner-move", moved(appointment, "11:00", staff=salon.jonas.pk))
    assert answer.json() == {
        "appointment": appointment.pk,
        "revision": 2,
        "start": START % "11:00",
        "staff": salon.jonas.pk,
        "waiting": "",
    }
    appointment.refresh_from_db()
    assert (appointment.starts_at, appointment.staff) == (at(MONDAY, "11:00"), salon.jonas)
    assert appointment.history.first().channel == "staff"


def test_a_move_says_who_could_come_instead(desk: Client, salon: Salon, appointment: Appointment) -> None:
    WaitlistEntry.objects.create(
        company=salon.company,
        branch=salon.branch,
        customer=Customer.objects.create(company=salon.company, name="Jana Probst"),
        service=salon.cut,
        first_day=MONDAY,
        last_day=MONDAY,
        created_at=NOW,
    )
    answer = send(desk, "planner-move", moved(appointment, "14:00"))
    assert answer.json()["waiting"] == "1 von der Warteliste passt in die freie Zeit."


def test_what_is_cancelled_is_not_moved(desk: Client, appointment: Appointment) -> None:
    cancelled = booking.cancel(appointment, now=NOW)
    answer = send(desk, "planner-move", moved(cancelled, "14:00"))
    assert (answer.status_code, "nicht" in answer.json()["message"]) == (409, True)


def test_a_second_click_with_what_was_seen_before_is_told(desk: Client, appointment: Appointment) -> None:
    body = moved(appointment, "11:00")
    assert send(desk, "planner-move", body).status_code == 200
    second = send(desk, "planner-move", {**body, "start": START % "12:00"})
    assert second.status_code == 409
    assert "receptionist-morgenrot" in second.json()["message"]


def test_who_was_faster_is_named_by_the_way_it_came(desk: Client, appointment: Appointment) -> None:
    before = moved(appointment, "11:00")
    for channel, words in (
        (Channel.PHONE, "Am Telefon"),
        (Channel.API, "anderes System"),
        (Channel.ONLINE, "online"),
    ):
        with acting(channel):
            appointment.refresh_from_db()
            start = at(MONDAY, f"1{appointment.revision + 1}:00")
            booking.reschedule(appointment, booking.Move(start=start), now=NOW)
        assert words in send(desk, "planner-move", before).json()["message"]


def test_a_taken_time_names_who_has_it_and_what_is_free(
    desk: Client, salon: Salon, appointment: Appointment
) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "12:00")
    refusal = send(desk, "planner-move", moved(appointment, "12:30")).json()
    assert "Emma Keller" in refusal["message"]
    assert refusal["overridable"] is False
    assert len(refusal["starts"]) == 3
    for offer in refusal["starts"]:
        again = {**moved(appointment, "09:00"), "start": offer["start"], "staff": offer["staff"]}
        assert send(desk, "planner-move", again).status_code == 200  # each can be had
        appointment.refresh_from_db()


def test_outside_the_hours_staff_may_insist(desk: Client, appointment: Appointment) -> None:
    body = moved(appointment, "21:00")
    assert send(desk, "planner-move", body).json()["overridable"] is True
    assert send(desk, "planner-move", {**body, "insists": True}).status_code == 200


def test_books_a_new_customer_or_nobody(desk: Client, salon: Salon, appointment: Appointment) -> None:
    refused = send(desk, "planner-book", booked(salon, "10:30", phone="030 231250"))
    assert (refused.status_code, Customer.objects.count()) == (409, 0)
    done = send(desk, "planner-book", booked(salon, "11:00", phone="030 231250", notes="Farbe 7/43"))
    new = Appointment.objects.get(pk=done.json()["appointment"])
    assert new.customer is not None
    assert (new.customer.phone, new.notes, new.source) == ("+4930231250", "Farbe 7/43", "staff")


def test_a_booking_is_taken_back(desk: Client, salon: Salon) -> None:
    done = send(desk, "planner-book", booked(salon, "11:00")).json()
    assert send(desk, "planner-take-back", done).status_code == 200
    assert Appointment.objects.get().status == "cancelled"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"name": ""}, "wer kommt"),
        ({"phone": "zwölf"}, "keine Telefonnummer"),
        ({"start": "2025-11-24"}, "keine Uhrzeit"),
        ({"start": None}, "keine Uhrzeit"),
        ({"start": "0001-01-01T00:00"}, "keine Uhrzeit"),
        ({"start": "9999-12-31T23:59", "insists": True}, "keine Uhrzeit"),
        ({"start": "2026-03-29T02:30"}, "Uhr umgestellt"),
        ({"service": 10**20}, "gibt es nicht mehr"),
        ({"service": True}, "gibt es nicht mehr"),
        ({"staff": ["1"]}, "gibt es nicht mehr"),
        ({"notes": "\x00"}, "nicht speichern"),
        ({"name": "x" * 201}, "zu lang"),
    ],
)
def test_bad_input_is_one_sentence_and_stores_nothing(
    desk: Client, salon: Salon, facts: dict[str, Any], words: str
) -> None:
    answer = send(desk, "planner-book", booked(salon, "11:00", **facts))
    assert answer.status_code in {400, 409}
    assert words in answer.json()["message"]
    assert not Appointment.objects.exists()
    assert not Customer.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "null", "{", "[" * 5000])
@pytest.mark.parametrize("name", ["planner-move", "planner-book", "planner-take-back"])
def test_what_is_no_question_is_answered(desk: Client, name: str, body: str) -> None:
    assert send(desk, name, body).status_code == 400


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.RECEPTIONIST, Role.STYLIST])
def test_another_company_is_out_of_reach(salon: Salon, appointment: Appointment, role: Role) -> None:
    other = make_salon(slug="anderswo")
    facts = {"staff": other.emma} if role == Role.STYLIST else {}
    theirs = member(other, role, **facts)
    jana = Customer.objects.create(company=salon.company, name="Jana Probst")
    assert send(theirs, "planner-move", moved(appointment, "11:00")).status_code == 400
    assert send(theirs, "planner-take-back", moved(appointment, "11:00")).status_code == 400
    assert send(theirs, "planner-book", booked(salon, "11:00")).status_code == 400
    own = booked(other, "11:00", customer=jana.pk)
    assert send(theirs, "planner-book", own).status_code == 400
    found = theirs.get(reverse("planner-customers"), {"branch": salon.branch.pk, "q": "Jana"})
    assert found.json() == {"customers": []}
    appointment.refresh_from_db()
    assert appointment.revision == 1


def test_a_stylist_moves_only_what_is_theirs(salon: Salon, appointment: Appointment) -> None:
    stylist = member(salon, Role.STYLIST, staff=salon.jonas)
    assert send(stylist, "planner-move", moved(appointment, "11:00")).status_code == 400
    away = moved(salon.book(salon.cut, salon.jonas, MONDAY, "10:00"), "11:00", staff=salon.emma.pk)
    assert send(stylist, "planner-move", away).status_code == 400


def test_customers_are_suggested_by_any_spelling(desk: Client, salon: Salon) -> None:
    Customer.objects.create(company=salon.company, name="Jana Meyer", phone="+4930231250")
    for typed in ("Maier", "jana m", "030 231250", "+49 30 231250"):
        found = desk.get(reverse("planner-customers"), {"branch": salon.branch.pk, "q": typed}).json()
        assert [one["name"] for one in found["customers"]] == ["Jana Meyer"], typed
    for typed in ("", "\x01", "%", "x" * 5000):
        assert (
            desk.get(reverse("planner-customers"), {"branch": salon.branch.pk, "q": typed}).status_code == 200
        )


def test_forged_requests_are_refused(salon: Salon, appointment: Appointment) -> None:
    member(salon, Role.RECEPTIONIST)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(salon.company.memberships.get().user)
    assert send(strict, "planner-move", moved(appointment, "11:00")).status_code == 403


def test_a_gap_is_ground_and_the_runs_are_blocks(desk: Client, salon: Salon) -> None:
    salon.book(salon.perm, salon.emma, MONDAY, "10:00")
    answer = desk.get(reverse("planner-feed"), {"branch": salon.branch.pk, "day": MONDAY.isoformat()})
    shown = [
        (block["extendedProps"]["kind"], block["start"][11:], block["end"][11:])
        for block in answer.json()["events"]
        if block["extendedProps"]["kind"] in ("visit", "gap")
    ]
    assert sorted(shown, key=lambda block: block[1]) == [
        ("visit", "10:00", "10:50"),
        ("gap", "10:50", "11:05"),
        ("visit", "11:05", "11:10"),
        ("gap", "11:10", "11:20"),
        ("visit", "11:20", "12:15"),
    ]


def test_asking_whether_it_changed_builds_nothing(
    desk: Client, salon: Salon, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        desk.head(reverse("planner-feed"), {"branch": salon.branch.pk, "day": MONDAY.isoformat()})


def test_the_week_of_one_stylist(desk: Client, salon: Salon) -> None:
    salon.book(salon.cut, salon.emma, MONDAY, "10:00")
    salon.book(salon.cut, salon.jonas, MONDAY, "10:00")
    asked = {"branch": salon.branch.pk, "day": MONDAY.isoformat(), "view": "week", "staff": salon.emma.pk}
    page = desk.get(reverse("planner"), asked)
    assert "Emma Keller, Woche 48" in page.text
    visits = [e for e in page.context["board"]["events"] if e["extendedProps"]["kind"] == "visit"]
    assert [visit["resourceId"] for visit in visits] == [salon.emma.pk]
    for wrong in ("", "x", "9" * 30, "-1"):
        assert desk.get(reverse("planner"), {**asked, "staff": wrong}).status_code == 200


def test_a_child_comes_under_the_mothers_number(desk: Client, salon: Salon) -> None:
    """H6: the record found keeps its name, and nobody loses the name that was typed."""
    jana = Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930231250")
    for clock, typed, attendee in (("11:00", "Probst, Jana", ""), ("12:00", "Mia Probst", "Mia Probst")):
        done = send(desk, "planner-book", booked(salon, clock, name=typed, phone="030 231250")).json()
        new = Appointment.objects.get(pk=done["appointment"])
        assert (new.customer, new.attendee_name) == (jana, attendee)


def test_a_stylist_reaches_only_the_own_customers(salon: Salon) -> None:
    """Neither by name nor by number; somebody new is noted with the appointment, and recognises nobody."""
    jana = Customer.objects.create(company=salon.company, name="Jana Probst", phone="+4930231250")
    stylist = member(salon, Role.STYLIST, staff=salon.emma)
    asked = {"branch": salon.branch.pk, "q": "Jana"}
    assert stylist.get(reverse("planner-customers"), asked).json() == {"customers": []}
    assert send(stylist, "planner-book", booked(salon, "11:00", customer=jana.pk)).status_code == 400
    done = send(stylist, "planner-book", booked(salon, "11:00", phone="030 231250")).json()
    new = Appointment.objects.get(pk=done["appointment"])
    assert (new.customer, new.attendee_name, new.contact_phone) == (None, "Jana Probst", "+4930231250")

    booking.book(
        salon.request(salon.cut, salon.emma),
        start=at(MONDAY, "14:00"),
        visit=booking.Visit(source=Source.STAFF, customer=jana),
    )
    found = stylist.get(reverse("planner-customers"), asked).json()["customers"]
    assert [one["name"] for one in found] == ["Jana Probst"]


@pytest.mark.parametrize("name", ["planner-move", "planner-book", "planner-take-back", "planner-customers"])
def test_what_is_sent_needs_a_login_of_a_company(salon: Salon, name: str) -> None:
    nobody = Client()
    ask = nobody.get if name == "planner-customers" else nobody.post
    assert ask(reverse(name)).status_code == 302
    nobody.force_login(User.objects.create_user("niemand", is_staff=True))
    assert ask(reverse(name)).status_code == 403
